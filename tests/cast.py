"""The cast of the tests: people by role, a school with its button, cameras around it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts import roles
from accounts.models import Habilitation, User, Workstation
from alerts.models import AlertDevice, Site
from cameras.models import Camera, MaskCheck
from legal.models import PrefecturalAuthorisation
from places.geometry import Point, destination

SCHOOL = Point(43.7052, 7.2893)
PASSWORD = "correct horse battery"


@cache
def _hashed(_hasher: str) -> str:
    """Argon2 takes its time on purpose: once for all whom a run invents."""
    return make_password(PASSWORD)


def group(role: str) -> Group:
    if not Group.objects.filter(name=role).exists():
        roles.sync()
    return Group.objects.get(name=role)


def person(role: str, username: str = "") -> User:
    """Somebody in a role, with a live habilitation where the role sees images."""
    user = User.objects.create(
        username=username or role,
        password=_hashed(settings.PASSWORD_HASHERS[0]),
        first_name=role.replace("_", " ").title(),
    )
    user.groups.add(group(role))
    return User.objects.get(pk=user.pk)


def habilitated(user: User, **fields: Any) -> Habilitation:
    today = timezone.localdate()
    values = {
        "category": Habilitation.Category.MUNICIPAL_POLICE,
        "authority": "Mayor",
        "act": "2026-17",
        "starts_on": today - dt.timedelta(days=30),
        "all_cameras": True,
    }
    return Habilitation.objects.create(user=user, **(values | fields))


def workstation(code: str = "poste-3", label: str = "Poste 3") -> Workstation:
    return Workstation.objects.get_or_create(code=code, defaults={"label": label})[0]


def school(code: str = "ECO-012", at: Point = SCHOOL, **fields: Any) -> Site:
    values: dict[str, Any] = {
        "kind": Site.Kind.SCHOOL,
        "name": f"School {code}",
        "address": "12 rue Acchiardi, 06300 Nice",
        "lat": at.lat,
        "lon": at.lon,
        "priority": 1,
    }
    return Site.objects.create(code=code, **(values | fields))


def button(site: Site, code: str = "") -> AlertDevice:
    return AlertDevice.objects.create(code=code or f"BTN-{site.code}", site=site, label="Reception")


def camera(
    code: str,
    towards: Point = SCHOOL,
    distance_m: float = 60,
    bearing: float = 0,
    *,
    masks_checked: bool = True,
    **fields: Any,
) -> Camera:
    """A dome distance_m metres from the place, on that bearing of it, in service, with nothing to mask."""
    place = destination(towards, bearing, distance_m)
    values: dict[str, Any] = {
        "name": f"Camera {code}",
        "kind": Camera.Kind.DOME,
        "lat": place.lat,
        "lon": place.lon,
        "height_m": 6,
        "mounting_azimuth_deg": 0,
        "hfov_deg": 60,
        "hfov_tele_deg": 3,
        "width_px": 1920,
        "height_px": 1080,
        "range_m": 250,
        "purpose": 5,
        "objective": "Surroundings of the school",
        "authorisation_reference": "2024-117",
        "state": Camera.State.LIVE,
    }
    made = Camera.objects.create(code=code, **(values | fields))
    if masks_checked:
        long_ago = timezone.now() - dt.timedelta(days=100)
        MaskCheck.objects.create(
            camera=made, result=MaskCheck.Result.NOTHING, at=long_ago, holds_from=long_ago
        )
    return made


def may_film() -> None:
    """An order of the prefect in force for every camera: without it none is used (L-01)."""
    today = timezone.localdate()
    PrefecturalAuthorisation.objects.get_or_create(
        number="2024-117",
        defaults={
            "signed_on": today - dt.timedelta(days=30),
            "expires_on": today + dt.timedelta(days=300),
            "purposes": list(range(1, 12)),
            "max_retention_days": 10,
            "all_cameras": True,
        },
    )
