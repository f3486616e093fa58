"""Conversations with devices, kept warm: opened once, used by orders and by hands, mended when they break.

A node holds one for each device of its shards. Calls of one device go one after the other, those of different
devices at the same time. What breaks is said once when it breaks and once when it is well again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from cameras.drivers.base import (
    Abilities,
    Address,
    Driver,
    DriverError,
    NotSupported,
    Pose,
    Refused,
    Speed,
    Unreachable,
    Where,
    WrongPassword,
)
from cameras.drivers.fake import Fake
from cameras.drivers.onvif import Onvif
from cameras.steering.aim import Head, Lens, is_near

logger = logging.getLogger(__name__)
FIRST_AGAIN_S, LONGEST_AGAIN_S = 1.0, 60.0
LOOKED_AFTER_S = 30.0  # an idle one is asked how it is, so that a restart is noticed before an alarm
CLOCK_S = 3600.0
STAGGER_S = 0.05
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
    """Who is told what became of a device. Both are called from the event loop and must not wait."""

    def troubled(self, camera_id: int, trouble: DriverError | None) -> None: ...

    def opened(self, camera_id: int, abilities: Abilities) -> None: ...

    def strayed(self, camera_id: int, restarted: bool) -> None:
        """It looks elsewhere than it was left: it restarted, or somebody moved it past the centre."""


def driver_for(line: Line) -> Driver:
    if line.driver == "fake":
        return Fake(line.address)
    return Onvif(line.address, line.head, profile=line.profile)


class Conversation:
    """`cameras.steering.hands.Steered` for one device."""

    def __init__(self, line: Line, journal: Journal, *, make: Callable[[Line], Driver] = driver_for) -> None:
        self.line = line
        self.lens = line.lens
        self.driver = make(line)
        self._journal = journal
        self._lock = asyncio.Lock()
        self._open = False
        self._opened_at = 0.0
        self._used_at = 0.0
        self._again_s = FIRST_AGAIN_S
        self._trouble: str | None = None
        self._left_at: Pose | None = None  # None while it is being moved
        self._broke = False

    async def aim(self, pose: Pose) -> None:
        self._left_at = None
        await self.ask(lambda: self.driver.aim(pose))

    async def go_to(self, preset: str) -> None:
        self._left_at = None
        await self.ask(lambda: self.driver.go_to(preset))

    async def move(self, speed: Speed) -> None:
        self._left_at = None
        await self.ask(lambda: self.driver.move(speed))

    async def where(self) -> Where:
        return await self.ask(self.driver.where)

    def rests(self, pose: Pose) -> None:
        """It has arrived, and is left here."""
        self._left_at = pose

    async def still(self) -> bytes:
        return await self.ask(self.driver.still)

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """One call, one answer. A conversation that broke meanwhile is begun anew, once."""
        async with self._lock:
            fresh = not self._open
            try:
                await self._begin()
                try:
                    answer = await call()
                except (Unreachable, WrongPassword):
                    # Restarted since, or its clock was set: what it was asked comes to the same asked twice.
                    self._open, self._broke = False, True
                    if fresh:
                        raise
                    await self._begin()
                    answer = await call()
            except DriverError as error:
                self._went_wrong(error)
                raise
            self._well()
            return answer

    async def look_after(self) -> None:
        """Until cancelled: open it now, and whenever it is found broken; less and less often while it is away."""
        try:
            while True:
                try:
                    if self._open and time.monotonic() - self._opened_at > CLOCK_S:
                        self._open = False
                    await self.ask(self._how_are_you)
                    self._again_s = FIRST_AGAIN_S
                    await asyncio.sleep(LOOKED_AFTER_S)
                except DriverError:
                    await asyncio.sleep(self._again_s)
                    self._again_s = min(self._again_s * 2, LONGEST_AGAIN_S)
        finally:
            await self.driver.close()

    async def _how_are_you(self) -> None:
        if time.monotonic() - self._used_at < LOOKED_AFTER_S / 2:
            return
        await self._see_where(restarted=False)

    async def _see_where(self, *, restarted: bool) -> None:
        """Masks are drawn for a view (L-03): one that is no longer shown must not be taken for it."""
        try:
            where = await self.driver.where()
        except NotSupported:  # it cannot say where it looks: it answered
            return
        if where.moving:
            return
        left_at, self._left_at = self._left_at, where.pose
        if left_at is not None and not is_near(where.pose, left_at):
            logger.warning("%s looks elsewhere than it was left", self.line.code)
            self._journal.strayed(self.line.camera_id, restarted)

    async def _begin(self) -> None:
        if self._open:
            return
        abilities = await self.driver.open()
        self._open, self._opened_at = True, time.monotonic()
        self._journal.opened(self.line.camera_id, abilities)
        if self._broke:
            self._broke = False
            await self._see_where(restarted=True)

    def _went_wrong(self, error: DriverError) -> None:
        if isinstance(error, Refused):  # it answers well enough: it would not do this
            return
        self._open, self._broke = False, True
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
        for pk, line in lines.items():
            if pk not in self._held:
                self._held[pk] = conversation = Conversation(line, self._journal)
                self._works[pk] = asyncio.create_task(conversation.look_after(), name=f"{line.code}/head")
                await asyncio.sleep(STAGGER_S)

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
