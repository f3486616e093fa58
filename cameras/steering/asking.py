"""Asking for a camera somebody else steers: yes, no, or no answer, and then it is given (law W-05)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from cameras import facts
from cameras.models import Camera, CameraLock, SteeringRule, TakeOver
from cameras.reasons import Reason
from cameras.steering import locks, sharing
from cameras.steering.locks import Hand, Holder, Priority
from doors.problems import Conflict, NotAllowed
from events.facts import Fact
from events.log import publish

Answer = TakeOver.Answer


@transaction.atomic
def ask(*, camera: Camera, hand: Hand, cause: str = "") -> TakeOver | None:
    """Ask whoever steers it. None when nobody does: then `locks.take_by_hand` is enough.

    Asked again it is the same request. An alarm that nobody's hand works cannot answer, so it is not asked.
    """
    require(hand.user, Right.STEER_CAMERA)
    lock, now, rule = locks.rows_for([camera.pk])[camera.pk], timezone.now(), SteeringRule.now()
    if locks.is_over(lock, now) or lock.holder == hand.key:
        return None
    if not lock.by_hand:
        raise locks.held(lock)
    known = TakeOver.objects.waiting().filter(camera=camera).first()
    if known is not None and known.seat == hand.key:
        return known
    if known is not None:
        raise Conflict(
            _("%(who)s has asked for %(camera)s already.") % {"who": known.label, "camera": camera.code},
            what_to_do=_("Wait until that is answered, or use another camera."),
            code="camera-asked-for",
        )
    request = TakeOver.objects.create(
        camera=camera,
        serial=lock.serial,
        asked_at=now,
        lapses_at=now + dt.timedelta(seconds=rule.answer_s),
        asker=hand.user,
        seat=hand.key,
        label=hand.label[:120],
        cause=cause,
    )
    publish(
        facts.TakeOverAsked(
            camera_id=camera.pk,
            code=camera.code,
            request_id=request.pk,
            of=lock.holder,
            by=request.label,
            by_holder=request.seat,
            lapses_at=request.lapses_at.isoformat(timespec="seconds"),
        ),
        actor=hand.user,
    )
    return request


@transaction.atomic
def answer(*, request: TakeOver, hand: Hand, yes: bool) -> TakeOver:
    """Only who holds the camera answers. An answer that comes too late changes nothing."""
    sharing.one_at_a_time()
    lock = locks.rows_for([request.camera_id])[request.camera_id]
    row = TakeOver.objects.select_for_update(no_key=True).select_related("asker").get(pk=request.pk)
    if row.answer != Answer.WAITING:
        return row
    if lock.holder != hand.key:
        raise NotAllowed(
            _("Only who steers %(camera)s answers.") % {"camera": lock.camera.code},
            what_to_do=_("Ask for it yourself."),
            code="not-holder",
        )
    if yes:
        _settle(row, lock, Answer.GRANTED, Reason("given", {"by": lock.label}), actor=hand.user)
    else:
        _answered(row, Answer.REFUSED)
        publish(_told(row, lock), actor=hand.user)
    return row


@transaction.atomic
def withdraw(*, request: TakeOver, hand: Hand) -> TakeOver:
    """It is no longer wanted."""
    lock = locks.rows_for([request.camera_id])[request.camera_id]
    row = TakeOver.objects.select_for_update(no_key=True).get(pk=request.pk)
    if row.answer == Answer.WAITING and row.seat == hand.key:
        _answered(row, Answer.MOOT)
        publish(_told(row, lock), actor=hand.user)
    return row


def sweep() -> int:
    """Give what nobody answered for in time. Returns how many."""
    due = list(TakeOver.objects.due(timezone.now()).values_list("pk", "camera_id"))
    return sum(_lapse(pk, camera_id) for pk, camera_id in due)


@transaction.atomic
def _lapse(pk: int, camera_id: int) -> bool:
    sharing.one_at_a_time()
    lock = locks.rows_for([camera_id])[camera_id]
    row = TakeOver.objects.select_for_update(no_key=True).select_related("asker").filter(pk=pk).first()
    if row is None or row.answer != Answer.WAITING:
        return False
    if row.serial != lock.serial:
        _answered(row, Answer.MOOT)
        return False
    waited = round((row.lapses_at - row.asked_at).total_seconds())
    _settle(row, lock, Answer.LAPSED, Reason("no_answer", {"by": lock.label, "seconds": waited}), actor=None)
    return True


def _settle(row: TakeOver, lock: CameraLock, how: str, why: Reason, *, actor: User | None) -> None:
    """The camera is the asker's, with the alarm's priority when both work on the same alarm."""
    same_case = bool(row.cause) and row.cause == lock.cause
    holder = Holder(
        key=row.seat,
        label=row.label,
        priority=lock.priority if same_case else Priority.OPERATOR,
        urgency=lock.urgency if same_case else 3,
        cause=row.cause,
        user=row.asker,
    )
    _answered(row, how)
    change = locks.give(lock, holder, why, rule=SteeringRule.now(), now=timezone.now())
    left = sharing.left_without([change])
    told: list[Fact] = [*locks.told([change]), _told(row, lock), *sharing.told_waiting(left)]
    for fact in told:
        publish(fact, actor=actor)


def _answered(row: TakeOver, how: str) -> None:
    row.answer, row.answered_at = how, timezone.now()
    row.save(update_fields=["answer", "answered_at"])


def _told(row: TakeOver, lock: CameraLock) -> Fact:
    return facts.TakeOverAnswered(
        camera_id=lock.camera_id,
        code=lock.camera.code,
        request_id=row.pk,
        by_holder=row.seat,
        answer=row.answer,
    )
