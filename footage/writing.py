"""The thread that writes all files of a node, and the one that asks the disk to keep them."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable

from footage.segment_file import SegmentFile

logger = logging.getLogger(__name__)
# A disk that stalls is waited for with this much in memory; what comes on top is dropped, loudly.
WAITING_BYTES = 256 * 1024 * 1024
# What a power cut can cost beyond the fragment under way. A killed process costs nothing of it.
SYNC_S = 5.0


class Writer(threading.Thread):
    def __init__(self, waiting_bytes: int = WAITING_BYTES) -> None:
        super().__init__(name="writer", daemon=True)
        self._jobs: queue.SimpleQueue[tuple[Callable[[], None], int] | None] = queue.SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._limit = waiting_bytes

    @property
    def waiting_bytes(self) -> int:
        return self._waiting

    def do(self, job: Callable[[], None], size: int = 0) -> bool:
        """In order, in its own time. False when the disk is too far behind to take these bytes."""
        with self._lock:
            if size and self._waiting + size > self._limit:
                return False
            self._waiting += size
        self._jobs.put((job, size))
        return True

    def run(self) -> None:
        while (next_one := self._jobs.get()) is not None:
            job, size = next_one
            try:
                job()
            except OSError:
                logger.exception("writing failed")
            finally:
                with self._lock:
                    self._waiting -= size

    def finish(self) -> None:
        self._jobs.put(None)
        if self.is_alive():
            self.join(20)


class Syncer(threading.Thread):
    """Every few seconds, each open file to the platter, spread over the time there is."""

    def __init__(self, files: Callable[[], Iterable[SegmentFile]], every_s: float = SYNC_S) -> None:
        super().__init__(name="syncer", daemon=True)
        self._files = files
        self._every_s = every_s
        self._stop = threading.Event()

    def run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            files = list(self._files())
            for file in files:
                try:
                    file.sync()
                except OSError as error:
                    logger.error("cannot sync %s: %s", file.relative, error)
                if self._stop.wait(self._every_s / (2 * len(files))):
                    return
            self._stop.wait(max(0.1, self._every_s - (time.monotonic() - began)))

    def finish(self) -> None:
        self._stop.set()
