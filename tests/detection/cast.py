"""Zones, profiles and authorisations for the tests of what software watches for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from cameras.models import Camera
from detection import catalogue
from detection.models import AnalyticsAuthorisation, DetectorModel, EventType, Profile, Zone
from detection.version import SOFTWARE
from footage.models import Source
from places import areas
from tests import cast

HOUR = dt.timedelta(hours=1)
SQUARE = [[0.1, 0.4], [0.9, 0.4], [0.9, 0.95], [0.1, 0.95]]


def street(code: str = "C101", *, exercise: bool = True, **fields: Any) -> Camera:
    """A camera that does not turn, over a drawn street, or a real one with an order of the prefect."""
    camera = cast.camera(code, kind=Camera.Kind.FIXED, exercise=exercise, **fields)
    kind, url = (Source.Kind.SCENE, "street") if exercise else (Source.Kind.RTSP, "rtsp://10.0.0.8/1")
    Source.objects.create(camera=camera, kind=kind, url=url)
    if not exercise:
        cast.may_film()
    return camera


def profile(
    camera: Camera | None = None,
    code: str = "abandoned_object",
    *,
    zone: dict[str, Any] | None = None,
    **fields: Any,
) -> Profile:
    """Something to watch for, switched off. `zone` are fields of its zone."""
    catalogue.sync()
    camera = camera or street()
    drawn, _new = Zone.objects.get_or_create(
        camera=camera, name="square", defaults={"points": SQUARE, **(zone or {})}
    )
    values: dict[str, Any] = {"detector": DetectorModel.objects.get(name="opencv")}
    return Profile.objects.create(
        zone=drawn, event_type=EventType.objects.get(code=code), **(values | fields)
    )


def authorisation(camera: Camera, **fields: Any) -> AnalyticsAuthorisation:
    """An order in force that covers this camera, for everything the law names, on the public road."""
    now = timezone.now()
    values: dict[str, Any] = {
        "text": "loi 2023-380 art. 10",
        "number": f"AP-{AnalyticsAuthorisation.objects.count() + 1}",
        "authority": "Préfet",
        "event_types": ["abandoned_object", "zone_intrusion", "crowd_density"],
        "place_classes": ["public_road"],
        "perimeter": areas.circle(camera.point, 300),
        "camera_codes": [camera.code],
        "starts_at": now - HOUR,
        "ends_at": now + HOUR,
        "software_version": SOFTWARE,
        "aipd": "AIPD-7",
        "model_card": "docs/reference/model-card.md",
    }
    return AnalyticsAuthorisation.objects.create(**(values | fields))
