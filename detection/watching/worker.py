"""A worker: watches the cameras of its shards, in the order of their pictures, for as long as the gate lets it.

One thread does all of it, beside the Celery process that hears what is told. The database is asked every second what
may be watched; when it cannot be asked nothing is looked at (L-20). When Redis is away the files are followed.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import DatabaseError, connection

from detection.sight.types import Signal
from detection.watching import raising, states
from detection.watching.asking import Asking
from detection.watching.camera import SECOND_US, Camera, Scenes
from detection.watching.duty import Duty, bring_in_line, read
from detection.watching.pressure import TOO_OLD_S, Pressure
from detection.watching.pulse import beat
from detection.watching.scenes import AGAIN_S, Shown, see
from footage.hand_over import Written
from footage.index import at as instant
from footage.lease import LEASE_S, RENEW_S, Lessee
from footage.ledger import AWAY
from footage.models import ShardLease

logger = logging.getLogger(__name__)
GATE_S, ASK_S, STATE_S, PULSE_S, BEGIN_S = 1.0, 3.0, 2.0, 5.0, 0.5
SOON_S, STRAIN_S = 0.1, 30.0
# Of one camera at a time, so that none waits for another's backlog.
AT_ONCE_S = 1.0
# Cameras whose pictures one call of a detector takes.
TOGETHER = 16
TOLD_AT_MOST = 50_000
REST_S = 0.02
T = TypeVar("T")


class Worker(threading.Thread):
    def __init__(
        self,
        number: int,
        of: int,
        scenes: Scenes,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` is that of pictures and may be set; `ticks` only ever goes on."""
        super().__init__(name="watching", daemon=True)
        self.lessee = Lessee(number, of, work=ShardLease.Work.DETECT)
        self.cameras: dict[int, Camera] = {}
        self.pressure = Pressure()
        self.idle_since: float | None = None
        self.broke: BaseException | None = None
        self._scenes = scenes
        self.clock, self.ticks = clock, ticks
        self._asking = Asking(number)
        self._told: deque[Written] = deque(maxlen=TOLD_AT_MOST)
        self._stopping = threading.Event()
        self._due: dict[str, float] = {}
        self._gate_until, self._good_until_us = -1.0, 0
        self._owed: deque[Signal] = deque()
        self._failing: dict[int, tuple[str, float, bool]] = {}
        self._states_at = ticks()
        self._strained_of, self._strain_told, self._strain_told_at = 0, 0.0, 0.0
        self._leased_at = -LEASE_S
        self._away = False
        self._new: dict[int, Duty] = {}

    # From the Celery process

    def hears(self, told: Sequence[Sequence[Any]]) -> None:
        for one in told:
            try:
                self._told.append(Written.unpacked(one))
            except ValueError:
                logger.warning("told of something that is no fragment")

    def finish(self) -> None:
        self._stopping.set()
        if self.is_alive():
            self.join(10)

    # The thread

    def run(self) -> None:
        logger.info("watching shard %s/%s: %s", self.lessee.number, self.lessee.of, self.lessee.node)
        try:
            while not self._stopping.is_set():
                if not self.turn():
                    self._stopping.wait(REST_S)
        except Exception as error:
            # Whatever it was: the process ends, and another begins.
            self.broke = error
            logger.exception("watching broke off")
        finally:
            self._rows(self._leave)

    def turn(self) -> bool:
        """What is to be done now; whether there were pictures. Everything a test needs to drive it by hand."""
        now = self.ticks()
        if self._is_due("lease", RENEW_S, now) and self._rows(self.lessee.renew) is not None:
            self._leased_at = now
        self._ask_the_gate(now)
        self._begin_some(now)
        self._listen()
        if now < self._gate_until:
            self._feel(now)
        self._raise()
        busy = self._look(now)
        self._tell(now)
        return busy

    def _ask_the_gate(self, now: float) -> None:
        """Cached for a second, unless somebody's time ends within it: then again at every fragment."""
        if now < self._gate_until:
            return
        # A lease that may have run out is another's: it is renewed before anything is looked at.
        found = self._rows(self._read) if now - self._leased_at < LEASE_S - RENEW_S else None
        if found is None:
            # Nobody can be asked, so nothing may be looked at. What waits is caught up with, or told as skipped.
            self._gate_until = now
            self._due.pop("lease", None)
            return
        duties, soon, asked_us = found
        same = {pk: duty.watches for pk, duty in duties.items()} == {pk: d.watches for pk, d in soon.items()}
        self._gate_until = now + (GATE_S if same else SOON_S)
        # Pictures taken later than what was asked for are for the next question.
        self._good_until_us = asked_us + (round(GATE_S * SECOND_US) if same else 0)
        self._apply(duties, now)

    def _read(self) -> tuple[dict[int, Duty], dict[int, Duty], int]:
        """(what may be watched now, what a second later, when now was)."""
        now_us = self._now_us
        at = instant(now_us)
        shards, of = self.lessee.held, self.lessee.of
        duties = read(shards, of, at)
        later = read(shards, of, at + dt.timedelta(seconds=GATE_S)) if duties else {}
        return duties, later, now_us

    def _apply(self, duties: dict[int, Duty], now: float) -> None:
        now_us = self._now_us
        changed = False
        again = self._is_due("refused", AGAIN_S, now)
        for pk, camera in [*self.cameras.items()]:
            duty = duties.get(pk)
            if duty is None or not camera.same_eyes(duty) or (again and camera.refused):
                del self.cameras[pk]
                if duty is None:
                    self._failing.pop(pk, None)
                changed = True
            else:
                camera.is_now(duty, now_us)
        new = {pk: duty for pk, duty in duties.items() if pk not in self.cameras}
        changed = changed or bool(new.keys() - self._new.keys())
        self._new = new
        if changed or self._is_due("duties", PULSE_S, now):
            self._rows(lambda: bring_in_line(instant(now_us)))
        if changed or self._is_due("ask", ASK_S, now):
            self._asking.renew([*duties])
        self.idle_since = None if duties else self.idle_since or now

    def _begin_some(self, now: float) -> None:
        """Warming up takes a moment for each: between some of them the gate is asked and the lease renewed."""
        until = self.ticks() + BEGIN_S
        while self._new and self.ticks() <= until and now < self._gate_until:
            duty = self._new.pop(next(iter(self._new)))
            rows = self._rows(lambda duty=duty: states.rows_of([duty.camera_id]))  # type: ignore[misc]
            if rows is None:
                return
            now_us = self._now_us
            scenes = self._scenes(duty)
            camera = Camera(duty, scenes, now_us)
            camera.refused = not scenes
            row = rows.get(duty.camera_id)
            self._rows(lambda camera=camera, row=row, now_us=now_us: camera.begin(row, now_us))  # type: ignore[misc]
            self.cameras[duty.camera_id] = camera

    def _listen(self) -> None:
        now_us = self._now_us
        while self._told:
            one = self._told.popleft()
            camera = self.cameras.get(one.camera_id)
            if camera is not None:
                camera.hears(one, now_us)
        for camera in self.cameras.values():
            if camera.wants_to_follow(now_us):
                self._rows(lambda camera=camera: camera.follow(now_us))  # type: ignore[misc]

    def _feel(self, now: float) -> None:
        now_us = self._now_us
        age_s = max((one.age_s(now_us) for one in self.cameras.values()), default=0.0)
        changed = self.pressure.feels(age_s, now)
        if changed or (self.pressure.share and len(self.cameras) != self._strained_of):
            self._strained_of = len(self.cameras)
            ordered = sorted(self.cameras, key=lambda pk: (self.cameras[pk].duty.importance, -pk))
            shed = self.pressure.shed(ordered)
            for pk, camera in self.cameras.items():
                camera.shed = pk in shed
        self._tell_strain(age_s, now)
        if self.pressure.passes_over:
            for camera in self.cameras.values():
                if camera.age_s(now_us) > TOO_OLD_S:
                    camera.skip_to(now_us - round(TOO_OLD_S / 2 * SECOND_US), "behind")

    def _tell_strain(self, age_s: float, now: float) -> None:
        """When it begins and when it is over; in between not at every step."""
        share, told = self.pressure.share, self._strain_told
        if share == told or (share and told and now - self._strain_told_at < STRAIN_S):
            return
        self._strain_told, self._strain_told_at = share, now
        cameras = [*self.cameras.values()]
        logger.warning("%.0f %% of the cameras are looked at less often, %.1f s behind", 100 * share, age_s)
        self._rows(lambda: states.tell_strain(cameras, worker=self.lessee.node, age_s=age_s))

    def _look(self, now: float) -> bool:
        """A turn over all cameras that have something, the oldest pictures first; the gate is asked in between."""
        waiting = sorted(
            (one for one in self.cameras.values() if one.waits(self._good_until_us)),
            key=lambda one: one.feed.pending[0].ends_us,
        )
        good_us = self._good_until_us
        for batch in batched(waiting, TOGETHER):
            if self._stopping.is_set() or self.ticks() >= self._gate_until:
                return True
            now_us = self._now_us
            shown = [self._shown(camera, now_us, good_us) for camera in batch]
            self._owed.extend(see(shown))
            for camera, one in zip(batch, shown, strict=True):
                if one.frames or one.failed:
                    camera.looked(failed=one.failed)
            self._raise()
        return bool(waiting)

    def _shown(self, camera: Camera, now_us: int, good_us: int) -> Shown:
        try:
            return Shown(camera.duty.code, camera.scenes, camera.next(now_us, AT_ONCE_S, good_us))
        except Exception:
            logger.exception("%s: its pictures could not be taken apart", camera.duty.code)
            return Shown(camera.duty.code, camera.scenes, (), failed=True)

    def _raise(self) -> None:
        """At once. When the database is away a signal waits: it is raised when it is back, or refused by the gate."""
        while self._owed:
            signal = self._owed[0]
            try:
                raising.tell(signal)
            except AWAY as error:
                logger.error("a signal waits for the database: %s", str(error).strip())
                connection.close()
                return
            except (DatabaseError, ValueError):
                logger.exception("a signal cannot be raised")
            self._owed.popleft()

    def _tell(self, now: float) -> None:
        now_us = self._now_us
        cameras = [*self.cameras.values()]
        if not self._owed and self._is_due("states", STATE_S, now):
            passed_s, self._states_at = now - self._states_at, now
            holder = self.lessee.node
            self._rows(lambda: states.write(cameras, holder=holder, passed_s=passed_s, now_us=now_us))
            if any(one.tally.skips for one in cameras):
                self._rows(lambda: states.tell_skips(cameras, worker=holder))
            for camera in cameras:
                self._tell_failing(camera, now)
        if self._is_due("pulse", PULSE_S, now):
            self._rows(lambda: beat(self.lessee.number, self.lessee.of))

    def _tell_failing(self, camera: Camera, now: float) -> None:
        """Said once when it lasts, and once when it is over."""
        pk, state = camera.duty.camera_id, camera.state(self._now_us)
        before = self._failing.get(pk)
        if state in states.FAILED:
            if before is None or before[0] != state:
                self._failing[pk] = (state, now, False)
            elif not before[2] and now - before[1] >= states.FAILED_FOR.total_seconds():
                self._failing[pk] = (state, before[1], True)
                self._rows(lambda: states.tell_failed(camera, state))
        elif before is not None:
            del self._failing[pk]
            if before[2]:
                self._rows(lambda: states.tell_resumed(camera))

    def _leave(self) -> None:
        cameras = [*self.cameras.values()]
        if not self._owed:
            passed_s = self.ticks() - self._states_at
            states.write(cameras, holder="", passed_s=passed_s, now_us=self._now_us)
        self._asking.renew([])
        self.lessee.release()
        logger.info("watching shard %s/%s: stopped", self.lessee.number, self.lessee.of)

    @property
    def _now_us(self) -> int:
        return round(self.clock() * SECOND_US)

    def _is_due(self, what: str, every_s: float, now: float) -> bool:
        if now < self._due.get(what, now):
            return False
        self._due[what] = now + every_s
        return True

    def _rows(self, job: Callable[[], T]) -> T | None:
        """None when the database is away, which is said once."""
        try:
            done = job()
        except AWAY as error:
            if not self._away:
                logger.error("the database is away, nothing is looked at: %s", str(error).strip())
            self._away = True
            connection.close()
            return None
        except DatabaseError:
            logger.exception("a row could not be read or written")
            return None
        if self._away:
            logger.info("the database is back")
        self._away = False
        return done


def batched(cameras: Sequence[Camera], size: int) -> list[Sequence[Camera]]:
    return [cameras[at : at + size] for at in range(0, len(cameras), size)]
