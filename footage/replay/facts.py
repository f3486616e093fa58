"""What replay can announce."""

from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Bookmarked(Fact, kind="footage.bookmarked"):
    bookmark_id: int
    camera_id: int
    code: str
    at: str

    def about(self) -> list[str]:
        return [f"camera:{self.camera_id}"]
