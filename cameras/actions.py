"""What the centre does with its cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras import facts, reasons
from cameras.choosing import LeftOut, Sight, sight_of, why_unusable
from cameras.models import Camera, CameraPosition, Preset, Steering, SteeringOrder
from cameras.moves import settle
from doors.problems import Conflict, Refused
from events.log import publish
from places.geometry import Point, distance_m

if TYPE_CHECKING:
    from accounts.models import User

AT_MOST = 4  # spot tiles of an operator (law W-07)


@transaction.atomic
def steer_towards(
    *,
    point: Point,
    cause: str,
    site_code: str = "",
    priority: int = SteeringOrder.Priority.ALARM,
    exercise: bool | None = None,
    actor: User | None = None,
) -> list[SteeringOrder]:
    """Order the cameras that can see the point to look at it: presets of the site first, at most four.

    One choice per cause: asked again, it gives the same orders and announces nothing.
    """
    require(actor, Right.STEER_CAMERA)
    # Race: two processes carry out one cause. The primary key makes the second wait for the first to commit.
    steering, mine = Steering.objects.get_or_create(
        cause=cause, defaults={"lat": point.lat, "lon": point.lon, "site_code": site_code}
    )
    if not mine:
        return list(SteeringOrder.objects.for_cause(cause))
    chosen, left_out = _choose(point, site_code, exercise)
    orders = SteeringOrder.objects.bulk_create(
        [
            _order(sight, preset, rank, point, cause, priority)
            for rank, (sight, preset) in enumerate(chosen, 1)
        ]
    )
    with translation.override(settings.LANGUAGE_CODE):
        fact = facts.SteeringOrdered(
            cause=cause,
            orders=[_told(order) for order in orders],
            left_out=[
                {"code": out.camera.code, "why": str(out.why), "reason": out.why.as_json()}
                for out in left_out
            ],
        )
    steering.left_out = fact.left_out
    steering.save(update_fields=["left_out"])
    publish(fact, actor=actor)
    return orders


def _choose(
    point: Point, site_code: str, exercise: bool | None
) -> tuple[list[tuple[Sight, Preset | None]], list[LeftOut]]:
    considered = Camera.objects.considered_for(point, at_most=AT_MOST, exercise=exercise)
    chosen: dict[int, tuple[Sight, Preset | None]] = {}
    left_out = {out.camera.pk: out for out in considered.left_out}
    presets = Preset.objects.serving(site_code).select_related("camera") if site_code else []
    for preset in presets:
        camera = preset.camera
        if camera.pk in chosen:
            continue
        if why := why_unusable(camera, exercise=exercise):
            left_out[camera.pk] = LeftOut(camera, distance_m(camera.point, point), why)
        else:
            left_out.pop(camera.pk, None)
            chosen[camera.pk] = (sight_of(camera, point, preset=preset.name), preset)
    for sight in considered.sights:
        chosen.setdefault(sight.camera.pk, (sight, None))
    return list(chosen.values())[:AT_MOST], sorted(left_out.values(), key=lambda out: out.distance_m)


def _order(
    sight: Sight, preset: Preset | None, rank: int, point: Point, cause: str, priority: int
) -> SteeringOrder:
    return SteeringOrder(
        camera=sight.camera,
        cause=cause,
        rank=rank,
        lat=point.lat,
        lon=point.lon,
        priority=priority,
        preset=preset,
        bearing_deg=round(sight.bearing_deg, 2),
        distance_m=round(sight.distance_m, 1),
        density_px_m=round(sight.density_px_m, 1),
        band=sight.band,
        why=sight.why.as_json(),
    )


def _told(order: SteeringOrder) -> facts.OrderedCamera:
    camera = order.camera
    return {
        "order_id": order.pk,
        "camera_id": camera.pk,
        "code": camera.code,
        "name": camera.name,
        "kind": camera.kind,
        "lat": camera.lat,
        "lon": camera.lon,
        "bearing_deg": order.bearing_deg,
        "distance_m": order.distance_m,
        "density_px_m": order.density_px_m,
        "band": order.band,
        "preset": order.preset.name if order.preset else "",
        "why": reasons.text(order.why),
        "reason": order.why,
    }


@transaction.atomic
def register_camera(*, actor: User | None, **fields: Any) -> Camera:
    """Take a camera into the estate, with the fields of `Camera`; refuses what does not hold together."""
    require(actor, Right.MANAGE_ESTATE)
    camera = Camera(**fields)
    _check(camera)
    camera.save()
    CameraPosition.of(camera).save()
    publish(
        facts.Registered(camera_id=camera.pk, code=camera.code, state=camera.state),
        actor=actor,
    )
    return camera


@transaction.atomic
def change_camera(*, camera: Camera, actor: User | None, **fields: Any) -> Camera:
    """Change its record. One that moved, or is mounted otherwise, is to be declared again (law L-02)."""
    require(actor, Right.MANAGE_ESTATE)
    row = Camera.objects.select_for_update().get(pk=camera.pk)
    was = row.state
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, fields[name])
    _check(row)
    moved = bool(settle([row], was={row.pk: was}))
    row.save()
    publish(_what_happened(row, was=was, moved=moved, changed=changed), actor=actor)
    return row


def _what_happened(
    camera: Camera, *, was: str, moved: bool, changed: list[str]
) -> facts.Moved | facts.StateChanged | facts.Changed:
    if moved:
        return facts.Moved(
            camera_id=camera.pk,
            code=camera.code,
            lat=camera.lat,
            lon=camera.lon,
            mounting_azimuth_deg=camera.mounting_azimuth_deg,
            state=camera.state,
        )
    if camera.state != was:
        return facts.StateChanged(camera_id=camera.pk, code=camera.code, state=camera.state)
    return facts.Changed(camera_id=camera.pk, code=camera.code, fields=changed)


def move_camera(
    *,
    camera: Camera,
    lat: float,
    lon: float,
    actor: User | None,
    height_m: float | None = None,
    mounting_azimuth_deg: float | None = None,
) -> Camera:
    """Put the camera elsewhere, or mount it otherwise; what is not given stays."""
    wanted = {"height_m": height_m, "mounting_azimuth_deg": mounting_azimuth_deg}
    given = {name: value for name, value in wanted.items() if value is not None}
    return change_camera(camera=camera, actor=actor, lat=lat, lon=lon, **given)


def change_state(*, camera: Camera, state: str, actor: User | None) -> Camera:
    """Put it in service, under maintenance, offline …; what is not authorised cannot be in service (L-01)."""
    if state not in Camera.State:
        raise Refused(_("There is no such state of a camera."), status=400, code="invalid")
    return change_camera(camera=camera, actor=actor, state=state)


@transaction.atomic
def report_lost(*, camera_id: int, why: str) -> bool:
    """Its pictures stopped: a camera in service goes offline, and this is announced once."""
    # Race: two nodes see it at once. The row count says who was first; only that one announces it.
    if not Camera.objects.filter(pk=camera_id, state=Camera.State.LIVE).update(
        state=Camera.State.LOST, state_since=timezone.now()
    ):
        return False
    camera = Camera.objects.get(pk=camera_id)
    publish(facts.Lost(camera_id=camera.pk, code=camera.code, state=camera.state, why=why))
    return True


@transaction.atomic
def report_returned(*, camera_id: int) -> bool:
    """Its pictures are back: one that was offline is in service again, announced once."""
    camera = Camera.objects.select_for_update().filter(pk=camera_id, state=Camera.State.LOST).first()
    if camera is None:
        return False
    away_s = round((timezone.now() - camera.state_since).total_seconds())
    Camera.objects.filter(pk=camera_id).update(state=Camera.State.LIVE, state_since=timezone.now())
    publish(
        facts.Returned(camera_id=camera.pk, code=camera.code, state=Camera.State.LIVE, away_s=max(0, away_s))
    )
    return True


@transaction.atomic
def save_preset(*, camera: Camera, number: int, actor: User | None, **fields: Any) -> Preset:
    """Store a direction under a number, or change it. Its masks must have been checked first (L-03)."""
    require(actor, Right.MANAGE_ESTATE)
    if not camera.turns:
        raise Conflict(
            _("A camera that does not turn has no presets."),
            what_to_do=_("Choose a dome or a 360° camera."),
            code="does-not-turn",
        )
    preset = Preset.objects.filter(camera=camera, number=number).first() or Preset(
        camera=camera, number=number
    )
    for name, value in fields.items():
        setattr(preset, name, value)
    if not camera.exercise and preset.mask_checked_on is None:
        raise Conflict(
            _("Nobody has checked the masks of this preset."),
            what_to_do=_(
                "Look at it, see that windows and doors of dwellings are masked, and write the day."
            ),
            code="masks-unchecked",
        )
    _check(preset)
    preset.save()
    publish(
        facts.PresetSaved(camera_id=camera.pk, code=camera.code, preset_id=preset.pk, name=preset.name),
        actor=actor,
    )
    return preset


def _check(row: Camera | Preset) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(
            _("The record does not hold together."),
            detail=" ".join(error.messages),
            what_to_do=_("Correct the fields named in “errors”."),
            status=400,
            code="invalid",
            errors=error.message_dict,
        ) from error
