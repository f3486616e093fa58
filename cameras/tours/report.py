"""Rounds done against planned (law W-05)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q

from cameras.models import RoundStep, Tour, TourRound
from cameras.tours.hours import whole_days

State = TourRound.State


def report(start: dt.date, end: dt.date) -> list[dict[str, Any]]:
    """By tour, over whole days of the centre. What is still due or under way is not counted as anything."""
    first, last = whole_days(start, end)
    over = TourRound.objects.filter(planned_at__gte=first, planned_at__lt=last, ended_at__isnull=False)
    rounds = over.values("tour_id").annotate(
        planned=Count("pk", filter=Q(by_plan=True)),
        done=Count("pk", filter=Q(by_plan=True, state=State.DONE)),
        partly=Count("pk", filter=Q(by_plan=True, state=State.PARTLY)),
        missed=Count("pk", filter=Q(by_plan=True, state=State.MISSED)),
        extra=Count("pk", filter=Q(by_plan=False) & ~Q(state=State.MISSED)),
    )
    counts = {row["tour_id"]: row for row in rounds}
    tours = Tour.objects.select_related("sector").filter(pk__in=counts).order_by("name")
    stops = _stops(first, last)
    return [_row(tour, counts[tour.pk], *stops.get(tour.pk, (0, 0))) for tour in tours]


def _row(tour: Tour, counts: Any, stops: int, seen: int) -> dict[str, Any]:
    named = {name: counts[name] for name in ("planned", "done", "partly", "missed", "extra")}
    sector = tour.sector.code if tour.sector else ""
    return {"tour": tour.name, "sector": sector, **named, "stops": stops, "seen": seen}


def _stops(first: dt.datetime, last: dt.datetime) -> dict[int, tuple[int, int]]:
    """By tour: (stops gone to, stops seen)."""
    steps = RoundStep.objects.filter(
        round__planned_at__gte=first, round__planned_at__lt=last, round__ended_at__isnull=False
    )
    counted = steps.values("round__tour_id").annotate(
        gone_to=Count("pk"), seen=Count("pk", filter=Q(state=RoundStep.State.SEEN))
    )
    return {row["round__tour_id"]: (row["gone_to"], row["seen"]) for row in counted}
