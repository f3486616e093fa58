"""What the estate can announce."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from events.facts import Fact

EVERY_SCREEN = frozenset({"room", "wall"})


class OrderedCamera(TypedDict):
    order_id: int
    camera_id: int
    code: str
    name: str
    kind: str
    lat: float
    lon: float
    bearing_deg: float
    distance_m: float
    density_px_m: float
    band: str
    preset: str
    why: str
    reason: dict[str, Any]


class LeftOutCamera(TypedDict):
    code: str
    why: str
    reason: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SteeringOrdered(Fact, kind="cameras.steering_ordered", audiences=EVERY_SCREEN):
    """Cameras were chosen for a cause and ordered to turn. `why` is in the centre's language."""

    cause: str
    orders: list[OrderedCamera]
    left_out: list[LeftOutCamera]

    def about(self) -> list[str]:
        return [self.cause, *(f"camera:{order['camera_id']}" for order in self.orders)]


@dataclass(frozen=True, kw_only=True)
class _OfOneCamera:
    camera_id: int
    code: str

    def about(self) -> list[str]:
        return [f"camera:{self.camera_id}"]


@dataclass(frozen=True, kw_only=True)
class Registered(_OfOneCamera, Fact, kind="cameras.registered", audiences=EVERY_SCREEN):
    state: str


@dataclass(frozen=True, kw_only=True)
class StateChanged(_OfOneCamera, Fact, kind="cameras.state_changed", audiences=EVERY_SCREEN):
    state: str


@dataclass(frozen=True, kw_only=True)
class Lost(_OfOneCamera, Fact, kind="cameras.lost", audiences=EVERY_SCREEN):
    """Its pictures stopped. `why` is a code: silent, stalled, unreachable, password, rubbish, ended …"""

    state: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Returned(_OfOneCamera, Fact, kind="cameras.returned", audiences=EVERY_SCREEN):
    state: str
    away_s: int


@dataclass(frozen=True, kw_only=True)
class Moved(_OfOneCamera, Fact, kind="cameras.moved", audiences=EVERY_SCREEN):
    """It stands elsewhere or is mounted otherwise; `state` is the one it has now (law L-02)."""

    lat: float
    lon: float
    mounting_azimuth_deg: float
    state: str


@dataclass(frozen=True, kw_only=True)
class Changed(_OfOneCamera, Fact, kind="cameras.changed"):
    """Its record was corrected: which fields, not what they hold."""

    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class PresetSaved(_OfOneCamera, Fact, kind="cameras.preset_saved"):
    preset_id: int
    name: str


class HeldCamera(TypedDict):
    """Who steers one camera now. `by` is a workstation, a place or a tour, never a person."""

    camera_id: int
    code: str
    kind: str  # tour, operator or alarm
    holder: str
    by: str
    by_hand: bool
    cause: str
    until: str
    from_by: str  # who had it, empty when nobody
    from_holder: str
    why: str
    reason: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LockTaken(Fact, kind="cameras.lock_taken", audiences=EVERY_SCREEN):
    """Cameras changed hands, or are kept longer (`from_holder` is then `holder`)."""

    locks: list[HeldCamera]

    def about(self) -> list[str]:
        causes = {lock["cause"] for lock in self.locks if lock["cause"]}
        causes |= {lock["from_holder"] for lock in self.locks if lock["from_holder"].startswith("incident:")}
        return [*sorted(causes), *(f"camera:{lock['camera_id']}" for lock in self.locks)]


@dataclass(frozen=True, kw_only=True)
class LockReleased(_OfOneCamera, Fact, kind="cameras.lock_released", audiences=EVERY_SCREEN):
    """Nobody steers it any more. `returns_to` is the preset it goes back to, empty when it stays."""

    cause: str
    from_by: str
    from_holder: str
    returns_to: str
    why: str
    reason: dict[str, Any]

    def about(self) -> list[str]:
        return [self.cause, f"camera:{self.camera_id}"] if self.cause else [f"camera:{self.camera_id}"]


@dataclass(frozen=True, kw_only=True)
class TakeOverAsked(_OfOneCamera, Fact, kind="cameras.take_over_asked"):
    """`of` is the holder who is asked; without an answer it is given at `lapses_at`."""

    request_id: int
    of: str
    by: str
    by_holder: str
    lapses_at: str


@dataclass(frozen=True, kw_only=True)
class TakeOverAnswered(_OfOneCamera, Fact, kind="cameras.take_over_answered"):
    request_id: int
    by_holder: str
    answer: str  # granted, refused, lapsed (granted by rule) or moot


@dataclass(frozen=True, kw_only=True)
class Waiting(Fact, kind="cameras.alarm_waits", audiences=EVERY_SCREEN):
    """Every camera that sees the place is held by others that go before or came first; it is next."""

    cause: str
    since: str
    held: list[LeftOutCamera]

    def about(self) -> list[str]:
        return [self.cause]


@dataclass(frozen=True, kw_only=True)
class RoundChanged(Fact, kind="cameras.round_changed"):
    """A video tour is due, under way, paused, done or missed. `by` is a workstation."""

    round_id: int
    tour_id: int
    name: str
    state: str
    by: str
    planned_at: str
    due_until: str

    def about(self) -> list[str]:
        return [f"tour:{self.tour_id}"]


@dataclass(frozen=True, kw_only=True)
class _OfOneOrder:
    """What became of one order; `why` is in the centre's language, `reason` for any reader."""

    cause: str
    order_id: int
    camera_id: int
    code: str
    at: str
    why: str
    reason: dict[str, Any]

    def about(self) -> list[str]:
        return [self.cause, f"camera:{self.camera_id}"]


@dataclass(frozen=True, kw_only=True)
class Turned(_OfOneOrder, Fact, kind="cameras.turned", audiences=EVERY_SCREEN):
    """It looks where it was told. `how`: turned, shown (it needed not turn) or dewarped (its picture is unrolled).

    `took_ms` is from the order to the device's word, `travel_ms` what the head then needed.
    """

    how: str
    bearing_deg: float
    preset: str
    took_ms: int
    travel_ms: int


@dataclass(frozen=True, kw_only=True)
class TurnsLate(_OfOneOrder, Fact, kind="cameras.turns_late", audiences=EVERY_SCREEN):
    """Its head has not obeyed for seconds, and is asked again: told once, before it turns or could not."""


@dataclass(frozen=True, kw_only=True)
class CouldNotTurn(_OfOneOrder, Fact, kind="cameras.could_not_turn", audiences=EVERY_SCREEN):
    """It does not look where it was told, and why."""


@dataclass(frozen=True, kw_only=True)
class Strayed(_OfOneOrder, Fact, kind="cameras.strayed", audiences=EVERY_SCREEN):
    """It had been turned there and looks elsewhere now: it restarted, or was moved not through the centre."""


@dataclass(frozen=True, kw_only=True)
class HeadSilent(_OfOneCamera, Fact, kind="cameras.head_silent"):
    """What turns it no longer answers, or not as it should."""

    why: str
    reason: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class HeadAnswers(_OfOneCamera, Fact, kind="cameras.head_answers"):
    """What turns it answers again."""


@dataclass(frozen=True, kw_only=True)
class HeadChanged(_OfOneCamera, Fact, kind="cameras.head_changed"):
    """Where its head answers was written down, or changed."""

    enabled: bool


@dataclass(frozen=True, kw_only=True)
class Calibrated(_OfOneCamera, Fact, kind="cameras.calibrated"):
    """What its motors count in was learnt from so many landmarks."""

    landmarks: int


@dataclass(frozen=True, kw_only=True)
class Imported(Fact, kind="cameras.imported", audiences=EVERY_SCREEN):
    """A file was taken into the estate: screens read it again."""

    import_id: int
    created: int
    changed: int
    moved: int

    def about(self) -> list[str]:
        return [f"camera_import:{self.import_id}"]


@dataclass(frozen=True, kw_only=True)
class MaskDrawn(_OfOneCamera, Fact, kind="cameras.mask_drawn"):
    """What of its picture is never to be seen was drawn anew (law L-03); `preset_id` for one view of a dome."""

    preset_id: int | None
    areas: int


@dataclass(frozen=True, kw_only=True)
class MaskChecked(_OfOneCamera, Fact, kind="cameras.mask_checked"):
    """Somebody saw that no dwelling shows: its pictures may be looked at."""

    preset_id: int | None
    result: str


@dataclass(frozen=True, kw_only=True)
class MaskCheckEnded(_OfOneCamera, Fact, kind="cameras.mask_check_ended"):
    """What was checked has changed: not shown until somebody looks again. `why` is a code of MaskCheck."""

    why: str
