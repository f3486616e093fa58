"""What this app announces. Times are ISO 8601; no note, no text, no name leaves by here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from events.facts import Fact

_EVERYWHERE = frozenset({"room", "wall"})


@dataclass(frozen=True, kw_only=True)
class _OfAlert:
    alert_id: int

    def about(self) -> list[str]:
        return [f"alert:{self.alert_id}"]


@dataclass(frozen=True, kw_only=True)
class AlertReceived(_OfAlert, Fact, kind="alerts.received", audiences=_EVERYWHERE):
    number: str
    device_kind: str
    site_code: str
    site_kind: str
    place_label: str
    address: str
    lat: float
    lon: float
    accuracy_m: float | None
    position_used: Literal["press", "device", "site"]
    priority: int
    at: str
    received_at: str
    exercise: bool
    # What the device says is happening (alerts.models.Signal), and where in the building.
    signal: str = "call"
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class AlertPressedAgain(_OfAlert, Fact, kind="alerts.pressed_again", audiences=_EVERYWHERE):
    number: str
    presses: int
    at: str
    received_at: str
    lat: float
    lon: float
    site_code: str


@dataclass(frozen=True, kw_only=True)
class AlertCancelled(_OfAlert, Fact, kind="alerts.cancelled", audiences=_EVERYWHERE):
    """The presser says it was a mistake. The alert stays open: an operator still checks."""

    number: str
    at: str
    received_at: str


@dataclass(frozen=True, kw_only=True)
class AlertRestored(_OfAlert, Fact, kind="alerts.restored"):
    """The device says that what it saw is over. The alert stays open."""

    number: str
    signal: str
    at: str
    received_at: str


@dataclass(frozen=True, kw_only=True)
class DeviceTroubled(Fact, kind="alerts.device_troubled"):
    """A device says something is wrong with itself, or (`over`) no longer."""

    device_id: int
    device_code: str
    site_code: str
    place_label: str
    trouble: str
    at: str
    over: bool
    exercise: bool

    def about(self) -> list[str]:
        return [f"device:{self.device_id}"]


@dataclass(frozen=True, kw_only=True)
class AlertTested(_OfAlert, Fact, kind="alerts.tested"):
    number: str
    device_code: str
    site_code: str
    place_label: str
    at: str
    received_at: str
    ok: bool


@dataclass(frozen=True, kw_only=True)
class AlertStateChanged(_OfAlert, Fact, kind="alerts.state_changed", audiences=_EVERYWHERE):
    number: str
    state: str


@dataclass(frozen=True, kw_only=True)
class AlertMessageSent(_OfAlert, Fact, kind="alerts.message_sent"):
    from_centre: bool
