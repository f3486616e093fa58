"""Several people stay together: each within some metres of another of them, and none of them on the way through."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from detection.sight.tracks import Track
from detection.sight.types import RuleSetting, Signal
from detection.sight.view import View, foot_inside, key_of, moments

PEOPLE, RADIUS_M, FOR_S = 5, 5.0, 20.0
# A gap in which somebody is hidden does not end it.
BROKEN_S = 3.0


@dataclass
class PeopleGrouping:
    setting: RuleSetting
    _since: dt.datetime | None = None
    _last: dt.datetime | None = None
    _said: bool = False
    _place: tuple[float, float] = field(default=(0.0, 0.0))

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            self._since = self._last = None
            self._said = False
            return []
        given = self.setting.parameters
        radius_m, for_s = given.get("radius_m", RADIUS_M), given.get("for_s", FOR_S)
        staying = [
            track
            for track in view.persons(1.5)
            if foot_inside(track.box, self.setting.zone) and stays(track, view, radius_m)
        ]
        group = largest_group(staying, view, radius_m)
        if len(group) < given.get("people", PEOPLE):
            if self._last and (view.at - self._last).total_seconds() > BROKEN_S:
                self._since = self._last = None
                self._said = False
            return []
        self._since = self._since or view.at
        self._last = view.at
        lasted = (view.at - self._since).total_seconds()
        if self._said or lasted < for_s:
            return []
        self._said = True
        return [
            Signal(
                key=key_of(self.setting, self._since),
                rule="people_grouping",
                at=self._since,
                raised_at=view.at,
                boxes=moments(group, view.at),
                score=round(min(0.95, 0.5 + 0.05 * len(group)), 2),
                measured={"people": len(group), "radius_m": radius_m, "seconds": round(lasted, 1)},
                setting=self.setting.key,
            )
        ]


def stays(track: Track, view: View, radius_m: float, seconds: float = 5.0) -> bool:
    """Whether somebody has been about where he is for some seconds: who passes by leaves the radius soon."""
    recent = track.since(view.at - dt.timedelta(seconds=seconds))
    return view.metres(recent[0].box, track.box, track.height()) <= radius_m / 2 if recent else False


def largest_group(tracks: list[Track], view: View, radius_m: float) -> list[Track]:
    """The most people of whom each is near another (a chain holds together as people in a ring do)."""
    left, best = list(tracks), list[Track]()
    while left:
        group, edge = [left.pop()], 0
        while edge < len(group):
            one = group[edge]
            near = [other for other in left if view.metres(one.box, other.box, one.height()) <= radius_m]
            group += near
            left = [other for other in left if other not in near]
            edge += 1
        if len(group) > len(best):
            best = group
    return best
