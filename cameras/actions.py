"""What the centre does with its cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras import facts, lawful
from cameras.choosing import MENTIONED
from cameras.masks.actions import PRESET_FIELDS, VIEW_FIELDS, end_checks
from cameras.models import Camera, CameraPosition, MaskCheck, Preset, Steering, SteeringOrder
from cameras.moves import settle
from cameras.steering import locks, sharing
from cameras.steering.orders import call_nodes, order_for, told_left_out, told_ordered, write
from doors.problems import Conflict, Refused, hold_together
from events.log import publish
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def steer_towards(
    *,
    point: Point,
    cause: str,
    site_code: str = "",
    priority: int = SteeringOrder.Priority.ALARM,
    urgency: int = 1,
    label: str = "",
    exercise: bool | None = None,
    actor: User | None = None,
) -> list[SteeringOrder]:
    """Order the cameras that can see the point to look at it: presets of the site first, at most four.

    One choice per cause: asked again, it gives the same orders and announces nothing. A camera somebody else
    steers is taken or left by the rules of `sharing`; with none left the cause waits and is served by turns.
    `label` is how tiles name the cause, `urgency` the priority of the incident, 1 before 3.
    """
    require(actor, Right.STEER_CAMERA)
    steering = Steering(
        cause=cause,
        lat=point.lat,
        lon=point.lon,
        site_code=site_code,
        priority=priority,
        urgency=min(max(urgency, 1), 3),
        label=label[:120],
        exercise=exercise,
    )
    rule = sharing.begin(steering)
    if rule is None:
        return list(SteeringOrder.objects.for_cause(cause))
    aims, left_out = lawful.aims(point, site_code, exercise=exercise)
    share = sharing.share_out(aims, sharing.holder_of(steering), rule=rule)
    orders = [
        SteeringOrder(
            camera=sight.camera,
            cause=cause,
            **order_for(sight, steering, rank=rank, preset=preset, serial=share.serial_of(sight.camera.pk)),
        )
        for rank, (sight, preset) in enumerate(share.chosen, 1)
    ]
    steering.left_out = told_left_out([*share.left_out, *left_out][:MENTIONED])
    steering.could = share.could
    steering.waiting_since = timezone.now() if share.waits else None
    write(steering, orders)
    losers = sharing.left_without(share.changes)
    call_nodes()
    for fact in (
        *locks.told(share.changes),
        told_ordered(cause, orders, steering.left_out),
        *sharing.told_waiting([*losers, *([steering] if share.waits else [])]),
    ):
        publish(fact, actor=actor)
    return orders


@transaction.atomic
def register_camera(*, actor: User | None, **fields: Any) -> Camera:
    """Take a camera into the estate, with the fields of `Camera`; refuses what does not hold together."""
    require(actor, Right.MANAGE_ESTATE)
    camera = Camera(**fields)
    hold_together(camera)
    if camera.state == Camera.State.LIVE:
        lawful.require_order(camera)
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
    row = Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    was = row.state
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    if not changed:
        return row
    for name in changed:
        setattr(row, name, fields[name])
    hold_together(row)
    moved = bool(settle([row], was={row.pk: was}))
    if row.state == Camera.State.LIVE and lawful.COVERED_BY & set(changed):
        lawful.require_order(row)
    row.save()
    if moved or VIEW_FIELDS & set(changed):
        end_checks(cameras=[row], why=MaskCheck.Ended.MOVED, actor=actor)
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
    camera = (
        Camera.objects.select_for_update(no_key=True).filter(pk=camera_id, state=Camera.State.LOST).first()
    )
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
    turned = preset.pk and any(
        getattr(preset, name) != fields.get(name, getattr(preset, name)) for name in PRESET_FIELDS
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
    hold_together(preset)
    preset.save()
    if turned:
        end_checks(cameras=[camera], presets=[preset], why=MaskCheck.Ended.PRESET, actor=actor)
    publish(
        facts.PresetSaved(camera_id=camera.pk, code=camera.code, preset_id=preset.pk, name=preset.name),
        actor=actor,
    )
    return preset
