"""How far back a camera's recordings may be seen: nothing past its limit, even before it is destroyed (L-04)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from cameras.models import Camera
from legal.models import PrefecturalAuthorisation
from legal.models.authorisation import Filmed
from retention.rules import days_of


def kept_days() -> int:
    """The centre's limit, for cameras whose order does not say less."""
    return days_of("footage.Segment")


def days_by_camera(cameras: Iterable[Camera], now: dt.datetime | None = None) -> dict[int, int]:
    """By camera, the days its recordings are kept: the centre's limit or its order's, the shorter.

    Several orders may cover it: it may be kept as long as one of them allows, never longer than the centre's.
    """
    kept = kept_days()
    acts = list(PrefecturalAuthorisation.objects.in_force(timezone.localdate(now)))
    found = {}
    for camera in cameras:
        filmed = Filmed(
            camera.code, camera.sector.code if camera.sector else "", camera.purpose, camera.point
        )
        days = [act.max_retention_days for act in acts if act.covers(filmed)]
        found[camera.pk] = min(kept, max(days, default=kept))
    return found


def oldest_of(cameras: Iterable[Camera]) -> dict[int, dt.datetime]:
    """By camera, the moment before which nothing may be shown."""
    now = timezone.now()
    return {pk: cut(now, days) for pk, days in days_by_camera(cameras, now).items()}


def oldest(camera: Camera) -> dt.datetime:
    return oldest_of([camera])[camera.pk]


def cut(now: dt.datetime, days: int) -> dt.datetime:
    """What was taken before is past its limit: so many days, and never more than a calendar month (CSI L252-5)."""
    return max(now - dt.timedelta(days=days), _a_month_before(now))


def _a_month_before(now: dt.datetime) -> dt.datetime:
    """Of the centre's calendar. In a short month the last day ends the 29th to the 31st of the one before."""
    here = timezone.localtime(now)
    first = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = first - dt.timedelta(days=1)
    if here.day > before.day:
        return first
    is_last = here.day == calendar.monthrange(here.year, here.month)[1]
    return here.replace(year=before.year, month=before.month, day=before.day if is_last else here.day)
