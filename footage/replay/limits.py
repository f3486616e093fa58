"""How far back a camera's recordings may be seen: nothing past its limit, even before it is destroyed (L-04)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from cameras.models import Camera
from footage.retention import RULES
from legal.models import PrefecturalAuthorisation
from legal.models.authorisation import Filmed

KEPT_DAYS = next(int(str(rule["days"])) for rule in RULES if rule["what"] == "footage.Segment")


def oldest_of(cameras: Iterable[Camera]) -> dict[int, dt.datetime]:
    """By camera, the moment before which nothing may be shown: the centre's limit or its order's, the nearer."""
    now = timezone.now()
    cameras = list(cameras)
    acts = list(PrefecturalAuthorisation.objects.in_force(timezone.localdate(now)))
    found = {}
    for camera in cameras:
        filmed = Filmed(camera.code, camera.sector.code if camera.sector else "", camera.purpose)
        days = [act.max_retention_days for act in acts if act.covers(filmed)]
        # Several orders may cover it: it may be kept as long as one of them allows, never longer than the centre's.
        found[camera.pk] = now - dt.timedelta(days=min(KEPT_DAYS, max(days, default=KEPT_DAYS)))
    return found


def oldest(camera: Camera) -> dt.datetime:
    return oldest_of([camera])[camera.pk]
