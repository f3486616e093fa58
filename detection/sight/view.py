"""What a rule is shown at one instant, and what all rules share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from detection.sight.ground import PERSON_M, Scale
from detection.sight.things import Thing
from detection.sight.tracks import Track
from detection.sight.types import PERSON, Box, Frame, Moment, Polygon, RuleSetting, Signal

BOXES_KEPT = 60


@dataclass(frozen=True)
class View:
    """A camera's picture as it is understood: who is there, who was, what stands still."""

    at: dt.datetime
    aspect: float  # width / height of the picture
    tracks: Sequence[Track]  # those who are there
    past: Sequence[Track]  # those who were, for a minute and a half
    things: Sequence[Thing] = ()
    scale: Scale | None = None
    people: Sequence[Box] = ()  # every person found in this very picture, followed or not
    looked: bool = True  # whether a detector looked at this picture
    counted: bool = True  # whether everybody was looked for in this picture, the small ones too
    frame: Frame | None = None
    forget: Callable[[Thing], None] | None = None  # this thing belongs to the place from now on

    def here(self, within_s: float = 0.7) -> list[Track]:
        return [track for track in self.tracks if (self.at - track.last.at).total_seconds() <= within_s]

    def persons(self, within_s: float = 0.7) -> list[Track]:
        return [track for track in self.here(within_s) if track.group == PERSON]

    def metres(self, one: Box, other: Box, ruler: float = 0.0) -> float:
        """Between two boxes, on the ground; the nearer of feet and sides. `ruler`: height of a person there."""
        gap = max(0.0, max(one.x0, other.x0) - min(one.x1, other.x1))
        drop = abs(one.y1 - other.y1) / self.aspect
        if self.scale is not None:
            apart = self.scale.apart_m(one.foot, other.foot)
            beside = gap / self.scale.per_metre(max(one.y1, other.y1))
            near = self.scale.apart_m((0.5, one.y1), (0.5, other.y1))
            return min(apart, max(beside, near)) if gap < abs(one.foot[0] - other.foot[0]) else apart
        metre = max(ruler, 0.02) / self.aspect / PERSON_M
        return float((gap**2 + (2 * drop) ** 2) ** 0.5 / metre)


class Rule(Protocol):
    """One rule on one zone of one camera: a function of what it has seen, nothing else."""

    def see(self, view: View) -> list[Signal]: ...


def inside(point: tuple[float, float], polygon: Polygon) -> bool:
    """Whether a polygon holds a point (even-odd). No polygon is the whole picture."""
    if len(polygon) < 3:
        return True
    x, y = point
    odd = False
    for (x0, y0), (x1, y1) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            odd = not odd
    return odd


def foot_inside(box: Box, polygon: Polygon) -> bool:
    """The foot point, kept within the picture: who is cut off by its lower edge stands on that edge."""
    x, y = box.foot
    return inside((min(max(x, 1e-4), 1 - 1e-4), min(y, 1 - 2e-3)), polygon)


def moments(tracks: Sequence[Track], until: dt.datetime, seconds: float = 10.0) -> tuple[Moment, ...]:
    """The boxes of some tracks over the last seconds, by instant, without anybody's number (L-22)."""
    found: dict[dt.datetime, list[Box]] = {}
    for track in tracks:
        for step in track.since(until - dt.timedelta(seconds=seconds)):
            found.setdefault(step.at, []).append(step.box)
    ordered = sorted(found)
    thinned = ordered[:: max(1, len(ordered) // BOXES_KEPT)]
    return tuple(Moment(at, tuple(found[at])) for at in thinned)


def key_of(setting: RuleSetting, at: dt.datetime, *more: object) -> str:
    """The name of a situation: the same when the same pictures are seen again after a restart."""
    parts = [setting.key or setting.event_type, at.strftime("%Y%m%dT%H%M%S"), *map(str, more)]
    return "/".join(parts)
