"""Somebody who stood lies on the ground and stays there. Experimental: who sits or kneels may look the same.

A trained model goes on calling who lies a person, or finds nobody any more; a detector without one calls him a thing.
So what lies is either the person himself, or a low thing that lies where a person was a moment ago and nobody is now.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from detection.sight.ground import PERSON_M
from detection.sight.tracks import Track
from detection.sight.types import PERSON, Box, RuleSetting, Signal
from detection.sight.view import View, foot_inside, key_of, moments

DOWN_S = 8.0
UPRIGHT, LYING = 1.5, 0.85  # height / width
LOWER = 0.55  # of the height he had
STOOD = 3  # pictures in which he did
# What lies began so soon after the person was last seen, so near; a body is so long, of the height it had.
AFTER_S, NEAR_M = 2.5, 1.6
SHORTEST, LONGEST = 0.45, 1.35


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
        for track in view.here(1.5):
            down = fell(track, view) if track.group == PERSON else lies_where_somebody_was(track, view)
            if not down or not foot_inside(track.box, self.setting.zone):
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
                    measured={"seconds": round(lasted, 1)},
                    setting=self.setting.key,
                )
            )
        return signals


def fell(track: Track, view: View) -> bool:
    """Lies now, stood before: the same person, so much lower and wider than high."""
    stood = _stood(track, view)
    return _lies(track, view) and len(stood) >= STOOD and track.box.height < LOWER * max(stood[-20:])


def lies_where_somebody_was(track: Track, view: View) -> bool:
    """Not put down by somebody who went on: whoever was there is seen nowhere since."""
    if not _lies(track, view):
        return False
    for person in (*view.past, *view.tracks):
        since_s = (track.first.at - person.last.at).total_seconds()
        if person.group != PERSON or not -AFTER_S <= since_s <= AFTER_S:
            continue
        stood = _stood(person, view)
        if len(stood) < STOOD or not person.has_moved():
            continue
        tall = sorted(stood)[len(stood) // 2]
        long = track.box.width * view.aspect / tall  # of the height he had
        if track.box.height > LOWER * tall or not SHORTEST <= long <= LONGEST * _spread(track, view):
            continue
        if view.metres(person.last.box, track.first.box, tall) <= NEAR_M:
            return True
    return False


def _lies(track: Track, view: View) -> bool:
    recent = [step.box for step in track.since(view.at - dt.timedelta(seconds=1.5))]
    return len(recent) >= 2 and all(_shape(box, view.aspect) < LYING for box in recent)


def _stood(track: Track, view: View) -> list[float]:
    """The heights of the pictures in which somebody stood."""
    return [step.box.height for step in track.steps if _shape(step.box, view.aspect) > UPRIGHT]


def _spread(track: Track, view: View) -> float:
    """Where the ground is known, a body may be wider than its height had been: nearer to the camera."""
    if view.scale is None:
        return 1.0
    return 1.2 if view.scale.width_m(track.box) <= LONGEST * PERSON_M else 0.0


def _shape(box: Box, aspect: float) -> float:
    return box.height / aspect / max(box.width, 1e-6)
