"""From when to when cameras sent no pictures: read from the log (cameras.lost, cameras.returned)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from cameras.models import Camera
from events.models import Event

LOST, RETURNED = "cameras.lost", "cameras.returned"
# What ends an absence otherwise: somebody put the camera under maintenance, or moved it.
OTHERWISE = ("cameras.state_changed", "cameras.moved")
# Facts are dated before they are numbered: two transactions may differ by so much.
SKEW = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    begins: dt.datetime
    ends: dt.datetime

    @property
    def seconds(self) -> float:
        return max(0.0, (self.ends - self.begins).total_seconds())

    def within(self, other: Span) -> Span:
        return Span(max(self.begins, other.begins), min(self.ends, other.ends))


@dataclass
class Absences:
    by_camera: dict[int, list[Span]]
    losses: dict[int, int]


def first_id_since(at: dt.datetime) -> int:
    """The log is numbered in the order of time: found by halving, without an index by time."""
    low, high = 0, Event.objects.last_id()
    while low < high:
        middle = (low + high) // 2
        row = Event.objects.filter(pk__gt=middle).order_by("pk").values_list("pk", "at").first()
        if row is None or row[1] >= at - SKEW:
            high = middle
        else:
            low = row[0]
    return low + 1


def absences(period: Span, now: dt.datetime) -> Absences:
    """Of all cameras that were away in this time, whole or in part. Spans are cut to the period."""
    losses: dict[int, int] = defaultdict(int)
    found: dict[int, list[Span]] = defaultdict(list)
    begun: dict[int, dt.datetime] = {}
    rows = Event.objects.filter(pk__gte=first_id_since(period.begins), kind__in=(LOST, RETURNED, *OTHERWISE))
    for kind, at, data in rows.order_by("pk").values_list("kind", "at", "data"):
        camera_id = data["camera_id"]
        if kind == LOST:
            begun[camera_id] = at
            losses[camera_id] += period.begins <= at < period.ends
        elif kind == RETURNED:
            since = begun.pop(camera_id, at - dt.timedelta(seconds=data["away_s"]))
            found[camera_id].append(Span(since, at))
        elif camera_id in begun and data.get("state") != Camera.State.LOST:
            found[camera_id].append(Span(begun.pop(camera_id), at))
    away = Camera.objects.filter(state=Camera.State.LOST).values_list("pk", "state_since")
    for camera_id, since in away:
        found[camera_id].append(Span(since, now))
    cut = {camera_id: list(_cut(spans, period)) for camera_id, spans in found.items()}
    return Absences({camera_id: spans for camera_id, spans in cut.items() if spans}, dict(losses))


def _cut(spans: Iterable[Span], period: Span) -> Iterable[Span]:
    """Cut to the period and joined where they overlap, oldest first."""
    last: Span | None = None
    for span in sorted((span.within(period) for span in spans), key=lambda one: one.begins):
        if span.seconds <= 0:
            continue
        if last is not None and span.begins <= last.ends:
            last = Span(last.begins, max(last.ends, span.ends))
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
