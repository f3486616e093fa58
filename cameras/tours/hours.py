"""When a tour is due, and over which days it is told of: one rule for rounds that people watch and for tours that a
wall shows (law W-05, decision 0033)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.problems import Refused

MOST_HOURS = 14
LONGEST_REPORT = dt.timedelta(days=92)
DAY = dt.timedelta(days=1)
Window = tuple[dt.datetime, dt.datetime]


class Hours(TypedDict):
    """On these days (1 is Monday), from and to; an end before the beginning is the next morning."""

    weekdays: list[int]
    starts: str
    ends: str


def read(hours: Any) -> list[Hours]:
    """As somebody wrote them. Raises Refused."""
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


def openings(
    weekdays: Collection[int], starts: dt.time, ends: dt.time, since: dt.datetime, until: dt.datetime
) -> Iterator[Window]:
    """Each of them whole, by the clock of the centre, that may touch the time between two instants."""
    day = timezone.localdate(since) - DAY  # what began yesterday may last past midnight
    while day <= timezone.localdate(until):
        if day.isoweekday() in weekdays:
            yield at(day, starts), at(day if ends > starts else day + DAY, ends)
        day += DAY


def windows(hours: Iterable[Hours], since: dt.datetime, until: dt.datetime) -> list[Window]:
    """From when to when it is due between two instants."""
    found: list[Window] = []
    for one in hours:
        starts, ends = (dt.time.fromisoformat(one[name]) for name in ("starts", "ends"))
        found += openings(one["weekdays"], starts, ends, since, until)
    return _merged((max(start, since), min(end, until)) for start, end in found)


def whole_days(start: dt.date, end: dt.date) -> Window:
    """What a report from a day to a day is of, the last one included."""
    return at(start, dt.time.min), at(end + DAY, dt.time.min)


def at(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


def _merged(found: Iterable[Window]) -> list[Window]:
    merged: list[Window] = []
    for start, end in sorted(one for one in found if one[0] < one[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _wrong() -> Refused:
    return Refused(
        _("These are no hours of a tour."),
        what_to_do=_("Choose days, and from when to when."),
        status=400,
        code="tour-hours",
    )
