"""People with open sessions, and buttons with keys, made directly in the database of a bench."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts import roles
from accounts.models import DeviceKey, User
from alerts.models import AlertDevice, GivenKey, Site
from cameras.models import Camera, MaskCheck
from legal.models import PrefecturalAuthorisation
from places.geometry import Point, destination

CENTRE = Point(43.7035, 7.2654)
STEP_M = 90


def sessions(count: int) -> list[str]:
    """A session cookie for each of this many operators."""
    roles.sync()
    operators = Group.objects.get(name="operator")
    cookies = []
    for n in range(count):
        user = User.objects.create(username=f"bench{n}", first_name="Operator", last_name=str(n))
        user.groups.add(operators)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        cookies.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return cookies


def spot(n: int) -> Point:
    """The n-th place of a grid over the city, too far apart for incidents to join."""
    side = 40
    east = destination(CENTRE, 90, (n % side - side / 2) * STEP_M)
    return destination(east, 0, (n // side - side / 2) * STEP_M)


def buttons(count: int) -> list[str]:
    """The secret of each of this many buttons, each of its own school."""
    secrets = []
    for n in range(count):
        place = spot(n)
        site = Site.objects.create(
            code=f"ECO-{n:04d}",
            kind=Site.Kind.SCHOOL,
            name=f"School {n}",
            address=f"{n} street",
            lat=place.lat,
            lon=place.lon,
        )
        device = AlertDevice.objects.create(code=f"BTN-{n:04d}", site=site, label="Reception")
        public, secret = DeviceKey.new_secret()
        key = DeviceKey.objects.create(label=device.code, public=public, digest=DeviceKey.digest_of(secret))
        GivenKey.objects.create(device=device, key=key)
        secrets.append(secret)
    return secrets


def cameras(count: int) -> None:
    """Domes in a grid, some 60 m from the places of the buttons, authorised and their masks checked."""
    rows = []
    for n in range(count):
        place = destination(spot(n), (n * 37) % 360, 60)
        rows.append(
            Camera(
                code=f"C{n:05d}",
                name=f"Camera {n}",
                kind=Camera.Kind.DOME,
                lat=place.lat,
                lon=place.lon,
                height_m=6,
                hfov_deg=60,
                hfov_tele_deg=3,
                width_px=1920,
                height_px=1080,
                range_m=250,
                purpose=5,
                objective="bench",
                authorisation_reference="bench",
                state=Camera.State.LIVE,
            )
        )
    made = Camera.objects.bulk_create(rows)
    now = timezone.now()
    MaskCheck.objects.bulk_create(
        MaskCheck(camera=camera, result=MaskCheck.Result.NOTHING, at=now, holds_from=now) for camera in made
    )
    PrefecturalAuthorisation.objects.create(
        number="bench",
        signed_on=timezone.localdate(),
        expires_on=timezone.localdate() + dt.timedelta(days=300),
        purposes=list(range(1, 12)),
        max_retention_days=10,
        all_cameras=True,
    )
