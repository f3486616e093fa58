"""How right it is: clips with known events against what was signalled.

The form of a `truth.json` is in docs/how-to/evaluate-detection.md. An event is found when a signal of its type is
raised between its start and its start + 10 s + the rule's own delay. Several signals for one event count once; a signal
outside of every event of its type is false. Recall, precision and F1 are those of i-LIDS, over all clips.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detection.sight.rules import RULES
from detection.sight.runner import BEGAN, Run, run
from detection.sight.types import Calibration, Detector, Length, Polygon, RuleSetting, Signal

LATE_S = 10.0
ALONE_S = 30.0
# Numbers of an event that are thresholds of its rule, by the names they have there.
THRESHOLDS = {
    "persons": "people",
    **{name: name for name in ("people", "radius_m", "per_m2", "vehicles", "away_m", "speed_m_s")},
}
DELAYS = {
    "abandoned_object": ("alone_s", ALONE_S),
    "zone_intrusion": ("stay_s", 1.0),
    "crowd_density": ("for_s", 1.0),
    "people_grouping": ("for_s", 20.0),
    "crowd_movement": ("for_s", 3.0),
    "person_down": ("down_s", 8.0),
    "fire_start": ("burns_s", 4.0),
    "wrong_way": ("", 0.0),
}


class TruthError(Exception):
    """The truth of the clips cannot be read, or names what nobody knows."""


@dataclass(frozen=True)
class Event:
    type: str
    start: float
    end: float
    delay: float
    zone: str = ""

    @property
    def over(self) -> float:
        return max(self.end, self.start + LATE_S + self.delay)

    @property
    def name(self) -> str:
        return f"{self.type} at {self.start:g} s" + (f" in {self.zone}" if self.zone else "")


@dataclass(frozen=True)
class Clip:
    path: Path
    events: tuple[Event, ...]
    settings: tuple[RuleSetting, ...]


@dataclass
class Result:
    clip: Clip
    run: Run
    found: dict[Event, float] = field(default_factory=dict)  # with the delay after its start
    missed: list[Event] = field(default_factory=list)
    false: list[Signal] = field(default_factory=list)

    @property
    def fps(self) -> float:
        return self.run.pictures / self.run.seconds if self.run.seconds else 0.0

    @property
    def failures(self) -> list[str]:
        name = self.clip.path.name
        lines = [f"{name}: missed {event.name}" for event in self.missed]
        return lines + [
            f"{name}: false {one.rule} raised at {seconds(one):.1f} s ({_numbers(one)})" for one in self.false
        ]


@dataclass(frozen=True)
class Figures:
    events: int
    found: int
    false: int

    @property
    def recall(self) -> float:
        return self.found / self.events if self.events else 1.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def f1(self) -> float:
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0


def read_truth(path: Path, only: Iterable[str] = ()) -> list[Clip]:
    """The clips of a truth, with the settings their events and their `never` ask for. Raises TruthError."""
    try:
        clips = json.loads(path.read_text(encoding="utf-8"))["clips"]
        return [_clip(path.parent, one, frozenset(only)) for one in clips]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TruthError(f"{path}: {type(error).__name__}: {error}") from error


def evaluate(clip: Clip, detector: Detector) -> Result:
    """Runs one clip and compares. Raises ClipError."""
    result = Result(clip, run(clip.path, clip.settings, detector))
    compare(result)
    return result


def compare(result: Result) -> None:
    signals = result.run.signals
    for event in result.clip.events:
        raised = [
            seconds(one)
            for one in signals
            if _concerns(one, event) and event.start <= seconds(one) <= event.start + LATE_S + event.delay
        ]
        if raised:
            result.found[event] = min(raised) - event.start
        else:
            result.missed.append(event)
    for one in signals:
        about = [event for event in result.clip.events if _concerns(one, event)]
        if not any(
            event.start <= seconds(one) <= max(event.end, event.start + LATE_S + event.delay)
            for event in about
        ):
            result.false.append(one)


def figures(results: Iterable[Result], event_type: str = "") -> Figures:
    some = list(results)
    events = [event for one in some for event in one.clip.events if event_type in ("", event.type)]
    found = [event for one in some for event in one.found if event_type in ("", event.type)]
    false = [signal for one in some for signal in one.false if event_type in ("", signal.rule)]
    return Figures(len(events), len(found), len(false))


def seconds(signal: Signal) -> float:
    """When it was raised, from the beginning of the clip."""
    return (signal.raised_at - BEGAN).total_seconds()


def _numbers(signal: Signal) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in signal.measured.items())


def _concerns(signal: Signal, event: Event) -> bool:
    zone = signal.setting.partition("/")[2]
    return signal.rule == event.type and (not event.zone or not zone or zone == event.zone)


def _clip(folder: Path, told: dict[str, Any], only: frozenset[str]) -> Clip:
    path = folder / told["file"]
    if not path.is_file():
        raise TruthError(f"there is no clip {path.name} beside its truth")
    places = _Places(told)
    events, settings = [], dict[str, RuleSetting]()
    for one in told.get("events", []):
        kind, place = places.of(one)
        if only and kind not in only:
            continue
        usual = DELAYS[kind][1] if kind == "abandoned_object" else 0.0
        delay = float(one.get("delay", usual))
        events.append(Event(kind, float(one["start"]), float(one.get("end", one["start"])), delay, place))
        name, waits = DELAYS[kind]
        settings[f"{kind}/{place}"] = places.setting(one, place, {name: waits} if name else {})
    for one in told.get("never", []):
        named = {"type": one} if isinstance(one, str) else one
        if "type" not in named or (named["type"] not in RULES and isinstance(one, str)):
            continue  # a word of other software's truth
        kind, place = places.of(named)
        if (only and kind not in only) or any(known.event_type == kind for known in settings.values()):
            continue
        everywhere = isinstance(one, str) and kind in ("zone_intrusion", "crowd_density")
        for zone in (places.zones if everywhere else None) or [place]:
            settings[f"{kind}/{zone}"] = places.setting(named, zone, {})
    return Clip(path, tuple(events), tuple(settings.values()))


class _Places:
    """Zones, lines and the ground of one clip, and what is watched for there."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.file = str(told["file"])
        self.zones: dict[str, Polygon] = {
            name: _points(points) for name, points in told.get("zones", {}).items()
        }
        self._lines: dict[str, Polygon] = {
            name: _points(points) for name, points in told.get("lines", {}).items()
        }
        self._ground = _ground(told.get("ground"))

    def of(self, one: dict[str, Any]) -> tuple[str, str]:
        """(type, place). Raises TruthError for what nobody knows."""
        kind, place = str(one["type"]), str(one.get("zone") or one.get("line") or "")
        if kind not in RULES:
            raise TruthError(f"{self.file}: nobody watches for “{kind}”")
        if place and place not in self.zones | self._lines:
            raise TruthError(f"{self.file}: there is no zone “{place}”")
        return kind, place

    def setting(self, one: dict[str, Any], place: str, usual: dict[str, float]) -> RuleSetting:
        kind = str(one["type"])
        own = {THRESHOLDS[key]: float(one[key]) for key in THRESHOLDS if key in one}
        if DELAYS[kind][0] and "delay" in one:
            own[DELAYS[kind][0]] = float(one["delay"])
        return RuleSetting(
            event_type=kind,
            key=f"{kind}/{place}",
            zone=self.zones.get(place, ()),
            line=self._lines.get(place, ()),
            crossing=one.get("crossing", "any"),
            parameters=usual | own,
            ground=self._ground,
        )


def _points(told: Iterable[Iterable[float]]) -> Polygon:
    return tuple((float(x), float(y)) for x, y in told)


def _ground(told: Any) -> Calibration | None:
    """{"lengths": [[[x, y], [x, y], metres], ...], "hfov_deg": 60}"""
    if not told:
        return None
    lengths = [Length((_pair(a), _pair(b)), float(metres)) for a, b, metres in told["lengths"]]
    return Calibration(tuple(lengths), float(told.get("hfov_deg", 60.0)))


def _pair(told: Iterable[float]) -> tuple[float, float]:
    x, y = told
    return float(x), float(y)
