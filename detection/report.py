"""The week of software that watches, for the prefect: what was on where and by which act, what it was worth (L-25).

Exercises are apart: they never count among what is real (L-29).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Sum
from django.utils import timezone

from detection.models import SignalDay, Stop, UseRecord
from detection.precision import Measured

WEEK = dt.timedelta(days=7)
Kind = UseRecord.Kind
BEGINS = frozenset({Kind.ON})
ENDS = frozenset({Kind.OFF, Kind.UNCOVERED, Kind.SUSPENDED})
Span = tuple[dt.datetime, dt.datetime]


@dataclass
class Line:
    """One profile, in that week."""

    camera_code: str
    event_type: str
    zone: str
    authorisations: list[str] = field(default_factory=list)
    model: str = ""
    on_s: float = 0.0
    measured: Measured = field(default_factory=Measured)

    @property
    def hours(self) -> float:
        return self.on_s / 3600


@dataclass(frozen=True)
class Week:
    begins: dt.date
    lines: list[Line]
    exercises: list[Line]
    register: list[UseRecord]
    stops: list[Stop]

    @property
    def ends(self) -> dt.date:
        return self.begins + dt.timedelta(days=6)


def monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def of_week(begins: dt.date) -> Week:
    """The seven days from this Monday; of the week that runs, until now."""
    start = timezone.make_aware(dt.datetime.combine(begins, dt.time()))
    end = min(start + WEEK, timezone.now())
    records = list(UseRecord.objects.filter(at__lt=end).select_related("by").order_by("pk"))
    stops = list(Stop.objects.filter(at__lt=end).select_related("by", "lifted_by"))
    quiet = [(one.at, one.lifted_at or end) for one in stops]
    lines: dict[int, Line] = {}
    exercise: dict[int, bool] = {}
    for ref, of_profile in _by_profile(records).items():
        spans = [(max(a, start), min(b, end)) for a, b in _on(of_profile, end) if a < end and b > start]
        counts = _counts(ref, begins)
        if not spans and not counts.raised:
            continue
        last = of_profile[-1]
        lines[ref] = Line(
            camera_code=last.camera_code,
            event_type=last.get_event_type_display(),
            zone=last.zone,
            authorisations=sorted({one.authorisation for one in of_profile if one.authorisation}),
            model=last.model,
            on_s=sum(_seconds(span, quiet) for span in spans),
            measured=counts,
        )
        exercise[ref] = last.exercise
    in_order = sorted(lines, key=lambda ref: (lines[ref].camera_code, lines[ref].event_type))
    return Week(
        begins=begins,
        lines=[lines[ref] for ref in in_order if not exercise[ref]],
        exercises=[lines[ref] for ref in in_order if exercise[ref]],
        register=[one for one in records if one.at >= start and not one.exercise],
        stops=[one for one in stops if one.at >= start or one.lifted_at is None or one.lifted_at >= start],
    )


def _by_profile(records: list[UseRecord]) -> dict[int, list[UseRecord]]:
    found: dict[int, list[UseRecord]] = defaultdict(list)
    for one in records:
        if one.profile_ref is not None:
            found[one.profile_ref].append(one)
    return found


def _on(records: list[UseRecord], end: dt.datetime) -> list[Span]:
    """From when until when it was switched on."""
    spans: list[Span] = []
    since: dt.datetime | None = None
    for one in records:
        if one.kind in BEGINS:
            since = since or one.at
        elif one.kind in ENDS and since is not None:
            spans.append((since, one.at))
            since = None
    return [*spans, (since, end)] if since is not None else spans


def _seconds(span: Span, quiet: list[Span]) -> float:
    """How long it lasted, less what fell into a stop of everything."""
    away = sum(max(0.0, (min(span[1], b) - max(span[0], a)).total_seconds()) for a, b in quiet)
    return max(0.0, (span[1] - span[0]).total_seconds() - away)


def _counts(profile: int, begins: dt.date) -> Measured:
    days = SignalDay.objects.filter(profile_id=profile, day__gte=begins, day__lt=begins + WEEK)
    sums = days.aggregate(r=Sum("raised"), c=Sum("confirmed"), n=Sum("rejected"), u=Sum("cannot_tell"))
    return Measured(*(sums[name] or 0 for name in "rcnu"))
