"""When a profile watches: ranges of the week, in the city's own time. Empty means always."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

DAY = dt.timedelta(days=1)


class Range(TypedDict):
    """`days` 0 (Monday) to 6; `until` at or before `start` means the next morning."""

    days: list[int]
    start: str
    until: str


def problem_with(value: Any) -> str:
    """What is wrong with a schedule; "" when it does."""
    if not isinstance(value, list) or len(value) > 50:
        return _("A schedule is a list of ranges.")
    for one in value:
        try:
            days = one["days"]
            _minutes(one["start"]), _minutes(one["until"])
        except (KeyError, TypeError, ValueError):
            return _("A range has days, a start and an end, such as 22:00 to 06:00.")
        if not isinstance(days, list) or not days or not all(day in range(7) for day in days):
            return _("Choose at least one day.")
    return ""


def within(schedule: list[Range], at: dt.datetime) -> bool:
    """Whether this instant lies in one of the ranges."""
    if not schedule:
        return True
    local = timezone.localtime(at)
    minute, today = local.hour * 60 + local.minute, local.weekday()
    yesterday = (local.date() - DAY).weekday()
    for one in schedule:
        start, until = _minutes(one["start"]), _minutes(one["until"])
        if start < until:
            if today in one["days"] and start <= minute < until:
                return True
        elif (today in one["days"] and minute >= start) or (yesterday in one["days"] and minute < until):
            return True
    return False


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    if not (len(text) == 5 and 0 <= int(hours) <= 24 and 0 <= int(minutes) < 60):
        raise ValueError(text)
    return int(hours) * 60 + int(minutes)
