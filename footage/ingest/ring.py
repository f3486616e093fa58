"""The last minutes of a sub-stream, for software that looks at it: files of a minute, soon destroyed, in no index."""

from __future__ import annotations

import contextlib
import logging
import time
from pathlib import Path

from footage.boxes import Fragment
from footage.hand_over import RING_FILE_US, RING_S, UNMASKED
from footage.ingest.clock import Stamp
from footage.recording import Recorder, Told, Wrote

logger = logging.getLogger(__name__)


class Unlisted:
    """A journal that keeps no index (recording.Journal): the recording has its own, and says how the disk does."""

    def opened(self, told: Told) -> None:
        pass

    def closed(self, told: Told) -> None:
        pass

    def failed(self, camera_id: int, why: str) -> None:
        logger.error("camera %s: its sub-stream cannot be looked at: %s", camera_id, why)

    def recovered(self, camera_id: int) -> None:
        logger.info("camera %s: its sub-stream can be looked at again", camera_id)


class Ring(Recorder):
    """Writes only while `wanted`: while nobody looks, nothing of a sub-stream is kept."""

    def __init__(self, root: Path, camera_id: int, code: str, mask: str, wrote: Wrote) -> None:
        super().__init__(root, camera_id, code, Unlisted(), mask, wrote)
        self.wanted = False

    def takes(self, fragment: Fragment, stamp: Stamp) -> None:
        if self.wanted:
            super().takes(fragment, stamp)
        elif self.file is not None:
            self.ends()

    def ends(self) -> None:
        """Left without an index: who reads on walks its boxes, and a file of a minute is short."""
        file, self._file = self._file, None
        if file is not None:
            file.abandon()

    def _path(self, starts_us: int) -> str:
        return f"{self.mask or UNMASKED}/{super()._path(starts_us)}"

    def _is_full(self, fragment: Fragment, starts_us: int) -> bool:
        return fragment.key and starts_us // RING_FILE_US != self._starts_us // RING_FILE_US


def tidy(root: Path, now: float | None = None) -> int:
    """Destroys what is past its minutes, and empty folders. Of a crash, too: ages are those of the files."""
    oldest = (now or time.time()) - RING_S - RING_FILE_US / 1e6
    gone = 0
    for path in root.glob("*/*/*/*/*.mp4"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()
                gone += 1
    for depth in ("*/*/*/*", "*/*/*"):
        for folder in root.glob(depth):
            with contextlib.suppress(OSError):  # not empty, or just begun
                if folder.stat().st_mtime < oldest:
                    folder.rmdir()
    return gone
