"""What the windows announce: what a room keeps for its screens, and what hangs on its wall. Codes, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from events.facts import Fact

EVERY_SCREEN = frozenset({"room", "wall"})


@dataclass(frozen=True, kw_only=True)
class LayoutSaved(Fact, kind="console.layout_saved"):
    layout_id: int
    room: str
    name: str
    size: int

    def about(self) -> list[str]:
        return [f"layout:{self.layout_id}"]


@dataclass(frozen=True, kw_only=True)
class LayoutRemoved(LayoutSaved, kind="console.layout_removed"):
    """Nobody finds it any more; a wall it was put on keeps its copy."""


@dataclass(frozen=True, kw_only=True)
class TourSaved(Fact, kind="console.tour_saved", audiences=EVERY_SCREEN):
    """A wall that shows it goes on with its new stops."""

    tour_id: int
    room: str
    name: str
    purpose: str
    stops: list[dict[str, Any]]
    # Of its cameras, by code.
    names: dict[str, str]
    hours: list[dict[str, Any]]

    def about(self) -> list[str]:
        return [f"tour:{self.tour_id}"]


@dataclass(frozen=True, kw_only=True)
class TourRemoved(Fact, kind="console.tour_removed", audiences=EVERY_SCREEN):
    """Its places on a wall are free."""

    tour_id: int
    room: str
    name: str

    def about(self) -> list[str]:
        return [f"tour:{self.tour_id}"]


@dataclass(frozen=True, kw_only=True)
class WallPushed(Fact, kind="console.wall_pushed", audiences=EVERY_SCREEN):
    """`size` 0: the wall follows the alerts alone again."""

    room: str
    name: str
    size: int
    cells: list[dict[str, Any] | None]
    tours: list[dict[str, Any]]
    names: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class WallGivenBack(Fact, kind="console.wall_given_back", audiences=EVERY_SCREEN):
    """The cameras of this incident leave the wall: its places are what they were before."""

    room: str
    incident_id: int

    def about(self) -> list[str]:
        return [f"incident:{self.incident_id}"]
