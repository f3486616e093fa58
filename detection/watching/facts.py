"""What watching announces of itself: counts, codes and times. What it sees is a signal, and told elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from events.facts import Fact


class Skipped(TypedDict):
    camera_id: int
    code: str
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class Strained(Fact, kind="detection.strained"):
    """A worker falls behind: so many of its cameras are looked at less often. None: it has caught up."""

    worker: str
    shed: int
    of: int
    codes: list[str]
    age_s: float

    def about(self) -> list[str]:
        return ["detection"]


@dataclass(frozen=True, kw_only=True)
class PicturesSkipped(Fact, kind="detection.pictures_skipped"):
    """Pictures that were never looked at, and why: too late (behind, or away for too long), or gone."""

    worker: str
    why: str
    cameras: list[Skipped]

    def about(self) -> list[str]:
        return ["detection", *(f"camera:{one['camera_id']}" for one in self.cameras)]


@dataclass(frozen=True, kw_only=True)
class WatchFailed(Fact, kind="detection.watch_failed"):
    """A camera that is to be watched is not. `why` is silent, broken, refused (the detector) or mask."""

    camera_id: int
    code: str
    why: str

    def about(self) -> list[str]:
        return ["detection", f"camera:{self.camera_id}"]


@dataclass(frozen=True, kw_only=True)
class WatchResumed(Fact, kind="detection.watch_resumed"):
    camera_id: int
    code: str

    def about(self) -> list[str]:
        return ["detection", f"camera:{self.camera_id}"]
