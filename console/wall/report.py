"""What walls showed of their tours against what was planned (W-05). One without hours is never planned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TypedDict

from django.utils import timezone

from cameras.tours.hours import whole_days, windows
from console.models import WallTour
from legal.models import Consultation


class TourRow(TypedDict):
    """Looks planned and made: one for each camera of a stop, each a line in the audit log."""

    tour: str
    planned: int
    made: int


def report(tours: Iterable[WallTour], start: dt.date, end: dt.date) -> list[TourRow]:
    """Over whole days of the centre, as far as they are over, since the tour is as it is."""
    since, until = whole_days(start, end)
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
