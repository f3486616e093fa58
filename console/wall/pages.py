"""What walls showed of their tours, beside the report of rounds somebody watched (decision 0033)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.gates import needs
from accounts.models import User
from accounts.rights import Right
from cameras.views import PeriodForm
from console.models import WallTour
from console.wall.report import report


@require_GET
@needs(Right.SEE_ROOM)
def wall_tours(request: HttpRequest, user: User) -> HttpResponse:
    """Of every room, over the days asked for."""
    today = timezone.localdate()
    asked = {"start": today - dt.timedelta(days=6), "end": today}
    form = PeriodForm(request.GET if "start" in request.GET else None, initial=asked)
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
    rows = list(_rows(user, asked["start"], asked["end"]))
    context = {"form": form, "rows": rows}
    return render(request, "console/wall_tours.html", context, status=400 if form.errors else 200)


def _rows(user: User, start: dt.date, end: dt.date) -> Iterator[dict[str, Any]]:
    tours = WallTour.objects.visible_to(user).order_by("room", "name")
    for room, of_room in groupby(tours, lambda tour: tour.room):
        for row in report(of_room, start, end):
            yield {"room": room, **row}
