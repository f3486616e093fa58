"""Somebody or something crosses a line against the way that is allowed. Experimental until measured on a site.

`crossing` of the setting is the way that is forbidden, seen by who walks along the line from its first point.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from detection.sight.rules.lines import crossed
from detection.sight.types import RuleSetting, Signal
from detection.sight.view import View, key_of, moments

PAST_M = 1.0


@dataclass
class WrongWay:
    setting: RuleSetting
    _said: set[int] = field(default_factory=set)

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            return []
        past_m = self.setting.parameters.get("past_m", PAST_M)
        signals = []
        for track in view.here():
            if track.number in self._said or not track.has_moved():
                continue
            way = crossed(track, self.setting.line, view, past_m)
            if not way:
                continue
            self._said.add(track.number)
            if self.setting.crossing not in ("any", way):
                continue
            signals.append(
                Signal(
                    key=key_of(self.setting, view.at, round(track.box.centre[0], 2)),
                    rule="wrong_way",
                    at=track.last.at,
                    raised_at=view.at,
                    boxes=moments([track], view.at),
                    score=0.6,
                    measured={"vehicle": float(track.group == "vehicle")},
                    setting=self.setting.key,
                )
            )
        return signals
