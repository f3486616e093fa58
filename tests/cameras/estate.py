"""A small estate around one square, laid out by distance and bearing: figures can be checked by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from cameras.models import Camera, CameraPosition, MaskCheck
from places.geometry import Point, destination

PLACE = Point(43.6971, 7.2705)


def camera(code: str, *, from_place: tuple[float, float] = (180, 50), **fields: Any) -> Camera:
    """A live exercise camera (bearing, metres) from the place, facing it unless told otherwise."""
    bearing, metres = from_place
    where = destination(PLACE, bearing, metres)
    given = {
        "name": f"Camera {code}",
        "lat": where.lat,
        "lon": where.lon,
        "mounting_azimuth_deg": (bearing + 180) % 360,
        "hfov_deg": 90,
        "hfov_tele_deg": 90,
        "height_m": 0,
        "range_m": 200,
        "state": Camera.State.LIVE,
        "exercise": True,
    } | fields
    saved = Camera.objects.create(code=code, **given)
    CameraPosition.of(saved).save()
    long_ago = timezone.now() - dt.timedelta(days=100)
    MaskCheck.objects.create(camera=saved, result=MaskCheck.Result.NOTHING, at=long_ago, holds_from=long_ago)
    return saved


def dome(code: str, **fields: Any) -> Camera:
    return camera(code, **({"kind": Camera.Kind.DOME, "hfov_deg": 60, "hfov_tele_deg": 3} | fields))
