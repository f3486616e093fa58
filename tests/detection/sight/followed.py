"""Tracks written down by hand, on ground that is measured: what a rule sees without a picture.

The picture is 1600 x 900; a metre is a tenth of its width everywhere (seen from straight above), unless said otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np

from detection.sight.ground import Scale
from detection.sight.things import Thing
from detection.sight.tracks import Step, Track
from detection.sight.types import Box, RuleSetting, Signal
from detection.sight.view import Rule, View

BEGAN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ASPECT = 16 / 9
FLAT = Scale(0.1, 0.0, ASPECT, measured=True)
Path = Callable[[float], tuple[float, float] | None]  # foot point in metres across and down, by second


def at(second: float) -> dt.datetime:
    return BEGAN + dt.timedelta(seconds=second)


def box_at(x_m: float, y_m: float, wide_m: float = 0.5, high_m: float = 1.7, label: str = "person") -> Box:
    """Feet at x, y metres from the top left corner."""
    x, y = x_m * 0.1, y_m * 0.1 * ASPECT
    return Box(x - wide_m * 0.05, y - high_m * 0.1 * ASPECT, x + wide_m * 0.05, y, label, 0.9)


def thing_at(x_m: float, y_m: float, born: float, size_m: float = 0.4) -> Thing:
    """A still thing of a known outline, seen until now."""
    box = box_at(x_m, y_m, size_m, size_m, "thing")
    return Thing(1, at(born), at(born), box, np.ones((1, 1), bool), outline=2.0, looks=10)


class Film:
    """Plays paths of people to a rule, five times a second."""

    def __init__(
        self, rule: Rule, paths: Iterable[Path], *, group: str = "person", high_m: float = 1.7
    ) -> None:
        self.rule, self.paths, self.group, self.high_m = rule, list(paths), group, high_m
        self.tracks: dict[int, Track] = {}
        self.things: list[tuple[float, float, Thing]] = []  # since, until

    def play(self, seconds: float, rate: float = 5.0, scale: Scale | None = FLAT) -> list[Signal]:
        signals = []
        for number in range(round(seconds * rate)):
            second = number / rate
            signals += self.rule.see(self._view(second, scale))
        return signals

    def _view(self, second: float, scale: Scale | None) -> View:
        people = []
        for number, path in enumerate(self.paths):
            spot = path(second)
            if spot is not None:
                box = box_at(*spot, high_m=self.high_m)
                people.append(box)
                track = self.tracks.setdefault(number, Track(number, self.group))
                track.steps.append(Step(at(second), box))
                track.pictures += 1
        live = [one for one in self.tracks.values() if (at(second) - one.last.at).total_seconds() <= 2]
        past = [one for one in self.tracks.values() if one not in live]
        things = [thing for since, until, thing in self.things if since <= second < until]
        for thing in things:
            thing.seen_at = at(second)
        return View(at(second), ASPECT, live, past, things, scale, people)


def seconds(signal: Signal) -> float:
    return (signal.raised_at - BEGAN).total_seconds()


def setting(kind: str, **more: object) -> RuleSetting:
    zone, line = more.pop("zone", ()), more.pop("line", ())
    crossing, schedule = more.pop("crossing", "any"), more.pop("schedule", None)
    return RuleSetting(kind, kind, zone, line, crossing, more, None, schedule)  # type: ignore[arg-type]


def going(*points: tuple[float, float, float]) -> Path:
    """(second, x, y): straight between them, not there before and after."""

    def path(second: float) -> tuple[float, float] | None:
        for (t0, x0, y0), (t1, x1, y1) in pairwise(points):
            if t0 <= second <= t1:
                share = (second - t0) / max(t1 - t0, 1e-9)
                return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
        return None

    return path
