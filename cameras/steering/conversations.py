"""Conversations with devices, kept warm: opened once, used by orders and by hands, mended when they break.

A node holds one for each device of its shards. Calls of one device go one after the other, those of different
devices at the same time. What breaks is said once when it breaks and once when it is well again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cameras.drivers.base import (
    Abilities,
    Address,
    DevicePreset,
    Driver,
    DriverError,
    Happening,
    NotSupported,
    Pose,
    Refused,
    Speed,
    Unreachable,
    What,
    Where,
    WrongPassword,
)
from cameras.drivers.fake import Fake
from cameras.drivers.onvif import Onvif
from cameras.steering.aim import Head, Lens, is_near

logger = logging.getLogger(__name__)
FIRST_AGAIN_S, LONGEST_AGAIN_S = 1.0, 60.0
LOOKED_AFTER_S = 30.0  # an idle one is asked how it is, so that a restart is noticed before an alarm
UNSETTLED_S = 1.0  # one that was found turning is asked again so soon
CLOCK_AGAIN_S = 60.0  # a device that tells of its clock all the time is not begun anew each time
LIVED_S = 2.0
# Turned by us, all of the picture changes: what a device says of that is not believed so long after.
TURNING_S = 20.0
CLOCK_S = 3600.0
QUIET_S = 2.0  # so long nobody must have asked it anything before it is asked what it is and can
BEGUN_AT_ONCE, PLACE_S = 8, 1.0
T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """Whom to call, and how to understand what is said. Another line, another conversation."""

    camera_id: int
    code: str
    driver: str
    address: Address
    head: Head
    lens: Lens
    profile: str = ""


class Journal(Protocol):
    """Who is told what became of a device. All are called from the event loop and must not wait."""

    def troubled(self, camera_id: int, trouble: DriverError | None) -> None: ...

    def opened(self, camera_id: int, abilities: Abilities) -> None: ...

    def strayed(self, camera_id: int, restarted: bool) -> None:
        """It looks elsewhere than it was left: it restarted, or somebody moved it past the centre."""

    def covered(self, camera_id: int, stands: bool) -> None:
        """The device itself says that its view is covered, or no longer."""


def driver_for(line: Line) -> Driver:
    if line.driver == "fake":
        return Fake(line.address)
    return Onvif(line.address, line.head, profile=line.profile)


class Pace:
    """So few devices are begun at once that an order finds its way between them. One that lets wait goes on beside."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(BEGUN_AT_ONCE)

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        await self._places.acquire()
        given_on = asyncio.Event()

        def give_on() -> None:
            if not given_on.is_set():
                given_on.set()
                self._places.release()

        timer = asyncio.get_running_loop().call_later(PLACE_S, give_on)
        try:
            yield
        finally:
            timer.cancel()
            give_on()


class Conversation:
    """`cameras.steering.hands.Steered` for one device.

    Begun by whoever needs it first: an order does not wait for its turn among those that are looked after.
    """

    def __init__(
        self,
        line: Line,
        journal: Journal,
        *,
        make: Callable[[Line], Driver] = driver_for,
        pace: Pace | None = None,
    ) -> None:
        self.line = line
        self.lens = line.lens
        self.driver = make(line)
        self._journal = journal
        self._pace = pace or Pace()
        self._lock = asyncio.Lock()
        self._open = self._learnt = False
        self._learning: asyncio.Task[Abilities] | None = None
        self._wanted_at = -QUIET_S
        self._opened_at = 0.0
        self._used_at = 0.0
        self._again_s = FIRST_AGAIN_S
        self._trouble: str | None = None
        self._left_at: Pose | None = None  # None while it is being moved
        self._moved_at = -TURNING_S
        self._clock_at = -CLOCK_AGAIN_S
        self._broke = self._woke = self._ended = self._asked_for = False
        self._sooner, self._tells = asyncio.Event(), asyncio.Event()

    async def aim(self, pose: Pose) -> None:
        await self.ask(lambda: self.driver.aim(pose), moves=True)

    async def go_to(self, preset: str) -> None:
        await self.ask(lambda: self.driver.go_to(preset), moves=True)

    async def presets(self) -> list[DevicePreset]:
        return await self.ask(self.driver.presets)

    async def move(self, speed: Speed) -> None:
        await self.ask(lambda: self.driver.move(speed), moves=True)

    async def where(self) -> Where:
        return await self.ask(self.driver.where)

    def rests(self, pose: Pose) -> None:
        """It has arrived, and is left here."""
        self._left_at = pose

    async def still(self) -> bytes:
        return await self.ask(self.driver.still)

    async def ask(self, call: Callable[[], Awaitable[T]], *, moves: bool = False) -> T:
        """One call, one answer. Goes before what the centre asks for itself."""
        self._wanted_at = time.monotonic()
        if self._learning is not None:
            self._learning.cancel()
        return await self._in_turn(call, moves=moves)

    async def _in_turn(self, call: Callable[[], Awaitable[T]], *, moves: bool = False) -> T:
        """A conversation that broke meanwhile is begun anew, once."""
        async with self._lock:
            if self._ended:
                raise Unreachable("ended")
            if moves:
                self._left_at, self._moved_at, self._woke = None, time.monotonic(), False
            try:
                answer = await self._asked(call, moves)
            except DriverError as error:
                self._went_wrong(error)
                raise
            except Exception as error:
                # What a device answers is never all thought of. Whoever asked gets a reason and tries again;
                # whoever looks after it goes on.
                odd = Unreachable(type(error).__name__)
                if not self._ended:
                    logger.exception("%s: nobody thought of this", self.line.code)
                self._went_wrong(odd)
                raise odd from error
            self._well()
            return answer

    async def _asked(self, call: Callable[[], Awaitable[T]], moves: bool) -> T:
        fresh = not self._open
        await self._begin(moves)
        try:
            return await call()
        except (Unreachable, WrongPassword):
            # Restarted since, or its clock was set: what it was asked comes to the same asked twice.
            self._open, self._broke = False, True
            if fresh:
                raise
            await self._begin(moves)
            return await call()

    async def keep(self) -> None:
        """Until cancelled: it is looked after, and heard."""
        hearing = asyncio.create_task(self._hear(), name=f"{self.line.code}/tells")
        try:
            await self._look_after()
        finally:
            self._ended = True
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            await self.driver.close()

    async def _look_after(self) -> None:
        """Open it now, and whenever it is found broken; less and less often while it is away."""
        unsettled_s = UNSETTLED_S
        while True:
            try:
                if self._open and time.monotonic() - self._opened_at > CLOCK_S:
                    self._open = False
                self._sooner.clear()
                async with contextlib.nullcontext() if self._learnt else self._pace.place():
                    settled = await self._in_turn(self._how_are_you)
                    if not self._learnt and time.monotonic() - self._wanted_at >= QUIET_S:
                        await self._in_turn(self._learn)
                self._again_s = FIRST_AGAIN_S
                unsettled_s = UNSETTLED_S if settled else min(2 * unsettled_s, LOOKED_AFTER_S)
                pause = LOOKED_AFTER_S if settled else unsettled_s / 2
                pause = pause if self._learnt else min(pause, QUIET_S)
            except DriverError:
                self._sooner.clear()
                pause = self._again_s
                self._again_s = min(self._again_s * 2, LONGEST_AGAIN_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._sooner.wait()

    async def _how_are_you(self) -> bool:
        if not self._asked_for and time.monotonic() - self._used_at < LOOKED_AFTER_S / 2:
            return True
        self._asked_for = not await self._see_where()
        return not self._asked_for

    async def _see_where(self) -> bool:
        """Masks are drawn for a view (L-03): one that is no longer shown must not be taken for it. False: it turns."""
        try:
            where = await self.driver.where()
        except NotSupported:  # it cannot say where it looks: it answered
            return True
        if where.moving:  # many turn all round when they wake
            return False
        left_at, self._left_at = self._left_at, where.pose
        restarted, self._woke = self._woke, False
        if left_at is not None and not is_near(where.pose, left_at):
            logger.warning("%s looks elsewhere than it was left", self.line.code)
            self._journal.strayed(self.line.camera_id, restarted)
        return True

    # What it tells of itself.

    async def _hear(self) -> None:
        """Subscribed anew whenever that ends; then it is also asked how it is, as it may have restarted."""
        again_s = FIRST_AGAIN_S
        while True:
            await self._tells.wait()
            since = time.monotonic()
            try:
                async with contextlib.aclosing(self.driver.happenings()) as happenings:
                    async for happening in happenings:
                        self._happened(happening)
            except NotSupported:
                self._tells.clear()  # until it is begun anew
                continue
            except DriverError as error:
                logger.info("%s tells nothing for now: %s", self.line.code, error.code)
            except Exception:
                logger.exception("%s told something nobody thought of", self.line.code)
            lived_s = time.monotonic() - since
            self._woke |= lived_s > LIVED_S  # it had been subscribed: if it looks elsewhere now, it restarted
            self._look_sooner()
            again_s = FIRST_AGAIN_S if lived_s > LOOKED_AFTER_S else again_s
            await asyncio.sleep(again_s)
            again_s = min(again_s * 2, LONGEST_AGAIN_S)

    def _happened(self, happening: Happening) -> None:
        now = time.monotonic()
        logger.info("%s tells: %s %s", self.line.code, happening.what, happening.stands)
        if happening.what is What.COVERED:
            if not happening.stands or now - self._moved_at > TURNING_S:
                self._journal.covered(self.line.camera_id, happening.stands)
        elif happening.what is What.MOVED:
            if self._left_at is not None:
                self._look_sooner()
        elif happening.what is What.RESTARTED:
            self._open, self._broke = False, True
            self._look_sooner()
        elif now - self._clock_at > CLOCK_AGAIN_S:
            # Its clock: an order signed by the one of before would be refused first.
            self._clock_at, self._open = now, False
            self._look_sooner()

    def _look_sooner(self) -> None:
        self._asked_for = True
        self._sooner.set()

    async def _begin(self, moves: bool) -> None:
        if self._open:
            return
        await self.driver.open()
        self._open, self._learnt, self._opened_at = True, False, time.monotonic()
        self._sooner.set()
        if self._broke:
            self._broke = False
            if not moves:  # it is told where to look anyway
                self._woke = True
                self._asked_for = not await self._see_where()

    async def _learn(self) -> None:
        """Nobody waits for it: an order that comes meanwhile goes first, and it is asked anew."""
        learning = self._learning = asyncio.create_task(self.driver.learn(), name=f"{self.line.code}/learn")
        try:
            await asyncio.wait([learning])
        finally:
            self._learning = None
            learning.cancel()
        if learning.cancelled():
            return
        abilities, self._learnt = learning.result(), True
        if abilities.events:
            self._tells.set()
        self._journal.opened(self.line.camera_id, abilities)

    def _went_wrong(self, error: DriverError) -> None:
        if isinstance(error, Refused) or self._ended:  # it answers well enough: it would not do this
            return
        self._open, self._broke = False, True
        self._tells.clear()
        self._sooner.set()  # whoever asked: it is opened again before the next order
        if self._trouble != error.code:
            self._trouble = error.code
            logger.warning("%s: %s", self.line.code, error.code)
            self._journal.troubled(self.line.camera_id, error)

    def _well(self) -> None:
        self._used_at = time.monotonic()
        if self._trouble is not None:
            self._trouble = None
            logger.info("%s answers again", self.line.code)
            self._journal.troubled(self.line.camera_id, None)


class Conversations:
    """`cameras.steering.hands.Heads`: those of a node."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._pace = Pace()
        self._held: dict[int, Conversation] = {}
        self._works: dict[int, asyncio.Task[None]] = {}

    def ids(self) -> Iterable[int]:
        return list(self._held)

    def of(self, camera_id: int) -> Conversation | None:
        return self._held.get(camera_id)

    async def follow(self, lines: Mapping[int, Line]) -> None:
        """Begin what is new, end what is gone, begin anew what changed."""
        gone = [pk for pk, held in self._held.items() if lines.get(pk) != held.line]
        await self._end(gone)
        for line in lines.values():
            self.hold(line)

    def hold(self, line: Line) -> Conversation:
        """There at once, so that an order finds it; looked after when its turn has come."""
        held = self._held.get(line.camera_id)
        if held is None:
            held = self._held[line.camera_id] = Conversation(line, self._journal, pace=self._pace)
            self._works[line.camera_id] = asyncio.create_task(held.keep(), name=f"{line.code}/head")
        return held

    async def stop(self) -> None:
        await self._end(list(self._held))

    async def _end(self, camera_ids: Iterable[int]) -> None:
        works = []
        for pk in camera_ids:
            self._held.pop(pk, None)
            if work := self._works.pop(pk, None):
                work.cancel()
                works.append(work)
        await asyncio.gather(*works, return_exceptions=True)
