from __future__ import annotations

from dataclasses import dataclass, field

from events.facts import Fact

EVERY_SCREEN = frozenset({"room", "wall"})


@dataclass(frozen=True, kw_only=True)
class _AboutOneIncident:
    incident_id: int
    number: str

    def about(self) -> list[str]:
        return [f"incident:{self.incident_id}"]


@dataclass(frozen=True, kw_only=True)
class IncidentOpened(_AboutOneIncident, Fact, kind="incidents.opened", audiences=EVERY_SCREEN):
    priority: int
    nature: str
    title: str
    place_label: str
    address: str
    site_code: str
    site_kind: str
    lat: float
    lon: float
    opened_at: str
    exercise: bool
    cause: str
    alert_ids: list[int] = field(default_factory=list)
    # What the device says is happening (alerts.models.Signal); empty when somebody only calls.
    signal: str = ""

    def about(self) -> list[str]:
        return [*super().about(), self.cause]


@dataclass(frozen=True, kw_only=True)
class IncidentJoined(_AboutOneIncident, Fact, kind="incidents.joined", audiences=EVERY_SCREEN):
    """One more cause for an open incident: `why` is the rule that joined it, in the words of the rule."""

    cause: str
    why: str
    alerts: int
    priority: int

    def about(self) -> list[str]:
        return [*super().about(), self.cause]


@dataclass(frozen=True, kw_only=True)
class IncidentTaken(_AboutOneIncident, Fact, kind="incidents.taken", audiences=EVERY_SCREEN):
    by: str
    user_id: int
    taken_at: str
    from_user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class IncidentReleased(_AboutOneIncident, Fact, kind="incidents.released", audiences=EVERY_SCREEN):
    pass


@dataclass(frozen=True, kw_only=True)
class DoubtRemoved(_AboutOneIncident, Fact, kind="incidents.doubt_removed", audiences=EVERY_SCREEN):
    founded: bool
    at: str


@dataclass(frozen=True, kw_only=True)
class IncidentStateChanged(_AboutOneIncident, Fact, kind="incidents.state_changed", audiences=EVERY_SCREEN):
    state: str
    at: str


@dataclass(frozen=True, kw_only=True)
class IncidentPriorityChanged(
    _AboutOneIncident, Fact, kind="incidents.priority_changed", audiences=EVERY_SCREEN
):
    priority: int


@dataclass(frozen=True, kw_only=True)
class IncidentNoted(_AboutOneIncident, Fact, kind="incidents.noted"):
    note_id: int


@dataclass(frozen=True, kw_only=True)
class IncidentLinked(_AboutOneIncident, Fact, kind="incidents.linked"):
    other_id: int
    other_number: str

    def about(self) -> list[str]:
        return [*super().about(), f"incident:{self.other_id}"]


@dataclass(frozen=True, kw_only=True)
class StepTicked(_AboutOneIncident, Fact, kind="incidents.step_ticked"):
    step_id: int
    order: int
    done: bool


@dataclass(frozen=True, kw_only=True)
class IncidentClosed(_AboutOneIncident, Fact, kind="incidents.closed", audiences=EVERY_SCREEN):
    outcome: str
    closed_at: str
