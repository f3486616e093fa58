"""The camera's clock where its pictures are coded anew: a second way out of ffmpeg that carries no picture.

Coding again loses what the sender said of its time (W-13). So the same ffmpeg also copies the stream with every picture
taken out of it: of each key frame the parameter sets stay, two hundred bytes, with the time before them. What is to be
masked never leaves ffmpeg unmasked.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from footage.boxes import Fragment, Splitter
from footage.ingest.clock import SenderClock, WallClock
from footage.moov import BoxError

# Parameter sets alone: 7 and 8 in H.264, 32 to 34 in H.265.
NO_PICTURE = "dump_extra=freq=keyframe,filter_units=pass_types=7-8|32-34"


class ClockReader:
    """The end of that pipe. Whatever is wrong with it, the pictures go on."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._splitter: Splitter | None = Splitter()
        self._wall, self._sender = WallClock(), SenderClock()

    def connection_lost(self, exc: Exception | None) -> None:
        self._splitter = None

    def data_received(self, data: memoryview) -> None:
        if self._splitter is None:
            return
        try:
            for part in self._splitter.feed(data):
                if isinstance(part, Fragment):
                    stamp = self._wall.stamp(part, time.time_ns() // 1000)
                    ahead_us = self._sender.ahead_us(part, stamp.starts_us)
                    if ahead_us is not None:
                        self._tell(ahead_us)
        except BoxError:
            self._splitter = None
