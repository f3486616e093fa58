"""Who steers a camera (law W-05): holds with a priority and a lease, asked for, given, taken, given back.

For whoever carries out orders, three rules:

* `SteeringOrder.objects.owed()` holds no order whose hold is over; ask `why_void(order)` once more just before
  sending it, and mark it SUPERSEDED with those words when it says something.
* A camera that goes from hand to hand has its open orders superseded here, in the same transaction.
* Released, a camera that turns gets an order back to its previous preset (`cause` "return:…"), like any other.

Rows are always locked in the order of their cameras, before anything is published: so nobody waits in a ring.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras import facts
from cameras.models import Camera, CameraLock, Steering, SteeringOrder, SteeringRule, TakeOver
from cameras.models.camera import READ_TO_CHOOSE
from cameras.reasons import Reason
from doors.problems import Conflict, Refused
from doors.rows import columns, made, prepared, width
from events.facts import Fact
from events.log import publish

if TYPE_CHECKING:
    from accounts.models import User

Priority = CameraLock.Priority
RENEWED_BEFORE = 0.5  # of its lease left: renewing more often would fill the log
# What changes of a hold when it changes hands.
HOLD = [
    "serial",
    "holder",
    "label",
    "user",
    "priority",
    "urgency",
    "cause",
    "taken_at",
    "until",
    "left_rest_at",
]
KINDS = {Priority.TOUR: "tour", Priority.OPERATOR: "operator", Priority.ALARM: "alarm"}


@dataclass(frozen=True)
class Holder:
    """Who would steer. `label` is what tiles say: a workstation, a place, a tour; never a person."""

    key: str
    label: str
    priority: int
    urgency: int = 3
    cause: str = ""
    user: User | None = None

    @property
    def rank(self) -> tuple[int, int]:
        return (self.priority, -self.urgency)


@dataclass(frozen=True)
class Hand:
    """A person at a workstation, as the doors know them."""

    user: User
    key: str
    label: str

    @classmethod
    def of(cls, user: User, seat_code: str = "", seat_label: str = "") -> Hand:
        if seat_code:
            return cls(user, f"seat:{seat_code}", seat_label)
        return cls(user, f"user:{user.pk}", _("Operator without a seat"))


@dataclass(frozen=True)
class Change:
    """A hold that changed hands, as `announce` tells it."""

    lock: CameraLock
    from_by: str
    from_holder: str
    from_cause: str
    why: Reason


def needs_lock(camera: Camera) -> bool:
    """Only what turns can be turned away from somebody."""
    return camera.kind == Camera.Kind.DOME


# In the order of ids, so that two who want the same never wait in a ring. The camera itself is not locked.
_ROWS = f"""
WITH held AS (
    SELECT * FROM cameras_cameralock WHERE camera_id = ANY(%s::bigint[]) ORDER BY camera_id FOR NO KEY UPDATE
), fresh AS (
    INSERT INTO cameras_cameralock (camera_id, serial, priority, urgency, holder, cause, label)
    SELECT wanted, 0, 0, 3, '', '', '' FROM unnest(%s::bigint[]) AS wanted
    WHERE wanted NOT IN (SELECT camera_id FROM held) ORDER BY wanted
    ON CONFLICT DO NOTHING RETURNING *
)
SELECT {columns(CameraLock, "l")}, {columns(Camera, "c", READ_TO_CHOOSE)}
FROM (SELECT * FROM held UNION ALL SELECT * FROM fresh) l JOIN cameras_camera c ON c.id = l.camera_id
ORDER BY l.camera_id
"""  # noqa: S608  (names of our own tables)


def rows_for(camera_ids: Iterable[int]) -> dict[int, CameraLock]:
    """The holds of these cameras, locked until the end of the transaction; made where there were none."""
    wanted = sorted(set(camera_ids))
    found: dict[int, CameraLock] = {}
    while missing := [pk for pk in wanted if pk not in found]:
        # Race: somebody makes the same row meanwhile. It is neither found nor made, and found the second time.
        for row in prepared(_ROWS, [missing, missing]):
            lock = made(CameraLock, row[: width(CameraLock)])
            lock.camera = made(Camera, row[width(CameraLock) :], READ_TO_CHOOSE)
            found[lock.pk] = lock
    return {pk: found[pk] for pk in wanted}


def why_void(order: SteeringOrder) -> Reason | None:
    """Why this order is no longer to be carried out; None while it is."""
    if order.lock_serial is None:
        return None
    lock = CameraLock.objects.filter(pk=order.camera_id).first()
    if lock is None or lock.serial == order.lock_serial:
        return None
    return replaced_by(lock)


def replaced_by(lock: CameraLock) -> Reason:
    if lock.is_free:
        return Reason("given_back")
    return Reason("held", {"by": lock.label, "until": _iso(lock.until)})


def is_over(lock: CameraLock, now: dt.datetime) -> bool:
    """Free, or its lease ran out and the clock has not come round to it."""
    return lock.is_free or (lock.until is not None and lock.until < now)


def must_end(lock: CameraLock) -> bool:
    """Whether an alarm of at least this rank has no camera at all and could have this one: nobody waits for ever."""
    first = Steering.objects.waiting_for(lock.camera_id).exclude(cause=lock.cause).first()
    return first is not None and (Priority.ALARM, -first.urgency) >= lock.rank()


def give(lock: CameraLock, holder: Holder, why: Reason, *, rule: SteeringRule, now: dt.datetime) -> Change:
    """Write the new holder into a locked row, and void what the last one had ordered. Tell it last."""
    return give_all([(lock, why)], holder, rule=rule, now=now)[0]


def give_all(
    items: Sequence[tuple[CameraLock, Reason]], holder: Holder, *, rule: SteeringRule, now: dt.datetime
) -> list[Change]:
    """The same for several cameras, in one statement."""
    changes = []
    for lock, why in items:
        changes.append(Change(lock, lock.label, lock.holder, lock.cause, why))
        lock.left_rest_at = now if lock.is_free else lock.left_rest_at
        lock.serial += 1
        lock.holder, lock.label, lock.user = holder.key, holder.label[:120], holder.user
        lock.priority, lock.urgency, lock.cause = holder.priority, holder.urgency, holder.cause
        lock.taken_at, lock.until = now, now + rule.lease
    if changes:
        _hand_over([change.lock for change in changes], now)
    return changes


# With the hold goes what was ordered and asked for under the one of before: the new one has no orders yet.
_HAND_OVER = """
WITH given AS (
    UPDATE cameras_cameralock SET serial = serial + 1, holder = %s, label = %s, user_id = %s::bigint, priority = %s,
        urgency = %s, cause = %s, taken_at = %s, until = %s,
        left_rest_at = CASE WHEN holder = '' THEN %s::timestamptz ELSE left_rest_at END
    WHERE camera_id = ANY(%s::bigint[])
), void AS (
    UPDATE cameras_steeringorder SET state = 'superseded', done_at = %s, result = %s
    WHERE camera_id = ANY(%s::bigint[]) AND state = 'ordered' AND lock_serial IS NOT NULL
)
UPDATE cameras_takeover SET answer = 'moot', answered_at = %s
WHERE camera_id = ANY(%s::bigint[]) AND answer = 'waiting'
"""


def _hand_over(locked: Sequence[CameraLock], now: dt.datetime) -> None:
    one, cameras = locked[0], [lock.pk for lock in locked]
    with translation.override(settings.LANGUAGE_CODE):
        words = str(replaced_by(one))
    hold = [one.holder, one.label, one.user_id, one.priority, one.urgency, one.cause, one.taken_at, one.until]
    prepared(_HAND_OVER, [*hold, now, cameras, now, words, cameras, now, cameras])


def _void(locked: Sequence[CameraLock], why: Reason, now: dt.datetime) -> None:
    """What was ordered and asked for under the hold of before is worth nothing."""
    cameras = [lock.pk for lock in locked]
    with translation.override(settings.LANGUAGE_CODE):
        words = str(why)
    owed = SteeringOrder.objects.filter(camera__in=cameras, state=SteeringOrder.State.ORDERED)
    owed.exclude(lock_serial=None).update(state=SteeringOrder.State.SUPERSEDED, done_at=now, result=words)
    TakeOver.objects.waiting().filter(camera__in=cameras).update(answer=TakeOver.Answer.MOOT, answered_at=now)


def free(lock: CameraLock, why: Reason) -> Change:
    """Write a locked row free. Where the camera goes then is the caller's to order."""
    change = Change(lock, lock.label, lock.holder, lock.cause, why)
    lock.serial += 1
    lock.holder = lock.label = lock.cause = ""
    lock.priority, lock.urgency, lock.user = Priority.FREE, 3, None
    lock.taken_at = lock.until = None
    lock.save(update_fields=HOLD)
    _void([lock], why, timezone.now())
    return change


def told(changes: Sequence[Change]) -> list[Fact]:
    """One fact for all that changed hands together, to be published when every row is written."""
    if not changes:
        return []
    with translation.override(settings.LANGUAGE_CODE):
        return [facts.LockTaken(locks=[_told(change) for change in changes])]


def announce(changes: Sequence[Change], *, actor: User | None) -> None:
    for fact in told(changes):
        publish(fact, actor=actor)


def _told(change: Change) -> facts.HeldCamera:
    lock = change.lock
    return {
        "camera_id": lock.camera_id,
        "code": lock.camera.code,
        "kind": KINDS[Priority(lock.priority)],
        "holder": lock.holder,
        "by": lock.label,
        "by_hand": lock.by_hand,
        "cause": lock.cause,
        "until": _iso(lock.until),
        "from_by": change.from_by,
        "from_holder": change.from_holder,
        "why": str(change.why),
        "reason": change.why.as_json(),
    }


def told_released(change: Change, order: SteeringOrder | None) -> Fact:
    lock = change.lock
    with translation.override(settings.LANGUAGE_CODE):
        return facts.LockReleased(
            camera_id=lock.camera_id,
            code=lock.camera.code,
            cause=change.from_cause,
            from_by=change.from_by,
            from_holder=change.from_holder,
            returns_to=order.preset.name if order and order.preset else "",
            why=str(change.why),
            reason=change.why.as_json(),
        )


@transaction.atomic
def take_by_hand(*, camera: Camera, hand: Hand, cause: str = "") -> CameraLock:
    """Steer it yourself. Held by others it is refused, with who and until when.

    On a camera that an alarm turned, the first hand that works on that alarm keeps it, with the alarm's
    priority: the centre does not turn it away any more.
    """
    lock, told_ = taken_by_hand(camera, hand, cause)
    for fact in told_:
        publish(fact, actor=hand.user)
    return lock


def taken_by_hand(camera: Camera, hand: Hand, cause: str) -> tuple[CameraLock, list[Fact]]:
    """The rows of `take_by_hand`, and what is to be published when the caller's own are written too."""
    require(hand.user, Right.STEER_CAMERA)
    must_turn(camera)
    lock, now, rule = rows_for([camera.pk])[camera.pk], timezone.now(), SteeringRule.now()
    if lock.holder == hand.key:
        return lock, _renewed(lock, rule, now)
    if not may_take(lock, hand, cause):
        raise held(lock)
    holder = Holder(hand.key, hand.label, Priority.OPERATOR, cause=cause, user=hand.user)
    if _is_alarm_of(lock, cause):
        holder = Holder(hand.key, hand.label, lock.priority, lock.urgency, lock.cause, hand.user)
        why = Reason("by_hand")
    elif is_over(lock, now):
        why = Reason("by_hand")
    elif lock.priority < Priority.OPERATOR:
        why = Reason("before_lower", {"by": lock.label})
    else:
        why = Reason("lead")
    return lock, told([give(lock, holder, why, rule=rule, now=now)])


def may_take(lock: CameraLock, hand: Hand, cause: str) -> bool:
    """Whether `take_by_hand` would let this hand have it now."""
    return (
        lock.holder == hand.key
        or _is_alarm_of(lock, cause)
        or is_over(lock, timezone.now())
        or lock.priority < Priority.OPERATOR
        or (hand.user.may(Right.LEAD_ROOM) and lock.priority == Priority.OPERATOR)
    )


def _is_alarm_of(lock: CameraLock, cause: str) -> bool:
    return lock.priority == Priority.ALARM and not lock.by_hand and bool(cause) and lock.cause == cause


def held(lock: CameraLock) -> Conflict:
    """The refusal that says who steers, until when, and what one can do."""
    alone = lock.priority == Priority.ALARM and not lock.by_hand
    return Conflict(
        _("%(who)s steers %(camera)s until %(until)s.")
        % {
            "who": lock.label,
            "camera": lock.camera.code,
            "until": timezone.localtime(lock.until).strftime("%H:%M:%S"),
        },
        what_to_do=_("Open its incident to steer it, or use another camera.")
        if alone
        else _("Ask for it: without an answer it is given to you."),
        code="camera-held",
        holder=lock.holder,
        by=lock.label,
        kind=KINDS[Priority(lock.priority)],
        until=_iso(lock.until),
        may_ask=not alone,
    )


def refuse_if_held(camera: Camera) -> None:
    """What an alarm or a colleague steers is neither turned away nor hidden for a calibration."""
    lock = CameraLock.objects.select_related("camera").filter(pk=camera.pk).first()
    if lock is not None and not is_over(lock, timezone.now()):
        raise held(lock)


def must_turn(camera: Camera) -> None:
    if needs_lock(camera):
        return
    raise Refused(
        _("Camera %(camera)s does not turn.") % {"camera": camera.code},
        what_to_do=_("Choose a dome; a 360° picture is turned on the screen alone."),
        status=409,
        code="does-not-turn",
    )


@transaction.atomic
def move_by_hand(*, camera: Camera, hand: Hand, cause: str = "") -> CameraLock:
    """Said at the beginning of each move: takes it, or keeps it longer.

    What was ordered under this hold no longer says where the camera looks, so the hold gets a new serial: masks
    drawn for a preset are not taken for those of another view.
    """
    lock, told_ = taken_by_hand(camera, hand, cause)
    if SteeringOrder.objects.filter(camera=camera, lock_serial=lock.serial).exists():
        lock.serial += 1
        lock.save(update_fields=["serial"])
        TakeOver.objects.waiting().filter(camera=camera).update(serial=lock.serial)
        owed = SteeringOrder.objects.filter(camera=camera, state=SteeringOrder.State.ORDERED)
        owed.filter(lock_serial__lt=lock.serial).update(
            state=SteeringOrder.State.SUPERSEDED, done_at=timezone.now(), result=str(Reason("by_hand"))
        )
    for fact in told_:
        publish(fact, actor=hand.user)
    return lock


@transaction.atomic
def check(*, camera: Camera, hand: Hand) -> CameraLock:
    """Asked while a move lasts: refused as soon as it is no longer this hand's."""
    require(hand.user, Right.STEER_CAMERA)
    lock = CameraLock.objects.select_related("camera").filter(pk=camera.pk).first()
    if lock is None or lock.holder != hand.key:
        raise _not_yours(lock or CameraLock(camera=camera))
    return lock


def _renewed(lock: CameraLock, rule: SteeringRule, now: dt.datetime) -> list[Fact]:
    assert lock.until is not None
    if lock.until - now > RENEWED_BEFORE * rule.lease or must_end(lock):
        return []
    lock.until = now + rule.lease
    lock.save(update_fields=["until"])
    return told([Change(lock, lock.label, lock.holder, lock.cause, Reason("by_hand"))])


def _not_yours(lock: CameraLock) -> Refused:
    if not lock.is_free:
        return held(lock)
    return Conflict(
        _("You no longer steer %(camera)s.") % {"camera": lock.camera.code},
        what_to_do=_("Move it again: you take it anew."),
        code="camera-not-held",
    )


def _iso(at: dt.datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""
