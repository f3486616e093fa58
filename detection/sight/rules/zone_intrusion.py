"""Somebody, or a vehicle where those count too, is in a zone where nobody should be, or crosses its line.

It is the foot point that counts: a head that leans over a fence is not in. Who stands on the border goes in once, not
ten times: in for `stay_s`, out after a while. While the zone is occupied it is one situation.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from detection.sight.rules.lines import crossed
from detection.sight.tracks import VEHICLE, Track
from detection.sight.types import PERSON, Box, RuleSetting, Signal
from detection.sight.view import View, foot_inside, key_of, moments

STAY_S = 1.0
# The zone is empty again after so long without anybody in it.
EMPTY_S = 2.0
PICTURES = 3
# In so many of the pictures that were looked at: drops and leaves come and go.
MOSTLY = 0.6
# Of somebody cut off by the lower edge: from here on, and so much higher than wide when half of him is seen.
LOWER_EDGE, HALF = 0.98, 1.2


@dataclass
class _Presence:
    since: dt.datetime
    last: dt.datetime
    looks: int = 0  # pictures looked at since
    seen: int = 0  # of those, in which he was in


@dataclass
class ZoneIntrusion:
    setting: RuleSetting
    _present: dict[int, _Presence] = field(default_factory=dict)
    _occupied: dt.datetime | None = None  # when somebody was last in, while it is one situation
    _said: set[int] = field(default_factory=set)

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            self._present.clear()
            self._occupied = None
            return []
        if self.setting.line:
            return self._line(view)
        stay_s = self.setting.parameters.get("stay_s", STAY_S)
        signals: list[Signal] = []
        self._forget(view.at)
        for presence in self._present.values():
            presence.looks += view.looked
        for track in view.here():
            if not self._counts(track) or (track.group == PERSON and feet_hidden(track.box, view.aspect)):
                continue
            if not foot_inside(track.box, self.setting.zone):
                continue
            presence = self._present.setdefault(track.number, _Presence(track.last.at, track.last.at))
            presence.seen += track.last.at > presence.last or presence.looks == 0
            presence.looks = max(presence.looks, 1)
            presence.last = track.last.at
            inside_s = (presence.last - presence.since).total_seconds()
            if inside_s < stay_s or track.pictures < PICTURES or not track.has_moved():
                continue
            if presence.seen < MOSTLY * presence.looks:
                continue
            if self._occupied is None:
                signals.append(self._signal(view, track, presence.since, inside_s))
            self._occupied = view.at
        return signals

    def _counts(self, track: Track) -> bool:
        return track.group == PERSON or (
            track.group == VEHICLE and bool(self.setting.parameters.get("vehicles"))
        )

    def _forget(self, at: dt.datetime) -> None:
        if self._occupied and (at - self._occupied).total_seconds() > EMPTY_S:
            self._occupied = None
        for number in [n for n, one in self._present.items() if (at - one.last).total_seconds() > EMPTY_S]:
            del self._present[number]

    def _signal(self, view: View, track: Track, since: dt.datetime, inside_s: float) -> Signal:
        return Signal(
            key=key_of(self.setting, since),
            rule="zone_intrusion",
            at=since,
            raised_at=view.at,
            boxes=moments([track], view.at),
            score=min(
                0.99, sum(step.box.score for step in list(track.steps)[-5:]) / min(5, len(track.steps))
            ),
            measured={
                **({"seconds": round(inside_s, 1)} if inside_s else {"line": 1.0}),
                **({"vehicle": 1.0} if track.group == VEHICLE else {}),
            },
            setting=self.setting.key,
        )

    def _line(self, view: View) -> list[Signal]:
        signals = []
        for track in view.here():
            if not self._counts(track) or track.number in self._said or not track.has_moved():
                continue
            way = crossed(track, self.setting.line, view)
            if way and self.setting.crossing in ("any", way):
                self._said.add(track.number)
                since = track.last.at
                signals.append(self._signal(view, track, since, 0.0))
        return signals


def feet_hidden(box: Box, aspect: float) -> bool:
    """Only head and shoulders rise over the lower edge of the picture: the feet are far outside of it."""
    return box.y1 > LOWER_EDGE and box.height / aspect < HALF * box.width
