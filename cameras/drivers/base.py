"""What every camera that turns can be asked, whatever its make.

Angles are degrees from the mounting of the head, the same in every driver: pan clockwise, -180 < pan <= 180;
tilt above the horizon positive, below it negative (a street is below). Zoom is 0 wide … 1 full, speeds are
-1 … 1 of the fastest on each axis. What a device counts in instead is known to its driver and to the
`cameras.steering.aim.Head` it was opened with, and to nobody else.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol


class Pose(NamedTuple):
    """Where a head looks. Degrees from its mounting; zoom 0 … 1."""

    pan_deg: float
    tilt_deg: float
    zoom: float


class Where(NamedTuple):
    """What the device says of itself now."""

    pose: Pose
    moving: bool


class Speed(NamedTuple):
    """-1 … 1 on each axis: pan to the right, tilt up, zoom in. All 0 stops."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0


STOPPED = Speed()


@dataclass(frozen=True)
class Address:
    """Where the device answers, and how one signs in. The password is in no repr, so in no log."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class StreamOffered:
    profile: str
    url: str
    codec: str = ""
    width_px: int = 0
    height_px: int = 0


@dataclass(frozen=True)
class Abilities:
    """What a device said it can do when it was opened."""

    make: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    absolute: bool = False
    relative: bool = False
    continuous: bool = False
    degrees: bool = False  # it counts in true degrees itself: no calibration of the scale is needed
    presets: int = 0
    masks: bool = False
    events: bool = False
    streams: Sequence[StreamOffered] = ()
    clock_ahead_ms: int | None = None  # law W-13; None when it does not say its time

    @property
    def turns(self) -> bool:
        return self.absolute or self.relative or self.continuous


class DevicePreset(NamedTuple):
    """A view the device keeps itself. Some do not say where it looks then: no pose."""

    token: str
    name: str
    pose: Pose | None


class What(StrEnum):
    """What a device tells of itself and the centre acts upon. Nothing of what goes on in the street is asked for."""

    COVERED = "covered"  # its view is covered, or all of it changed at once; holds until it says otherwise
    MOVED = "moved"  # its head turned, whoever turned it
    RESTARTED = "restarted"
    CLOCK = "clock"  # its clock was set, or runs away


class Happening(NamedTuple):
    what: What
    stands: bool = True  # False: it is over


class DriverError(Exception):
    """A device did not do what it was asked. `code` has words in `cameras.reasons`.

    `permanent`: asked again at once it would answer the same.
    """

    code = "driver"
    permanent = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Unreachable(DriverError):
    """No connection, or one that broke."""

    code = "unreachable"


class TooSlow(DriverError):
    """It did not answer in time."""

    code = "too_slow"


class WrongPassword(DriverError):
    """It answered that it does not know this user and password."""

    code = "wrong_password"
    permanent = True


class Refused(DriverError):
    """It understood and would not: out of its range, busy, its own fault. `detail` is its words."""

    code = "refused"
    permanent = True


class NotSupported(Refused):
    """It cannot do this at all, nor anything that comes to the same."""

    code = "not_supported"


class NoDevice(Refused):
    """Something answers at its address that does not speak ONVIF: a web page, another machine."""

    code = "no_device"


class Interrupted(DriverError):
    """It began, and then restarted or was taken elsewhere: it does not look where it was sent."""

    code = "interrupted"


class Driver(Protocol):
    """One device, one conversation. Every method may raise a DriverError, nothing else.

    A move is accepted when the method returns; the head arrives later, `where` says when. Calls for one
    device are made one after the other by whoever holds it.
    """

    async def open(self) -> None:
        """Take its time and sign in: then it can be turned. Again after an error: a new conversation."""
        ...

    async def learn(self) -> Abilities:
        """What it is and can do: some more questions, that no order waits for. May be cancelled and asked anew."""
        ...

    async def aim(self, pose: Pose) -> None:
        """Turn there: the whole way, by the means this device has."""
        ...

    async def nudge(self, by: Pose) -> None:
        """Turn by so many degrees and so much zoom from where it looks now."""
        ...

    async def go_to(self, preset: str) -> None:
        """Turn to a preset the device keeps, by its token."""
        ...

    async def presets(self) -> list[DevicePreset]:
        """Those the device keeps."""
        ...

    async def move(self, speed: Speed) -> None:
        """Keep turning at this speed until told otherwise, at most a few seconds; all 0 stops."""
        ...

    async def where(self) -> Where:
        """Where it looks now, and whether it is still turning."""
        ...

    async def still(self) -> bytes:
        """One picture, JPEG, as the device sees now."""
        ...

    def happenings(self) -> AsyncGenerator[Happening, None]:
        """What happens to it, as it tells, until the caller stops listening. Beside other calls, not among them."""
        ...

    async def close(self) -> None:
        """End the conversation. Never raises."""
        ...
