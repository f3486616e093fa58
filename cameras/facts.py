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


@dataclass(frozen=True, kw_only=True)
class Imported(Fact, kind="cameras.imported", audiences=EVERY_SCREEN):
    """A file was taken into the estate: screens read it again."""

    import_id: int
    created: int
    changed: int
    moved: int

    def about(self) -> list[str]:
        return [f"camera_import:{self.import_id}"]
