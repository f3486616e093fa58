"""What retention can announce. Kinds of data, counts and times; nobody and no picture."""

from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class LimitSet(Fact, kind="retention.limit_set"):
    what: str
    days: int
    before: int

    def about(self) -> list[str]:
        return [f"limit:{self.what}"]


@dataclass(frozen=True, kw_only=True)
class PurgeFailed(Fact, kind="retention.purge_failed"):
    """Something could not be destroyed, or is there past its limit: somebody must act. Told once until it is over.

    `why` is failed, late, clock or silent.
    """

    run_id: int
    why: str
    what: list[str]
    at: str


@dataclass(frozen=True, kw_only=True)
class CaughtUp(Fact, kind="retention.caught_up"):
    """Nothing is past its limit any more."""

    run_id: int
