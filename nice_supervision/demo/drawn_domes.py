"""Which cameras of the demonstration are drawn domes, and how their records lead to them."""

from __future__ import annotations

import math
import zlib

from django.db import transaction

from alerts.models import Site
from cameras.models import Camera, Device
from cameras.steering.heads import set_device
from footage.actions import set_source, show_scenes
from footage.models import Source
from nice_supervision.demo import first
from nice_supervision.demo.domes.device import Dome
from nice_supervision.demo.domes.drawing import Mark
from nice_supervision.demo.domes.head import Mounting
from nice_supervision.demo.masks import nothing_to_mask
from places.geometry import bearing_deg, distance_m

PLACE_RED = (214, 48, 40)
BREAST_M = 1.2


def dome_of(camera: Camera, user: str, password: str) -> Dome:
    """Hung exactly as the record says: what is mounted right needs no calibration."""
    north = -camera.mounting_azimuth_deg / 180
    return Dome.made(
        camera.code,
        user=user,
        password=password,
        mounting=Mounting(north_at=north),
        seed=zlib.crc32(camera.code.encode()),
        wide_deg=camera.hfov_deg,
        tele_deg=camera.hfov_tele_deg,
        mast_m=camera.height_m,
        label=f"{camera.code} · {camera.name}",
    )


def marks(camera: Camera) -> dict[str, Mark]:
    """A red sign where each site with a button stands, so that one sees whether the camera shows it."""
    found = {}
    for site in Site.objects.filter(exercise=True):
        away = distance_m(camera.point, site.point)
        if 3 < away <= camera.range_m:
            down = math.degrees(math.atan2(camera.height_m - BREAST_M, away))
            found[site.code] = (bearing_deg(camera.point, site.point), -down, PLACE_RED)
    return found


@transaction.atomic
def lead_to(cameras: list[Camera], *, http_port: int, rtsp_port: int, user: str, password: str) -> None:
    """Their heads and their pictures, at the ports of this run; those of an earlier choice show streets again."""
    others = Camera.objects.filter(exercise=True).exclude(pk__in=[camera.pk for camera in cameras])
    Device.objects.filter(camera__in=others, url__startswith=f"http://{first.HERE}:").delete()
    if Source.objects.filter(camera__in=others, url__startswith=f"rtsp://{first.HERE}:").delete()[0]:
        show_scenes(first=first.seen())
    for camera in cameras:
        set_device(
            camera=camera,
            url=f"http://{first.HERE}:{http_port}/{camera.code}/onvif/device_service",
            user=user,
            password=password,
            actor=None,
        )
        set_source(
            camera=camera,
            kind=Source.Kind.RTSP,
            url=f"rtsp://{first.HERE}:{rtsp_port}/{camera.code}",
            user=user,
            password=password,
            actor=None,
        )
    nothing_to_mask(cameras)
