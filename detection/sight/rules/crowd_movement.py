"""Many people run at once. Experimental: the public evaluation of 2025 calls this type uncertain (L-26)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detection.sight.tracks import Track
from detection.sight.types import RuleSetting, Signal
from detection.sight.view import View, foot_inside, key_of, moments

PEOPLE, SPEED_M_S, FOR_S = 5, 2.5, 3.0
OVER_S = 5.0


@dataclass
class CrowdMovement:
    setting: RuleSetting
    _since: dt.datetime | None = None
    _last: dt.datetime | None = None
    _said: bool = False

    def see(self, view: View) -> list[Signal]:
        given = self.setting.parameters
        if not self.setting.watches(view.at):
            self._since = self._last = None
            self._said = False
            return []
        people = [track for track in view.persons() if foot_inside(track.box, self.setting.zone)]
        fast = [track for track in people if speed_m_s(track, view) >= given.get("speed_m_s", SPEED_M_S)]
        # Most of those who are there, not a few who run for their bus.
        if len(fast) < given.get("people", PEOPLE) or len(fast) < 0.5 * len(people):
            if self._last and (view.at - self._last).total_seconds() > OVER_S:
                self._since = self._last = None
                self._said = False
            return []
        self._since = self._since or view.at
        self._last = view.at
        lasted = (view.at - self._since).total_seconds()
        if self._said or lasted < given.get("for_s", FOR_S):
            return []
        self._said = True
        return [
            Signal(
                key=key_of(self.setting, self._since),
                rule="crowd_movement",
                at=self._since,
                raised_at=view.at,
                boxes=moments(fast, view.at),
                score=0.5,
                measured={"fast": len(fast), "people": len(people), "seconds": round(lasted, 1)},
                setting=self.setting.key,
            )
        ]


def speed_m_s(track: Track, view: View, over_s: float = 1.2) -> float:
    recent = track.since(view.at - dt.timedelta(seconds=over_s))
    if len(recent) < 3:
        return 0.0
    passed = (recent[-1].at - recent[0].at).total_seconds()
    return view.metres(recent[0].box, recent[-1].box, track.height()) / passed if passed > 0.5 else 0.0
