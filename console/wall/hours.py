"""When a wall shows a tour, and what it showed against what was planned (W-05).

Days and hours mean what they mean for the tours people watch (cameras.models.TourHours): an end before its beginning
is the next morning. A tour without hours is shown whenever it hangs, and nothing of it is planned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from console.models import WallTour
from doors.problems import Refused
from legal.models import Consultation

MOST_HOURS = 14
LONGEST_REPORT = dt.timedelta(days=92)
Window = tuple[dt.datetime, dt.datetime]


class Hours(TypedDict):
    weekdays: list[int]
    starts: str
    ends: str


class TourRow(TypedDict):
    """Looks planned and made: one for each camera of a stop, each a line in the audit log."""

    tour: str
    planned: int
    made: int


def read(hours: Any) -> list[Hours]:
    if not isinstance(hours, list) or len(hours) > MOST_HOURS:
        raise _wrong()
    return [_hours(one) for one in hours]


def _hours(one: Any) -> Hours:
    try:
        days = sorted({int(day) for day in one["weekdays"]})
        starts, ends = (dt.time.fromisoformat(str(one[name])) for name in ("starts", "ends"))
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong() from error
    if not days or not 1 <= days[0] <= days[-1] <= 7 or starts == ends:
        raise _wrong()
    return Hours(weekdays=days, starts=f"{starts:%H:%M}", ends=f"{ends:%H:%M}")


def windows(hours: Iterable[Hours], since: dt.datetime, until: dt.datetime) -> list[Window]:
    """From when to when it is due between two instants, by the clock of the centre."""
    found: list[Window] = []
    day = timezone.localdate(since) - dt.timedelta(days=1)  # what began yesterday may last past midnight
    kept = list(hours)
    while day <= timezone.localdate(until):
        for one in kept:
            if day.isoweekday() in one["weekdays"]:
                starts, ends = (dt.time.fromisoformat(one[name]) for name in ("starts", "ends"))
                over = day if ends > starts else day + dt.timedelta(days=1)
                found.append((_at(day, starts), _at(over, ends)))
        day += dt.timedelta(days=1)
    return _merged((max(start, since), min(end, until)) for start, end in found)


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


def _merged(found: Iterable[Window]) -> list[Window]:
    merged: list[Window] = []
    for start, end in sorted(one for one in found if one[0] < one[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def report(tours: Iterable[WallTour], start: dt.date, end: dt.date) -> list[TourRow]:
    """Over whole days of the centre, as far as they are over, since the tour is as it is."""
    since, until = _at(start, dt.time.min), _at(end + dt.timedelta(days=1), dt.time.min)
    until = min(until, timezone.now())
    return [_row(tour, max(since, tour.changed_at), until) for tour in tours]


def _row(tour: WallTour, since: dt.datetime, until: dt.datetime) -> TourRow:
    due = windows(tour.hours, since, until)
    lasts = sum(stop["seconds"] for stop in tour.stops) or 1
    looks = sum(len(stop["cameras"]) for stop in tour.stops)
    shown = Consultation.objects.filter(kind=Consultation.Kind.TOUR, reference=tour.name)
    return TourRow(
        tour=tour.name,
        planned=sum(int((end - start).total_seconds() // lasts) * looks for start, end in due),
        made=sum(shown.filter(begun_at__gte=start, begun_at__lt=end).count() for start, end in due),
    )


def _wrong() -> Refused:
    return Refused(
        _("These are no hours of a tour."),
        what_to_do=_("Choose days, and from when to when."),
        status=400,
        code="tour-hours",
    )
