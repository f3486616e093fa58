"""One camera as a worker watches it: its fragments decoded, shown to its scenes, and how far it came."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from detection.models import WatchState
from detection.sight.frames import Decoder
from detection.sight.scene import Scene
from detection.sight.types import Frame
from detection.watching.duty import Duty
from detection.watching.feed import Feed
from detection.watching.pressure import FLOOR_S
from footage.hand_over import Written, written_since
from footage.index import at as instant
from footage.moov import BoxError

logger = logging.getLogger(__name__)
State = WatchState.State
# Older pictures are not looked at any more: software that goes through old recordings is another thing (L-28).
LATE_S = 240.0
# After a camera stood still again: autofocus, exposure, and the time until the centre knew.
SETTLE_S = 3.0
SILENT_S = 15.0
# Fragments in a row that could not be read before that is said.
BROKEN, FAILURES = 25, 5
HOLE_S, JUMP_S = 1.0, 30.0
SECOND_US = 1_000_000
FOLLOW_AT_MOST_US = 5 * SECOND_US
Scenes = Callable[[Duty], Sequence[Scene]]


@dataclass
class Tally:
    """Since it was last asked."""

    frames: int = 0
    skipped_us: int = 0
    skips: list[tuple[int, int, str]] = field(default_factory=list)

    def skips_over(self, one: Written, why: str) -> None:
        if self.skips and self.skips[-1][2] == why and one.starts_us - self.skips[-1][1] < SECOND_US:
            self.skipped_us += one.duration_us
            self.skips[-1] = (self.skips[-1][0], one.ends_us, why)
        else:
            self.skips_over_all(one.starts_us, one.ends_us, why)

    def skips_over_all(self, since_us: int, until_us: int, why: str) -> None:
        self.skipped_us += until_us - since_us
        self.skips.append((since_us, until_us, why))


class Camera:
    def __init__(self, duty: Duty, scenes: Sequence[Scene], now_us: int) -> None:
        self.duty = duty
        self.scenes = scenes
        self.feed = Feed(duty.camera_id, duty.code, duty.quality, duty.mask, now_us)
        self.done: Written | None = None
        self.tally = Tally()
        self.shed = False
        self.refused = False
        self._decoder: Decoder | None = None
        self._init = b""
        self._settles_us = 0
        self._pose = duty.pose
        self._unreadable = self._failures = 0
        self._came_us = now_us
        self._shed_next_us = self._follow_us = 0

    # What its rows and figures tell

    def state(self, now_us: int) -> str:
        if self.refused:
            return State.REFUSED
        if self.feed.other_mask or self.duty.black:
            return State.MASK
        if self._unreadable >= BROKEN or self._failures >= FAILURES:
            return State.BROKEN
        if not self.feed.pending and now_us - self._came_us > SILENT_S * SECOND_US:
            return State.SILENT
        if self.moving(now_us):
            return State.MOVING
        return State.WATCHING if self.done is not None else State.STARTING

    def age_s(self, now_us: int) -> float:
        """How old the oldest picture is that waits."""
        waits = self.feed.pending
        return max(0, now_us - waits[0].ends_us) / SECOND_US if waits else 0.0

    def moving(self, now_us: int) -> bool:
        """A clock that was set back does not make it settle for longer."""
        return self.duty.moving or 0 < self._settles_us - now_us <= SETTLE_S * SECOND_US

    # What it is told

    def is_now(self, duty: Duty, now_us: int) -> None:
        """Asked of the gate anew: the same streams and rules, perhaps another pose."""
        if duty.pose != self._pose or duty.moving:
            self._pose = duty.pose
            self._settles_us = now_us + round(SETTLE_S * SECOND_US)
            for scene in self.scenes:
                scene.pause(instant(self._settles_us))
        self.duty = duty

    def same_eyes(self, duty: Duty) -> bool:
        mine = self.duty
        return (duty.quality, duty.mask, duty.watches) == (mine.quality, mine.mask, mine.watches)

    def hears(self, told: Written, now_us: int) -> None:
        self._came_us = now_us
        self.feed.hears(told)

    def follow(self, now_us: int) -> None:
        if self.feed.follow():
            self._came_us = now_us
        quiet_us = max(0, now_us - self._came_us)
        self._follow_us = now_us + min(FOLLOW_AT_MOST_US, max(SECOND_US, quiet_us // 4))

    def wants_to_follow(self, now_us: int) -> bool:
        """Something is missing, or nothing was told for a second; the longer nothing comes the less often."""
        if self.feed.behind:
            return True
        quiet = not self.feed.pending and now_us - self._came_us > SECOND_US
        return quiet and not 0 < self._follow_us - now_us <= FOLLOW_AT_MOST_US

    def begin(self, row: WatchState | None, now_us: int) -> None:
        """From where the last worker came, after a look at the minutes before: what is usual there."""
        reached_us = _us(row.at) if row is not None and row.at is not None else 0
        if row is None or row.since is None or not reached_us:
            self.follow(now_us)
            return
        oldest_us = now_us - round(LATE_S * SECOND_US)
        if reached_us < oldest_us:
            self.tally.skips_over_all(reached_us, oldest_us, "late")
            reached_us = oldest_us
        since_us = max(_us(row.since), min(reached_us, now_us) - round(self.duty.warm_s * SECOND_US))
        duty = self.duty
        kept = written_since(duty.camera_id, duty.code, duty.quality, duty.mask, since_us)
        warm = [one for one in kept if since_us <= one.starts_us and one.ends_us <= reached_us]
        last = warm[-1] if warm else None
        self._warm(warm)
        if last is not None:
            self.feed.starts_after(last)
            self.done = last
        self.feed.from_us = reached_us
        self.follow(now_us)

    # Pictures

    def waits(self, until_us: int) -> bool:
        return bool(self.feed.pending) and self.feed.pending[0].ends_us <= until_us

    def next(self, now_us: int, seconds: float, until_us: int) -> list[Frame]:
        """The pictures of what waits and ended by then, of at most so many seconds: decoded, not yet looked at."""
        frames: list[Frame] = []
        lasted_us = 0
        while self.waits(until_us) and lasted_us < seconds * SECOND_US:
            one = self.feed.pending.popleft()
            lasted_us += one.duration_us
            try:
                frames += self._frames(one, now_us)
            except Exception:
                self._lose()
                raise
            finally:
                self.done = one  # whatever it was, it is not tried again
        self.tally.frames += len(frames)
        return frames

    def looked(self, *, failed: bool) -> None:
        """Whether its pictures could be taken apart and looked at: once is an accident, again and again is broken."""
        self._failures = self._failures + 1 if failed else 0

    def skip_to(self, oldest_us: int, why: str) -> None:
        """What is older is passed over: to the first key frame that is not."""
        while self.feed.pending:
            one = self.feed.pending[0]
            if one.ends_us > oldest_us and (one.key or one.ends_us > oldest_us + 10 * SECOND_US):
                return
            self.feed.pending.popleft()
            self.tally.skips_over(one, why)
            self._lose()
            self.done = one

    def _frames(self, one: Written, now_us: int) -> list[Frame]:
        if one.ends_us < now_us - LATE_S * SECOND_US:
            self.tally.skips_over(one, "late")
            self._lose()
            return []
        if self.refused or self.moving(one.ends_us) or self.duty.black:
            self._lose()
            return []
        if self.shed:
            if not one.key or 0 < self._shed_next_us - one.starts_us <= FLOOR_S * SECOND_US:
                self._lose()
                return []
            self._shed_next_us = one.starts_us + round(FLOOR_S * SECOND_US)
        return self._decoded(one, all_frames=not self.shed and self._wants_all_frames)

    @property
    def _wants_all_frames(self) -> bool:
        return any(scene.wants_all_frames for scene in self.scenes)

    def _decoded(self, one: Written, *, all_frames: bool) -> list[Frame]:
        try:
            decoder = self._decoder_for(one)
            data = _bytes(one)
        except (OSError, BoxError, ValueError) as error:
            logger.info("%s: a fragment is passed over: %s", self.duty.code, error)
            self.tally.skips_over(one, "gone" if isinstance(error, OSError) else "broken")
            self._unreadable += 1
            self._lose()
            return []
        before = decoder.skipped
        frames = decoder.decode(data, instant(one.starts_us), all_frames=all_frames)
        if decoder.skipped > before:
            self.tally.skips_over(one, "broken")
            self._unreadable += 1
        elif frames:
            self._unreadable = 0
        return frames

    def _decoder_for(self, one: Written) -> Decoder:
        """Another size or coding is another decoder; the scene finds out by itself that it is another picture."""
        before = self.done
        hole_us = one.starts_us - before.ends_us if before is not None else 0
        back = hole_us < -HOLE_S * SECOND_US
        if self._decoder is None or back or before is None or before.path != one.path:
            init = self.feed.init_of(one)
            if init is None:
                raise BoxError("no initialisation segment")
            # A decoder gives nothing older than it gave: a clock that was set back begins a new one.
            if self._decoder is None or back or init.data != self._init:
                rate = max((scene.rate for scene in self.scenes), default=None)
                self._decoder, self._init = Decoder(init.data, rate=rate), init.data
        if abs(hole_us) > HOLE_S * SECOND_US:
            self._decoder.lose()
        if back or hole_us > JUMP_S * SECOND_US:
            for scene in self.scenes:
                scene.jump()
        return self._decoder

    def _lose(self) -> None:
        if self._decoder is not None:
            self._decoder.lose()

    def _warm(self, minutes: list[Written]) -> None:
        """Key frames are enough to know what is usual; the last seconds whole, so that who is there is followed."""
        last_us = minutes[-1].ends_us if minutes else 0
        for one in minutes:
            recent = one.ends_us > last_us - 10 * SECOND_US
            frames = self._decoded(one, all_frames=recent or self._wants_all_frames)
            self.done = one
            for scene in self.scenes:
                scene.warm_up(frames)


def _us(moment: dt.datetime) -> int:
    return round(moment.timestamp() * SECOND_US)


def _bytes(one: Written) -> bytes:
    fd = os.open(one.file, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        data = os.pread(fd, one.size, one.offset)
    finally:
        os.close(fd)
    if len(data) != one.size:
        raise BoxError("a fragment that is cut off")
    return data
