"""Who is who from picture to picture: ByteTrack of the library `trackers`, on clocks that are not even.

People, vehicles and things of no known kind are followed apart, so that a car never goes on as the person beside it.
Ids live for as long as a camera's scene does; they are of no person and leave this module in no signal (L-22).
"""

from __future__ import annotations

import datetime as dt
import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import supervision as sv
from trackers import ByteTrackTracker
from trackers.utils.iou import BIoU

from detection.sight.types import BAGS, PERSON, THING, VEHICLES, Box

PIXELS = 1000.0  # ByteTrack's noise is tuned to pixels
LOST_S = 2.0
REMEMBERED_S = 90.0
STEPS = 600
# Boxes are let grow for matching, the more the longer it was: at two pictures a second a walker has left his own.
BUFFER, BUFFER_PER_S, BUFFER_AT_MOST = 0.25, 1.2, 1.0
START, HIGH = 0.4, 0.35
MOVED = 0.15
VEHICLE = "vehicle"
GROUPS = (PERSON, VEHICLE, THING)


class Step(NamedTuple):
    at: dt.datetime
    box: Box


@dataclass(eq=False)
class Track:
    """One person, vehicle or thing for as long as it was followed."""

    number: int
    group: str
    steps: deque[Step] = field(default_factory=lambda: deque(maxlen=STEPS))
    pictures: int = 0

    @property
    def first(self) -> Step:
        return self.steps[0]

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def box(self) -> Box:
        return self.last.box

    @property
    def age_s(self) -> float:
        return (self.last.at - self.first.at).total_seconds()

    def within(self, since: dt.datetime, until: dt.datetime) -> Iterator[Step]:
        return (step for step in self.steps if since <= step.at <= until)

    def since(self, at: dt.datetime) -> list[Step]:
        found = []
        for step in reversed(self.steps):
            if step.at < at:
                break
            found.append(step)
        return found[::-1]

    def lived(self, since: dt.datetime, until: dt.datetime) -> bool:
        return self.first.at <= until and self.last.at >= since

    def has_moved(self, share: float = MOVED) -> bool:
        """By a part of its own height since it was first seen: posters and dolls never do."""
        first, height = self.first.box.centre, max(self.height(), 1e-6)
        return any(math.dist(first, step.box.centre) > share * height for step in self.steps)

    def height(self) -> float:
        """How high it is when nothing hides it, as a share of the picture."""
        heights = sorted(step.box.height for step in self.steps)
        return heights[int(len(heights) * 0.8)]


class Tracker:
    """One camera's."""

    def __init__(self, groups: frozenset[str] = frozenset(GROUPS)) -> None:
        """`groups`: nobody else is followed, which costs more than finding them."""
        self._groups = groups
        self.live: list[Track] = []
        self.past: deque[Track] = deque()
        self._byte = {group: _tracker() for group in groups}
        self._known: dict[tuple[str, int], Track] = {}
        self._matched: dict[str, float] = {}
        self._next = 1

    def reset(self) -> None:
        self.past.extend(self.live)
        self.live, self._known, self._matched = [], {}, {}
        self._byte = {group: _tracker() for group in self._groups}

    def see(self, boxes: Iterable[Box], at: dt.datetime, aspect: float) -> None:
        by_group: dict[str, list[Box]] = {group: [] for group in self._byte}
        for box in boxes:
            group = group_of(box.label)
            if group in by_group:
                by_group[group].append(box)
        for group, found in by_group.items():
            self._follow(group, found, at, aspect)
        ended = [track for track in self.live if (at - track.last.at).total_seconds() > LOST_S]
        for track in ended:
            self.live.remove(track)
            self.past.append(track)
        while self.past and (at - self.past[0].last.at).total_seconds() > REMEMBERED_S:
            self.past.popleft()
        if len(self._known) > 500:
            self._known = {key: track for key, track in self._known.items() if track in self.live}

    def all(self) -> list[Track]:
        """Those that live and those that are remembered."""
        return [*self.past, *self.live]

    def _follow(self, group: str, boxes: list[Box], at: dt.datetime, aspect: float) -> None:
        byte = self._byte[group]
        if not boxes and not byte.tracks:
            return
        passed_s = at.timestamp() - self._matched.get(group, at.timestamp())
        self._matched[group] = at.timestamp()
        byte.iou = BIoU(buffer_ratio=min(BUFFER + BUFFER_PER_S * max(passed_s, 0.0), BUFFER_AT_MOST))
        corners = np.array([[b.x0, b.y0 / aspect, b.x1, b.y1 / aspect] for b in boxes], np.float32)
        detections = sv.Detections(
            xyxy=corners.reshape(-1, 4) * PIXELS,
            confidence=np.array([b.score for b in boxes], np.float32),
            data={"number": np.arange(len(boxes))},
        )
        answer = byte.update(detections, timestamp=at.timestamp())
        if answer.tracker_id is None or not len(answer):
            return
        numbers = answer.data.get("number", np.array([], int))
        for number, known in zip(numbers, answer.tracker_id, strict=True):
            if known >= 0:
                self._step(group, int(known), Step(at, boxes[int(number)]))

    def _step(self, group: str, known: int, step: Step) -> None:
        track = self._known.get((group, known))
        if track is None or track not in self.live:
            track = Track(self._next, group)
            self._next += 1
            self._known[group, known] = track
            self.live.append(track)
        track.steps.append(step)
        track.pictures += 1


def group_of(label: str) -> str:
    """Which of the groups a label belongs to; "" for those nobody follows."""
    if label == PERSON:
        return PERSON
    if label in VEHICLES:
        return VEHICLE
    return THING if label == THING or label in BAGS else ""


def _tracker() -> ByteTrackTracker:
    return ByteTrackTracker(
        lost_track_buffer=round(LOST_S * 30),
        frame_rate=5.0,
        track_activation_threshold=START,
        minimum_consecutive_frames=2,
        minimum_iou_threshold=0.08,
        high_conf_det_threshold=HIGH,
    )
