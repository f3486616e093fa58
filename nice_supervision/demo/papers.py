"""Papers of exercise, so that their pages have something to show: a requisition near its end, a hold, a request.

Entered by the shift lead, as at night: their minutes are frozen, and nothing is asked for until somebody does.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera
from evidence.access import actions as access
from evidence.asking import Wanted
from evidence.models import AccessRequest, Requisition
from evidence.requisitions import actions as requisitions
from footage.models import Source
from footage.replay.limits import days_by_camera

HOUR = dt.timedelta(hours=1)
LEFT = dt.timedelta(hours=31)
AUTHORITY = "Tribunal judiciaire (exercice)"
UNIT = "Service de police de l’exercice"


def load() -> int:
    """How many there are afterwards; those that exist stay as somebody left them."""
    lead = User.objects.filter(groups__name=Role.SHIFT_LEAD, is_active=True).order_by("pk").first()
    cameras = _cameras()
    if lead is not None and len(cameras) > 2 and not Requisition.objects.exists():
        _requisitions(lead, cameras)
        _access_request(lead, cameras)
    return Requisition.objects.count() + AccessRequest.objects.count()


def _cameras() -> list[Camera]:
    shown = Source.objects.filter(enabled=True, camera__exercise=True).values_list("camera_id", flat=True)
    return list(Camera.objects.filter(pk__in=list(shown)).order_by("code")[:4])


def _requisitions(lead: User, cameras: list[Camera]) -> None:
    now = timezone.now().replace(second=0, microsecond=0)
    kept = dt.timedelta(days=min(days_by_camera(cameras).values()))
    near, lately = now - kept + LEFT, now - 3 * HOUR
    said: dict[str, Any] = {
        "authority": AUTHORITY,
        "unit": UNIT,
        "opj_quality": "Officier de police judiciaire (exercice)",
        "ground": Requisition.Ground.EXERCISE,
        "dated_on": timezone.localdate(now),
    }
    codes = [camera.code for camera in cameras]
    requisitions.receive(
        actor=lead,
        wanted=[Wanted(codes[:2], near, near + HOUR / 2), Wanted(codes[2:3], near + HOUR, near + 1.5 * HOUR)],
        reference="EXERCICE 2026/0412",
        facts="Exercice : vol à l’arraché, place des Images dessinées.",
        demand=Requisition.Demand.HAND_OVER,
        **said,
    )
    requisitions.receive(
        actor=lead,
        wanted=[Wanted(codes[:1], lately, lately + HOUR)],
        reference="EXERCICE 2026/0413",
        demand=Requisition.Demand.KEEP,
        kept_until=now + dt.timedelta(days=60),
        **said,
    )


def _access_request(lead: User, cameras: list[Camera]) -> None:
    seen = timezone.now().replace(second=0, microsecond=0) - 2 * HOUR
    access.receive(
        actor=lead,
        wanted=[Wanted([cameras[0].code], seen, seen + HOUR / 6)],
        person="Personne fictive (exercice)",
        contact="1 rue de l’Exercice, 06000 Nice",
        described="Manteau rouge, vélo.",
    )
