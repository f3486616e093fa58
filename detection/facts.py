from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class _OfOneSignal:
    signal_id: int
    camera_id: int
    camera_code: str
    event_type: str
    exercise: bool

    def about(self) -> list[str]:
        return [f"signal:{self.signal_id}", f"camera:{self.camera_id}"]


@dataclass(frozen=True, kw_only=True)
class Signalled(_OfOneSignal, Fact, kind="detection.signalled"):
    """Software thinks it saw something: a card for a person to answer, and nothing else (L-23)."""

    priority: int
    camera_name: str
    zone: str
    at: str
    raised_at: str
    score: float
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True)
class SeenAgain(_OfOneSignal, Fact, kind="detection.seen_again"):
    last_at: str
    folded: int
    score: float


@dataclass(frozen=True, kw_only=True)
class SignalConfirmed(_OfOneSignal, Fact, kind="detection.confirmed"):
    """A person saw it too: this opens an incident."""

    reason: str
    priority: int
    camera_name: str
    at: str
    judged_at: str
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True)
class SignalDismissed(_OfOneSignal, Fact, kind="detection.dismissed"):
    """`verdict` is "rejected" or "cannot_tell"."""

    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class _OfOneProfile:
    profile_id: int
    camera_id: int
    camera_code: str
    event_type: str
    exercise: bool

    def about(self) -> list[str]:
        return [f"profile:{self.profile_id}", f"camera:{self.camera_id}"]


@dataclass(frozen=True, kw_only=True)
class WatchingBegan(_OfOneProfile, Fact, kind="detection.began"):
    authorisation: str


@dataclass(frozen=True, kw_only=True)
class WatchingEnded(_OfOneProfile, Fact, kind="detection.ended"):
    """`why` is "off", "uncovered" or "suspended"."""

    why: str


@dataclass(frozen=True, kw_only=True)
class AllStopped(Fact, kind="detection.all_stopped"):
    stop_id: int
    at: str
    profiles: int

    def about(self) -> list[str]:
        return [f"stop:{self.stop_id}"]


@dataclass(frozen=True, kw_only=True)
class AllowedAgain(Fact, kind="detection.allowed_again"):
    stop_id: int
    at: str

    def about(self) -> list[str]:
        return [f"stop:{self.stop_id}"]


@dataclass(frozen=True, kw_only=True)
class AuthorisationWithdrawn(Fact, kind="detection.authorisation_withdrawn"):
    authorisation_id: int
    number: str
    ended: int

    def about(self) -> list[str]:
        return [f"analytics_authorisation:{self.authorisation_id}"]
