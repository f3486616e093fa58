"""What turns a camera, written down and learnt: its address, what it can do, and what its motors count in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras import facts, optics
from cameras.credentials import Credentials
from cameras.drivers.base import Abilities
from cameras.models import Camera, Device
from cameras.models import Sighting as SightingRow
from cameras.steering import aim
from cameras.steering.aim import Axis, Head, Sighting
from cameras.steering.results import told_abilities
from doors.problems import Conflict, Refused, hold_together
from events.log import publish
from places.geometry import Point, bearing_deg, distance_m

if TYPE_CHECKING:
    from accounts.models import User

NEEDED = 2
# Nearer than this a landmark's own size, or the survey of the mast, is worth more than a degree.
NEAREST_LANDMARK_M = 8.0
WORST_FIT_DEG = 2.0


@transaction.atomic
def set_device(
    *,
    camera: Camera,
    url: str,
    actor: User | None,
    driver: str = Device.Driver.ONVIF,
    user: str | None = None,
    password: str | None = None,
    profile: str = "",
    enabled: bool = True,
) -> Device:
    """Say what turns a camera. `run_cameras` speaks to it within seconds.

    Without user and password those there are stay, unless the address leads to another host: a password is never
    carried to a host it was not given for. Those written in the address are taken out of it.
    """
    require(actor, Right.MANAGE_ESTATE)
    before = Device.objects.select_for_update(no_key=True).filter(camera=camera).first()
    url, found = _without_credentials(url)
    given = Credentials(user, password or "") if user else found
    device = before or Device(camera=camera)
    sealed: bytes | memoryview | None = given.sealed() if given else None
    if given is None and user is None and before is not None and _host(before.url) == _host(url):
        sealed = before.sealed_credentials
    device.driver, device.url, device.profile, device.enabled = driver, url, profile, enabled
    device.sealed_credentials = sealed
    device.trouble, device.trouble_since = "", None
    hold_together(device)
    device.save()
    publish(facts.HeadChanged(camera_id=camera.pk, code=camera.code, enabled=enabled), actor=actor)
    return device


@transaction.atomic
def learn(*, device: Device, abilities: Abilities, ends: tuple[Axis, Axis], actor: User | None) -> Device:
    """Keep what the device said of itself. A head that was calibrated keeps its calibration."""
    require(actor, Right.MANAGE_ESTATE)
    now = timezone.now()
    device.abilities, device.probed_at = told_abilities(abilities), now
    if abilities.clock_ahead_ms is not None:
        device.clock_ahead_ms, device.clock_measured_at = abilities.clock_ahead_ms, now
    if device.calibrated_at is None:
        device.head = Head(*ends)
    device.save()
    return device


@transaction.atomic
def sight(
    *,
    camera: Camera,
    label: str,
    point: Point,
    pan_counts: float,
    tilt_counts: float,
    zoom: float,
    actor: User | None,
    height_m: float = 0.0,
    x: float = 0.0,
    y: float = 0.0,
) -> SightingRow:
    """A landmark was clicked on the picture and on the map. Under one name the newer replaces the older."""
    require(actor, Right.MANAGE_ESTATE)
    away_m = distance_m(camera.point, point)
    if not NEAREST_LANDMARK_M <= away_m <= 5000:
        raise Refused(
            _("This landmark is %(distance)s m away.") % {"distance": round(away_m)},
            what_to_do=_(
                "Choose one between %(least)s m and 5 km: nearer ones, a metre of survey is degrees."
            )
            % {"least": round(NEAREST_LANDMARK_M)},
            status=400,
            code="landmark-distance",
        )
    row = SightingRow.objects.filter(camera=camera, label=label).first()
    row = row or SightingRow(camera=camera, label=label)
    row.lat, row.lon, row.height_m, row.at = point.lat, point.lon, height_m, timezone.now()
    row.pan_counts, row.tilt_counts, row.zoom, row.x, row.y = pan_counts, tilt_counts, zoom, x, y
    hold_together(row)
    row.save()
    return row


@transaction.atomic
def calibrate(*, camera: Camera, actor: User | None) -> Device:
    """Zero and scale of both motors from the landmarks seen; refused when they contradict one another."""
    require(actor, Right.MANAGE_ESTATE)
    device = Device.objects.select_for_update(no_key=True).filter(camera=camera).first()
    rows = list(camera.sightings.all())
    if device is None or len(rows) < NEEDED:
        raise Conflict(
            _("Two landmarks are needed."),
            what_to_do=_("Click another one, in another direction and at another distance."),
            code="too-few-landmarks",
        )
    nominal = Head(aim.PAN._replace(least=device.pan_least, most=device.pan_most), _nominal_tilt(device))
    if device.abilities.get("degrees"):
        nominal = Head(nominal.pan._replace(per_count_deg=1.0), nominal.tilt._replace(per_count_deg=1.0))
    sightings = [sighting_of(row) for row in rows]
    head = Head.from_sightings(
        sightings,
        mounting_azimuth_deg=camera.mounting_azimuth_deg,
        lens=aim.lens_of(camera),
        nominal=nominal,
    )
    worst = max(misses_deg(camera, head))
    if worst > WORST_FIT_DEG or not all(map(math.isfinite, (*head.pan, *head.tilt))):
        raise Conflict(
            _("The landmarks contradict one another by %(degrees)s°.") % {"degrees": round(worst, 1)},
            what_to_do=_("Look at each again: one was clicked elsewhere on the map than on the picture."),
            code="landmarks-contradict",
        )
    device.head, device.calibrated_at = head, timezone.now()
    device.save()
    publish(facts.Calibrated(camera_id=camera.pk, code=camera.code, landmarks=len(rows)), actor=actor)
    return device


def misses_deg(camera: Camera, head: Head) -> list[float]:
    """By how much each landmark would be missed now, were it aimed at."""
    return [
        aim.apart_deg(
            (optics.pan_deg(one.bearing_deg, camera.mounting_azimuth_deg), one.elevation_deg),
            aim.ray(head.pose(one.pan_counts, one.tilt_counts, one.zoom), one.x, one.y, aim.lens_of(camera)),
        )
        for one in (sighting_of(row) for row in camera.sightings.all())
    ]


def sighting_of(row: SightingRow) -> Sighting:
    point = Point(row.lat, row.lon)
    return Sighting(
        bearing_deg=bearing_deg(row.camera.point, point),
        elevation_deg=aim.elevation_deg(row.camera, point, row.height_m),
        pan_counts=row.pan_counts,
        tilt_counts=row.tilt_counts,
        zoom=row.zoom,
        x=row.x,
        y=row.y,
    )


def _nominal_tilt(device: Device) -> Axis:
    return aim.TILT._replace(least=device.tilt_least, most=device.tilt_most)


def _without_credentials(url: str) -> tuple[str, Credentials | None]:
    parts = urlsplit(url)
    if not parts.scheme or "@" not in parts.netloc:
        return url, None
    who, __, host = parts.netloc.rpartition("@")
    user, __, password = who.partition(":")
    return urlunsplit(parts._replace(netloc=host)), Credentials(unquote(user), unquote(password))


def _host(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port
