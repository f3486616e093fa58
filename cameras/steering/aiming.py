"""An operator's absolute aims: at a place, at a preset, and from camera to camera after a target.

Each is a row like any other order, carried out by the node; the camera is taken by hand first.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras import choosing, lawful
from cameras.choosing import LeftOut, Sight, sight_of
from cameras.models import Camera, CameraLock, Preset, SteeringOrder
from cameras.optics import band
from cameras.reasons import Figure, Reason
from cameras.steering import locks
from cameras.steering.locks import Hand, Priority
from cameras.steering.orders import call_nodes, told_left_out, told_ordered
from cameras.steering.returning import release
from doors.problems import Conflict
from events.facts import Fact
from events.log import publish
from places.geometry import Point, destination

# To leave a camera that sees the target another must see it half as many pixels again: no flicker between two.
WORTH_A_CHANGE = 1.5


@dataclass(frozen=True)
class Followed:
    """Which camera has the target now, and why it or another."""

    sight: Sight
    order: SteeringOrder | None  # None for a camera that does not turn
    changed: bool
    why: Reason
    left_out: list[LeftOut]


@transaction.atomic
def aim_at(*, camera: Camera, point: Point, hand: Hand, cause: str = "") -> SteeringOrder:
    """Turn it to a place. Refused when it cannot see it, or somebody else steers it."""
    lock, told = locks.taken_by_hand(camera, hand, cause)
    sight = sight_of(camera, point)
    why = Reason("hand_aim", {"distance": round(sight.distance_m, 1)})
    return _order(lock, sight, point, why, told, hand)


@transaction.atomic
def go_to(*, preset: Preset, hand: Hand, cause: str = "") -> SteeringOrder:
    camera = preset.camera
    lock, told = locks.taken_by_hand(camera, hand, cause)
    bearing = (camera.mounting_azimuth_deg + preset.pan_deg) % 360
    point = destination(camera.point, bearing, camera.range_m / 2)
    sight = sight_of(camera, point, preset=preset.name)
    return _order(lock, sight, point, sight.why, told, hand, preset)


def _order(
    lock: CameraLock,
    sight: Sight,
    point: Point,
    why: Reason,
    told: list[Fact],
    hand: Hand,
    preset: Preset | None = None,
) -> SteeringOrder:
    """What was ordered before and is still owed is void: the head has one place to go."""
    SteeringOrder.objects.filter(
        camera=lock.camera_id, state=SteeringOrder.State.ORDERED, lock_serial=lock.serial
    ).update(state=SteeringOrder.State.SUPERSEDED, done_at=timezone.now(), result=str(why))
    reached = band(sight.density_px_m)
    order = SteeringOrder.objects.create(
        camera=sight.camera,
        cause=f"hand:{lock.serial}:{uuid.uuid4().hex[:12]}",
        rank=1,
        lat=point.lat,
        lon=point.lon,
        priority=SteeringOrder.Priority.ALARM
        if lock.priority == Priority.ALARM
        else SteeringOrder.Priority.OPERATOR,
        preset=preset,
        bearing_deg=round(sight.bearing_deg, 2),
        distance_m=round(sight.distance_m, 1),
        density_px_m=round(sight.density_px_m, 1),
        band=reached.value if reached else "",
        why=why.as_json(),
        lock_serial=lock.serial,
    )
    call_nodes()
    for fact in [*told, told_ordered(order.cause, [order], [])]:
        publish(fact, actor=hand.user)
    return order


def follow(*, point: Point, hand: Hand, current: str = "", cause: str = "") -> Followed:
    """The camera that is to watch a target that moves: the same one while it does, else the next best.

    Of those the person may look through (L-08, L-10). What somebody else steers is passed over. The camera that
    is left goes back to where it was.
    """
    choice = lawful.considered(Camera.objects.with_images_for(hand.user), point)
    rows = CameraLock.objects.in_bulk([sight.camera.pk for sight in choice.sights])
    free, left_out = [], list(choice.left_out)
    for sight in choice.sights:
        lock = rows.get(sight.camera.pk)
        if lock is None or locks.may_take(lock, hand, cause):
            free.append(sight)
        else:
            left_out.append(LeftOut(sight.camera, sight.distance_m, locks.replaced_by(lock)))
    if not free:
        raise Conflict(
            _("No camera that you may steer sees this place."),
            detail=" · ".join(f"{out['code']} {out['why']}" for out in told_left_out(left_out[:3])),
            what_to_do=_("Ask for one of them, or send somebody."),
            code="nothing-sees-it",
        )
    best = max(free, key=_worth)
    held = next((sight for sight in free if sight.camera.code == current), None)
    if held is not None and held.density_px_m * WORTH_A_CHANGE >= best.density_px_m:
        why, sight = Reason("stays"), held
    elif held is not None:
        figures: dict[str, Figure] = {
            "density": round(best.density_px_m),
            "code": current,
            "other": round(held.density_px_m),
        }
        why, sight = Reason("sees_better", figures), best
    else:
        why, sight = (Reason("sees_no_more", {"code": current}) if current else best.why), best
    return _hand_over(sight, point, hand, current, cause, why, left_out)


def _hand_over(
    sight: Sight, point: Point, hand: Hand, current: str, cause: str, why: Reason, left_out: list[LeftOut]
) -> Followed:
    """The next one first: the target is never without a camera."""
    order = None
    if locks.needs_lock(sight.camera):
        order = aim_at(camera=sight.camera, point=point, hand=hand, cause=cause)
    changed = sight.camera.code != current
    if changed and current:
        for camera in Camera.objects.filter(code=current):
            release(camera=camera, hand=hand)
    return Followed(sight, order, changed, why, left_out[: choosing.MENTIONED])


def _worth(sight: Sight) -> tuple[float, float]:
    return (math.log2(max(sight.density_px_m, 1.0)), -sight.distance_m)
