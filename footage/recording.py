"""One camera's recording: fragments into files of ten minutes, each begun on a key frame."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from footage.boxes import Fragment, InitSegment
from footage.ingest.clock import Stamp
from footage.segment_file import Entry, SegmentFile, UnsafePath, relative_path

logger = logging.getLogger(__name__)
SEGMENT_US = 600 * 1_000_000
# After the disk refused, the next try is at a later key frame.
AGAIN_US = 2_000_000
SAME_SECOND = 20


@dataclass(frozen=True, slots=True)
class Told:
    """What the index is told of a file."""

    camera_id: int
    path: str
    starts_us: int
    ends_us: int
    seconds: float
    bytes: int
    fragments: int
    init: InitSegment
    sha256: str = ""
    mask: str = ""


class Journal(Protocol):
    """Where recordings are announced. Called from the writing thread: must not wait."""

    def opened(self, told: Told) -> None: ...

    def closed(self, told: Told) -> None: ...

    def failed(self, camera_id: int, why: str) -> None: ...

    def recovered(self, camera_id: int) -> None: ...


Wrote = Callable[[str, Entry], None]


class Recorder:
    """`wrote` is told the file and where in it, once a fragment lies there. In the writing thread: must not wait."""

    def __init__(
        self,
        root: Path,
        camera_id: int,
        code: str,
        journal: Journal,
        mask: str = "",
        wrote: Wrote | None = None,
    ) -> None:
        self.root = root
        self.wrote = wrote
        self.mask = mask
        self.camera_id = camera_id
        self.code = code
        self.dropped = 0
        self._journal = journal
        self._init: InitSegment | None = None
        self._file: SegmentFile | None = None
        self._starts_us = self._ends_us = self._counted_us = 0
        self._failed = False
        self._again_us = 0

    @property
    def file(self) -> SegmentFile | None:
        return self._file

    def begins(self, init: InitSegment) -> None:
        """A new run of the stream: what comes may be coded otherwise, so it goes into a file of its own."""
        self.ends()
        self._init = init

    def takes(self, fragment: Fragment, stamp: Stamp) -> None:
        if self._file is not None and (stamp.jumped or self._is_full(fragment, stamp.starts_us)):
            self.ends()
        if self._file is None and not self._open(fragment, stamp.starts_us):
            return
        file = self._file
        if file is None:
            return
        try:
            entry = file.append(fragment, stamp.starts_us)
        except OSError as error:
            self._give_up(error, stamp.starts_us)
            return
        if self._failed:
            self._failed = False
            self._journal.recovered(self.camera_id)
        # Media time the camera may lie about; pictures cannot last longer than the time they took.
        span = max(0, entry.starts_us - self._starts_us)
        self._counted_us = min(self._counted_us, span) + entry.duration_us
        self._ends_us = max(self._ends_us, entry.ends_us)
        if self.wrote is not None:
            self.wrote(file.relative, entry)

    def ends(self) -> None:
        """The stream stopped, or the file is full."""
        file, self._file = self._file, None
        if file is None:
            return
        try:
            sha256 = file.close()
        except OSError as error:
            # The index and the checksum are missing: the mender adds them once there is room.
            logger.error("%s: cannot close %s: %s", self.code, file.relative, error)
            return
        self._journal.closed(self._told(file, sha256))

    def _is_full(self, fragment: Fragment, starts_us: int) -> bool:
        return fragment.key and starts_us // SEGMENT_US != self._starts_us // SEGMENT_US

    def _open(self, fragment: Fragment, starts_us: int) -> bool:
        if self._init is None or not fragment.key or starts_us < self._again_us:
            self.dropped += 1
            return False
        self._starts_us, self._ends_us, self._counted_us = starts_us, starts_us, 0
        try:
            self._file = self._create(starts_us, self._init)
        except (OSError, UnsafePath) as error:
            self._give_up(error, starts_us)
            return False
        self._journal.opened(self._told(self._file))
        return True

    def _create(self, starts_us: int, init: InitSegment) -> SegmentFile:
        """Never over a file that is there: two runs within a second get two names."""
        path = self._path(starts_us)
        for number in range(SAME_SECOND):
            try:
                return SegmentFile(
                    self.root, path.replace(".mp4", f"-{number}.mp4") if number else path, init
                )
            except FileExistsError:
                continue
        raise FileExistsError(errno.EEXIST, "too many files of one second", path)

    def _path(self, starts_us: int) -> str:
        return relative_path(self.code, starts_us)

    def _give_up(self, error: OSError | UnsafePath, at_us: int) -> None:
        self.dropped += 1
        self._again_us = at_us + AGAIN_US
        self.ends()
        if not self._failed:
            self._failed = True
            full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
            logger.error("%s: NOT RECORDED: %s", self.code, error)
            self._journal.failed(self.camera_id, "disk-full" if full else "disk-error")

    def _told(self, file: SegmentFile, sha256: str = "") -> Told:
        if self._init is None:
            raise RuntimeError("a file without its init segment")
        return Told(
            camera_id=self.camera_id,
            path=file.relative,
            starts_us=self._starts_us,
            ends_us=self._ends_us,
            seconds=self._counted_us / 1_000_000,
            bytes=file.size,
            fragments=len(file.entries),
            init=self._init,
            sha256=sha256,
            mask=self.mask,
        )
