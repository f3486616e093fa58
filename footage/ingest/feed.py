"""What becomes of one stream: recorded, relayed, and watched over."""

from __future__ import annotations

import logging
import time
from collections import deque
from functools import partial
from typing import Protocol

from footage.boxes import Fragment, InitSegment
from footage.ingest.clock import Arrived, Opening, SenderClock, WallClock
from footage.ingest.relay import Channel
from footage.recording import Journal, Recorder
from footage.writing import Writer

logger = logging.getLogger(__name__)
LOST_AFTER_S = 4.5
# At the start a camera has the time of a slow sign-in before it counts as lost.
FIRST_S = 15.0
# Pictures for so long before a lost camera counts as back. One that goes again soon must show more each time:
# a loose plug is one fact, not fifty.
RETURNED_AFTER_S, RETURNED_LATEST_S, STRICTER = 3.0, 300.0, 4.0
STEADY_S = 600.0
# Interruptions within STEADY_S that make a camera unstable, whether it was lost each time or came back at once.
UNSTABLE = 5
CLOCK_EVERY_S = 600.0
CLOCK_MOVED_MS = 500


class Watchers(Protocol):
    """Who is told of a camera's going and coming, and of its clock."""

    def lost(self, camera_id: int, why: str) -> None: ...

    def returned(self, camera_id: int) -> None: ...

    def clock(self, camera_id: int, ahead_ms: int) -> None: ...

    def unstable(self, camera_id: int, interruptions: int) -> None: ...


class Eye(Protocol):
    """Looks at a key frame now and then (health/checker.py)."""

    def begins(self, init: InitSegment) -> None: ...

    def takes(self, fragment: Fragment) -> None: ...

    def ends(self) -> None: ...


class Presence:
    """Whether the pictures of a camera come; says so once when they stop and once when they are back."""

    def __init__(self, camera_id: int, watchers: Watchers, *, lost: bool) -> None:
        self.camera_id = camera_id
        self.is_lost = lost
        self.why = "silent"
        self._watchers = watchers
        self._deadline = time.monotonic() + FIRST_S
        self._since: float | None = None
        self._returned_at: float | None = None
        self._must_show_s = RETURNED_AFTER_S
        self._stops: deque[float] = deque(maxlen=UNSTABLE)

    def picture(self) -> None:
        now = time.monotonic()
        self._deadline = now + LOST_AFTER_S
        if self._since is None:
            self._since = now
        if self.is_lost and now - self._since >= self._must_show_s:
            self.is_lost = False
            self._returned_at = now
            self._watchers.returned(self.camera_id)

    def stopped(self, why: str) -> None:
        """An attempt ended. One that had shown nothing is no interruption: the camera is just away."""
        self.why = why
        if self._since is not None:
            self._interrupted()
        self._since = None

    def tick(self) -> None:
        now = time.monotonic()
        if not self.is_lost and now > self._deadline:
            self.is_lost = True
            soon = self._returned_at is not None and now - self._returned_at < STEADY_S
            stricter = self._must_show_s * STRICTER
            self._must_show_s = min(stricter, RETURNED_LATEST_S) if soon else RETURNED_AFTER_S
            self._since = None
            self._watchers.lost(self.camera_id, self.why)

    def _interrupted(self) -> None:
        now = time.monotonic()
        self._stops.append(now)
        if len(self._stops) == UNSTABLE and now - self._stops[0] < STEADY_S:
            self._stops.clear()
            self._watchers.unstable(self.camera_id, UNSTABLE)


class Feed:
    """The sink of a stream. Runs in the event loop; only hands on."""

    def __init__(
        self,
        channels: list[Channel],
        *,
        recorder: Recorder | None = None,
        writer: Writer | None = None,
        journal: Journal | None = None,
        presence: Presence | None = None,
        watchers: Watchers | None = None,
        eye: Eye | None = None,
    ) -> None:
        self.channels = channels
        self.recorder = recorder
        self.dropped = 0
        self._writer = writer
        self._journal = journal
        self._presence = presence
        self._watchers = watchers
        self._eye = eye
        self._clock, self._opening = WallClock(), Opening()
        self._sender = SenderClock()
        self._clock_told: tuple[float, int] | None = None
        self._slow = False

    def begins(self, init: InitSegment) -> None:
        self._clock, self._opening, self._sender = WallClock(), Opening(), SenderClock()
        if self.recorder is not None and self._writer is not None:
            self._writer.do(partial(self.recorder.begins, init))
        if self._eye is not None:
            self._eye.begins(init)
        now_us = time.time_ns() // 1000
        for channel in self.channels:
            channel.begins(init, now_us)

    def takes(self, fragment: Fragment, arrived_us: int) -> None:
        if self._opening.is_over:
            self._take(fragment, arrived_us)
            return
        if self._presence is not None:
            self._presence.picture()
        self._open(self._opening.takes(fragment, arrived_us))

    def _open(self, fragments: list[Arrived]) -> None:
        self._clock.settle(fragments)
        for one in fragments:
            self._take(*one)

    def _take(self, fragment: Fragment, arrived_us: int) -> None:
        stamp = self._clock.stamp(fragment, arrived_us)
        if self.recorder is not None and self._writer is not None:
            taken = self._writer.do(partial(self.recorder.takes, fragment, stamp), len(fragment.data))
            self._disk_kept_up(taken)
        for channel in self.channels:
            channel.takes(fragment, stamp.starts_us)
        if self._eye is not None:
            self._eye.takes(fragment)
        if self._presence is not None:
            self._presence.picture()
            ahead_us = self._sender.ahead_us(fragment, stamp.starts_us)
            if ahead_us is not None:
                self.clock(ahead_us)

    def ends(self, why: str) -> None:
        self._open(self._opening.ends())
        if self.recorder is not None and self._writer is not None:
            self._writer.do(self.recorder.ends)
        if self._eye is not None:
            self._eye.ends()
        if self._presence is not None:
            self._presence.stopped(why)

    def clock(self, ahead_us: int) -> None:
        """What the camera says of its time, against the centre's: told when it changes, and now and then."""
        if self._watchers is None or self._presence is None:
            return
        now, ahead_ms = time.monotonic(), round(ahead_us / 1000)
        if self._clock_told is not None:
            at, told = self._clock_told
            if now - at < CLOCK_EVERY_S and abs(told - ahead_ms) < CLOCK_MOVED_MS:
                return
        self._clock_told = now, ahead_ms
        self._watchers.clock(self._presence.camera_id, ahead_ms)

    def _disk_kept_up(self, taken: bool) -> None:
        if taken == self._slow and self._journal is not None and self.recorder is not None:
            self._slow = not taken
            if taken:
                self._journal.recovered(self.recorder.camera_id)
            else:
                logger.error("%s: NOT RECORDED: the disk is too slow", self.recorder.code)
                self._journal.failed(self.recorder.camera_id, "disk-slow")
        self.dropped += not taken
