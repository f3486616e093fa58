"""The end of a hold: given back, lapsed, or its case over. Who waits comes next; else the camera goes back."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from accounts.rights import Right, require
from cameras.choosing import density_px_m, sight_of, why_unusable
from cameras.models import Camera, CameraLock, Preset, Steering, SteeringOrder, SteeringRule
from cameras.optics import band
from cameras.reasons import Reason
from cameras.steering import locks, sharing
from cameras.steering.locks import Change, Hand, Priority
from cameras.steering.orders import call_nodes, order_for, told_ordered
from events.facts import Fact
from events.log import publish
from legal.models import Consultation, OpenLook
from places.geometry import destination

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
# A look is asked for again within two minutes (legal.looks): seen since, somebody is there.
LOOKING = dt.timedelta(seconds=120)


@transaction.atomic
def release(*, camera: Camera, hand: Hand) -> CameraLock:
    """Give it back. It goes to the alarm that waits for it, or back to its previous preset."""
    require(hand.user, Right.STEER_CAMERA)
    sharing.one_at_a_time()
    lock = locks.rows_for([camera.pk])[camera.pk]
    if lock.holder == hand.key:
        _publish(_end(lock, Reason("given_back")), actor=hand.user)
    return lock


@transaction.atomic
def release_round(*, camera_id: int, holder_key: str) -> None:
    """A tour leaves its stop."""
    sharing.one_at_a_time()
    lock = locks.rows_for([camera_id])[camera_id]
    if lock.holder == holder_key:
        _publish(_end(lock, Reason("round_over")), actor=None)


@transaction.atomic
def case_over(cause: str) -> None:
    """The incident is closed: it asks for nothing more, and what it held is free, but for what a hand steers."""
    sharing.one_at_a_time()
    Steering.objects.filter(cause=cause, over_at=None).update(over_at=timezone.now(), waiting_since=None)
    told: list[Fact] = []
    kept: list[Change] = []
    for lock in locks.rows_for(CameraLock.objects.filter(cause=cause).values_list("pk", flat=True)).values():
        if lock.cause != cause:
            continue
        if lock.by_hand:
            lock.priority, lock.cause, lock.urgency = Priority.OPERATOR, "", 3
            lock.save(update_fields=["priority", "cause", "urgency"])
            kept.append(Change(lock, lock.label, lock.holder, cause, Reason("case_over")))
        else:
            told += _end(lock, Reason("case_over"))
    _publish([*locks.told(kept), *told], actor=None)


def sweep() -> int:
    """What is due: leases that ran out, alarms a camera has become free for. Returns how many changed hands."""
    now = timezone.now()
    done = sum(_lapse(pk) for pk in list(CameraLock.objects.lapsed(now).values_list("pk", flat=True)))
    return done + sum(
        _serve(cause) for cause in list(Steering.objects.waiting().values_list("cause", flat=True))
    )


@transaction.atomic
def _lapse(camera_id: int) -> bool:
    sharing.one_at_a_time()
    lock, now, rule = locks.rows_for([camera_id])[camera_id], timezone.now(), SteeringRule.now()
    if lock.is_free or not locks.is_over(lock, now):
        return False  # renewed or given back meanwhile
    if lock.priority == Priority.ALARM and not locks.must_end(lock) and _is_watched(lock, now):
        lock.until = now + rule.lease
        lock.save(update_fields=["until"])
        _publish(
            locks.told([Change(lock, lock.label, lock.holder, lock.cause, Reason("watched"))]), actor=None
        )
        return False
    _publish(_end(lock, Reason("lease_over", {"seconds": rule.lease_s})), actor=None)
    return True


def _is_watched(lock: CameraLock, now: dt.datetime) -> bool:
    """Somebody looks at it for an incident: it does not turn away under their eyes."""
    return OpenLook.objects.filter(
        consultation__camera_code=lock.camera.code,
        consultation__reason=Consultation.Reason.INCIDENT,
        seen_at__gte=now - LOOKING,
    ).exists()


def _end(lock: CameraLock, why: Reason) -> list[Fact]:
    """Write the end of a hold whose row is locked; what is to be published when all rows are written."""
    for heir in Steering.objects.waiting_for(lock.pk):
        if heir.cause != lock.cause and _can(lock, heir):
            return _hand_on(lock, heir)
    left_rest_at = lock.left_rest_at
    change = locks.free(lock, why)
    return [locks.told_released(change, _way_back(lock, left_rest_at))]


def _can(lock: CameraLock, steering: Steering) -> bool:
    return why_unusable(lock.camera, exercise=steering.exercise) is None


def _hand_on(lock: CameraLock, heir: Steering) -> list[Fact]:
    """Its turn has come: the camera is its own, with an order and the reason."""
    now = timezone.now()
    waited = round((now - (heir.waiting_since or now)).total_seconds())
    why = Reason("its_turn", {"waited": waited})
    change = locks.give(lock, sharing.holder_of(heir), why, rule=SteeringRule.now(), now=now)
    heir.waiting_since = None
    heir.left_out = [out for out in heir.left_out if out["code"] != lock.camera.code]
    heir.save(update_fields=["waiting_since", "left_out"])
    order, _new = SteeringOrder.objects.update_or_create(
        camera=lock.camera,
        cause=heir.cause,
        defaults=order_for(sight_of(lock.camera, heir.point), heir, rank=1, serial=lock.serial),
    )
    left = sharing.left_without([change])
    return [
        *locks.told([change]),
        told_ordered(heir.cause, [order], heir.left_out),
        *sharing.told_waiting(left),
    ]


def _publish(told: list[Fact], *, actor: User | None) -> None:
    call_nodes()
    for fact in told:
        publish(fact, actor=actor)


@transaction.atomic
def _serve(cause: str) -> bool:
    """An alarm that waits is given the first camera that may be its own by now."""
    sharing.one_at_a_time()
    steering = Steering.objects.select_for_update(no_key=True).waiting().filter(cause=cause).first()
    if steering is None:
        return False
    now, holder = timezone.now(), sharing.holder_of(steering)
    rows = locks.rows_for(steering.could)
    for camera_id in steering.could:
        lock = rows[camera_id]
        if sharing.gives_way(lock, holder, now) and _can(lock, steering):
            _publish(_hand_on(lock, steering), actor=None)
            return True
    return False


def _way_back(lock: CameraLock, left_rest_at: dt.datetime | None) -> SteeringOrder | None:
    """An order to where the camera was before it was first taken; its first preset when that is not known."""
    camera = lock.camera
    rested = SteeringOrder.objects.filter(
        camera=camera, preset__isnull=False, state=SteeringOrder.State.DONE, ordered_at__lt=left_rest_at
    )
    last = rested.select_related("preset").order_by("-ordered_at").first() if left_rest_at else None
    preset = last.preset if last else Preset.objects.filter(camera=camera).order_by("number").first()
    if preset is None or why_unusable(camera) is not None:
        return None
    bearing = (camera.mounting_azimuth_deg + preset.pan_deg) % 360
    away_m = camera.range_m / 2
    density = density_px_m(camera, away_m)
    reached = band(density)
    point = destination(camera.point, bearing, away_m)
    return SteeringOrder.objects.create(
        camera=camera,
        cause=f"return:{camera.pk}:{lock.serial}",
        rank=1,
        lat=point.lat,
        lon=point.lon,
        priority=SteeringOrder.Priority.TOUR,
        preset=preset,
        bearing_deg=round(bearing, 2),
        distance_m=round(away_m, 1),
        density_px_m=round(density, 1),
        band=reached.value if reached else "",
        why=Reason("returned", {"preset": preset.name}).as_json(),
        lock_serial=lock.serial,
    )
