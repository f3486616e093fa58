"""Which fragments of a camera come next: told by `run_cameras`, and read on from the files where nobody told.

A message that continues what came before is taken as it is. Anything else (a lost message, a new file, a broker that
is away) is met in one way: the files are read on from the last fragment that is known.
"""

from __future__ import annotations

import logging
from collections import deque

from footage.boxes import InitSegment
from footage.hand_over import Written, beginning, files_since, written_after, written_in
from footage.moov import BoxError
from footage.segment_file import PRFT_BYTES, UnsafePath

logger = logging.getLogger(__name__)
FILES_KNOWN = 40


class Feed:
    """Of one stream of one camera with one mask; another mask or stream is another feed."""

    def __init__(self, camera_id: int, code: str, quality: str, mask: str, from_us: int) -> None:
        """It begins with what ends after `from_us`."""
        self.camera_id, self.code, self.quality, self.mask = camera_id, code, quality, mask
        self.from_us = from_us
        self.pending: deque[Written] = deque()
        self.behind = False
        # Told of a stream with another mask: ours is not in the pictures yet, or no more.
        self.other_mask = False
        self._last: Written | None = None
        self._hint = ""
        self._known: deque[str] = deque(maxlen=FILES_KNOWN)
        self._inits: dict[str, InitSegment] = {}

    def starts_after(self, last: Written) -> None:
        """Everything up to this fragment is done with."""
        self.pending.clear()
        self._took(last)

    def hears(self, told: Written) -> None:
        if told.quality != self.quality:
            return
        self.other_mask = told.mask != self.mask
        if self.other_mask:
            return
        last = self._last
        if last is None:
            self._hint, self.behind = told.path, True
        elif told.path == last.path:
            if told.offset == last.ends + PRFT_BYTES:
                self._take(told)
            elif told.offset > last.ends:
                self.behind = True
        elif told.path not in self._known:
            self._hint, self.behind = told.path, True

    def follow(self) -> int:
        """Reads on from the files; how many came."""
        self.behind = False
        before = len(self.pending)
        if self._last is not None:
            init = self.init_of(self._last)
            if init is not None:
                for one in written_after(self._last, init):
                    self._take(one)
        for path in self._newer_files():
            for one in written_in(self.camera_id, self.quality, path, self.mask):
                if self._last is not None or one.ends_us > self.from_us:
                    self._take(one)
            if self._last is not None:
                self._known.append(path)
        return len(self.pending) - before

    def init_of(self, one: Written) -> InitSegment | None:
        found = self._inits.get(one.path)
        if found is None:
            try:
                found = beginning(one.file)
            except (OSError, BoxError, UnsafePath) as error:
                logger.info("%s: a file that cannot be read: %s", self.code, error)
                return None
            if len(self._inits) >= FILES_KNOWN:
                self._inits.clear()
            self._inits[one.path] = found
        return found

    def drop(self, count: int) -> None:
        for _ in range(count):
            self.pending.popleft()

    def _newer_files(self) -> list[str]:
        """Each camera fills one file after the other, so a file that is not known is a newer one."""
        since_us = self._last.ends_us if self._last is not None else self.from_us
        found = files_since(self.camera_id, self.code, self.quality, self.mask, since_us)
        hint, self._hint = self._hint, ""
        known = {*self._known, self._last.path if self._last is not None else ""}
        return [path for path in dict.fromkeys([*found, hint]) if path and path not in known]

    def _take(self, one: Written) -> None:
        self.pending.append(one)
        self._took(one)

    def _took(self, one: Written) -> None:
        if self._last is None or self._last.path != one.path:
            self._known.append(one.path)
        self._last = one
