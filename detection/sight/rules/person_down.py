"""Somebody who stood lies on the ground and stays there. Experimental: who sits or kneels may look the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from detection.sight.tracks import Track
from detection.sight.types import RuleSetting, Signal
from detection.sight.view import View, foot_inside, key_of, moments

DOWN_S = 8.0
UPRIGHT, LYING = 1.5, 0.85  # height / width
LOWER = 0.55  # of the height he had


@dataclass
class PersonDown:
    setting: RuleSetting
    _down: dict[int, dt.datetime] = field(default_factory=dict)
    _said: set[int] = field(default_factory=set)

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            self._down.clear()
            return []
        signals = []
        down_s = self.setting.parameters.get("down_s", DOWN_S)
        live = {track.number for track in view.tracks}
        self._down = {number: since for number, since in self._down.items() if number in live}
        for track in view.persons(1.5):
            if not foot_inside(track.box, self.setting.zone) or not fell(track, view):
                self._down.pop(track.number, None)
                continue
            since = self._down.setdefault(track.number, view.at)
            lasted = (view.at - since).total_seconds()
            if lasted < down_s or track.number in self._said:
                continue
            self._said.add(track.number)
            signals.append(
                Signal(
                    key=key_of(self.setting, since, *(round(value, 1) for value in track.box.centre)),
                    rule="person_down",
                    at=since,
                    raised_at=view.at,
                    boxes=moments([track], view.at),
                    score=0.5,
                    why=f"a person who stood lies for {lasted:.0f} s",
                    setting=self.setting.key,
                )
            )
        return signals


def fell(track: Track, view: View) -> bool:
    """Lies now, stood before: the same person, so much lower and wider than high."""
    recent = [step.box for step in track.since(view.at - dt.timedelta(seconds=1.5))]
    if len(recent) < 2 or not all(_shape(box, view.aspect) < LYING for box in recent):
        return False
    stood = [step.box for step in track.steps if _shape(step.box, view.aspect) > UPRIGHT]
    return len(stood) >= 3 and track.box.height < LOWER * max(box.height for box in stood[-20:])


def _shape(box: object, aspect: float) -> float:
    height, width = getattr(box, "height", 0.0), getattr(box, "width", 1.0)
    return float(height / aspect / max(width, 1e-6))
