"""The twin of a real device: in memory, with a head that takes its time. For tests and for a city without cameras.

Two conversations with one address are with one device: `device_at` gives it to a test, to look at and to spoil.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from cameras.drivers.base import (
    STOPPED,
    Abilities,
    Address,
    DevicePreset,
    DriverError,
    Happening,
    NotSupported,
    Pose,
    Refused,
    Speed,
    Where,
    WrongPassword,
)
from places.geometry import angle_between_deg

# A dome of the trade: half a turn in 1.5 s, the lens from end to end in 3 s.
FASTEST = Pose(120.0, 60.0, 1 / 3)
STRAIGHT = Pose(0.0, 0.0, 0.0)
TELLS_S = 0.1
LONGEST_MOVE_S = 5.0  # a continuous move nobody renews ends by itself
LOWEST_DEG, HIGHEST_DEG = -90.0, 15.0
# The smallest JPEG there is: grey, 1 x 1.
STILL = bytes.fromhex(
    "ffd8ffdb004300" + "ff" * 64 + "ffc0000b080001000101011100ffc40014000100000000000000000000000000000009"
    "ffc40014100100000000000000000000000000000000ffda0008010100003f0037ffd9"
)


@dataclass
class FakeDevice:
    """A head: where it was, what it was told then, and how it is to misbehave."""

    user: str = ""
    password: str = ""
    fastest: Pose = FASTEST
    absolute: bool = True
    relative: bool = True
    slow_s: float = 0.0
    fails_with: DriverError | None = None
    presets: dict[str, Pose] = field(default_factory=dict)
    received: list[tuple[str, object]] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)
    now: Callable[[], float] = time.monotonic
    _from: Pose = STRAIGHT
    _since: float = 0.0
    _target: Pose | None = None
    _speed: Speed = STOPPED

    def where(self) -> Where:
        passed = self.now() - self._since
        if self._target is not None:
            pose = Pose(*map(_towards, self._from, self._target, [rate * passed for rate in self.fastest]))
            return Where(_wrapped(pose), pose != self._target)
        moved = min(passed, LONGEST_MOVE_S)
        pose = Pose(
            *(
                at + speed * rate * moved
                for at, speed, rate in zip(self._from, self._speed, self.fastest, strict=True)
            )
        )
        return Where(_within(pose), self._speed != STOPPED and passed < LONGEST_MOVE_S)

    def turn(self, pose: Pose) -> None:
        """Take the shorter way round."""
        self._set_off()
        pan = self._from.pan_deg + angle_between_deg(self._from.pan_deg, pose.pan_deg)
        self._target = _within(pose)._replace(pan_deg=pan)

    def keep_turning(self, speed: Speed) -> None:
        self._set_off()
        self._target, self._speed = None, speed

    def put(self, pose: Pose) -> None:
        """Be there at once: somebody restarted it, or carried it."""
        self._from, self._since, self._target, self._speed = pose, self.now(), None, STOPPED

    def _set_off(self) -> None:
        self._from, self._since = self.where().pose, self.now()


_devices: dict[str, FakeDevice] = {}


def device_at(url: str) -> FakeDevice:
    return _devices.setdefault(url, FakeDevice())


def forget_all() -> None:
    _devices.clear()


class Fake:
    """`cameras.drivers.base.Driver` for a FakeDevice."""

    def __init__(self, address: Address) -> None:
        self._address = address

    @property
    def device(self) -> FakeDevice:
        return device_at(self._address.url)

    async def open(self) -> None:
        await self._answer("open", None)

    async def learn(self) -> Abilities:
        device = await self._answer("learn", None)
        return Abilities(
            make="Nice Supervision",
            model="Twin",
            absolute=device.absolute,
            relative=device.relative,
            continuous=True,
            degrees=True,
            presets=100,
            events=True,
            clock_ahead_ms=0,
        )

    async def aim(self, pose: Pose) -> None:
        device = await self._answer("aim", pose)
        if not device.absolute:
            raise NotSupported("AbsoluteMove")
        if not LOWEST_DEG <= pose.tilt_deg <= HIGHEST_DEG:
            raise Refused("out of range")
        device.turn(pose)

    async def nudge(self, by: Pose) -> None:
        device = await self._answer("nudge", by)
        device.turn(Pose(*(at + more for at, more in zip(device.where().pose, by, strict=True))))

    async def go_to(self, preset: str) -> None:
        device = await self._answer("go_to", preset)
        if preset not in device.presets:
            raise Refused("no such preset")
        device.turn(device.presets[preset])

    async def presets(self) -> list[DevicePreset]:
        device = await self._answer("", None)
        return [DevicePreset(token, token, pose) for token, pose in device.presets.items()]

    async def move(self, speed: Speed) -> None:
        device = await self._answer("move", speed)
        device.keep_turning(speed)

    async def where(self) -> Where:
        return (await self._answer("", None)).where()

    async def still(self) -> bytes:
        await self._answer("still", None)
        return STILL

    async def happenings(self) -> AsyncGenerator[Happening, None]:
        told = len(self.device.happened)
        while True:
            device = await self._answer("", None)
            for happening in device.happened[told:]:
                yield happening
            told = len(device.happened)
            await asyncio.sleep(TELLS_S)

    async def close(self) -> None:
        return None

    async def _answer(self, asked: str, argument: object) -> FakeDevice:
        device = self.device
        if device.slow_s:
            await asyncio.sleep(device.slow_s)
        if device.fails_with is not None:
            raise device.fails_with
        if (device.user, device.password) != (self._address.user, self._address.password):
            raise WrongPassword
        if asked:
            device.received.append((asked, argument))
        return device


def _towards(start: float, end: float, at_most: float) -> float:
    if abs(end - start) <= at_most:
        return end
    return start + (at_most if end > start else -at_most)


def _wrapped(pose: Pose) -> Pose:
    return pose._replace(pan_deg=angle_between_deg(0.0, pose.pan_deg))


def _within(pose: Pose) -> Pose:
    """Inside what the head can do; pan goes round."""
    return _wrapped(
        Pose(
            pose.pan_deg,
            min(max(pose.tilt_deg, LOWEST_DEG), HIGHEST_DEG),
            min(max(pose.zoom, 0.0), 1.0),
        )
    )
