"""Work orders: opened and closed by what is measured, taken and mended by people."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from doors.problems import Conflict, Refused
from events.log import publish
from footage.health import facts
from footage.models import CameraReference, WorkOrder

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
# The same fault so soon after is the same order again, not a second one.
SAME_ORDER = dt.timedelta(days=7)
# Who says "mended" may still stand on the ladder.
ON_THE_LADDER = dt.timedelta(minutes=20)
Kind, State = WorkOrder.Kind, WorkOrder.State
# These are judged by what the camera usually sees: when that was wrong it is learned anew.
BY_REFERENCE = frozenset({Kind.COVERED, Kind.MOVED, Kind.BLURRED})


@transaction.atomic
def report_fault(*, camera_id: int, kind: str, evidence: dict[str, Any]) -> WorkOrder | None:
    """It is measured, for long enough. The order there is, or a new one; None when people said it is none.

    Told again it changes nothing but the figures; fifty tellings are one fact.
    """
    last = _last(camera_id, kind)
    if last is not None:
        if last.is_live:
            last.evidence, last.standing = evidence, True
            last.save(update_fields=["evidence", "standing"])
            return last
        if _is_usual(last, evidence):
            return None
        if _is_let_pass(last):
            WorkOrder.objects.filter(pk=last.pk).update(standing=True)
            return None
    try:
        with transaction.atomic():
            order = _again(last, evidence) if last is not None and _is_same(last) else None
            order = order or WorkOrder.objects.create(camera_id=camera_id, kind=kind, evidence=evidence)
    except IntegrityError:
        # Race: two nodes measure one camera while a shard changes hands. The constraint lets one order be.
        return WorkOrder.objects.live().get(camera_id=camera_id, kind=kind)
    logger.warning("%s: %s", order.camera.code, order.kind, extra={"work_order": order.pk} | evidence)
    publish(facts.FaultFound(**facts.of_order(order), times=order.times))  # type: ignore[arg-type]
    return order


@transaction.atomic
def report_good(*, camera_id: int, kind: str) -> WorkOrder | None:
    """It is no longer measured, for long enough: its order closes by itself."""
    last = _last(camera_id, kind)
    if last is None:
        return None
    if not last.is_live:
        WorkOrder.objects.filter(pk=last.pk, standing=True).update(standing=False)
        return None
    return _close(last, State.GOOD_AGAIN, actor=None, standing=False)


@transaction.atomic
def assign_order(*, order: WorkOrder, to: User, actor: User) -> WorkOrder:
    """Somebody sees to it."""
    require(actor, Right.MANAGE_ESTATE)
    row = _live(order)
    if not to.is_active or not to.may(Right.MANAGE_ESTATE):
        raise Refused(
            _("This person does not look after cameras."),
            what_to_do=_("Choose a technician or a supervisor."),
            status=400,
            code="not-a-technician",
        )
    row.state, row.assigned_to = State.ASSIGNED, to
    row.save(update_fields=["state", "assigned_to"])
    publish(facts.FaultAssigned(**facts.of_order(row)), actor=actor)  # type: ignore[arg-type]
    return row


@transaction.atomic
def mend_order(*, order: WorkOrder, actor: User, words: str = "") -> WorkOrder:
    """Somebody mended it. When it is still measured a while later, it opens again."""
    require(actor, Right.MANAGE_ESTATE)
    return _close(_live(order), State.MENDED, actor=actor, words=words)


@transaction.atomic
def dismiss_order(*, order: WorkOrder, actor: User, words: str) -> WorkOrder:
    """It is no fault: the camera is as it should be. What it usually sees is learned anew from now on."""
    require(actor, Right.MANAGE_ESTATE)
    if not words.strip():
        raise Refused(
            _("Say why it is not a fault."),
            what_to_do=_("Write a few words: the next person who reads this order needs them."),
            status=400,
            code="words-missing",
        )
    row = _live(order)
    if row.kind in BY_REFERENCE:
        CameraReference.objects.filter(camera_id=row.camera_id).delete()
    return _close(row, State.NOT_A_FAULT, actor=actor, words=words)


@transaction.atomic
def reopen_unmended(*, now: dt.datetime) -> list[WorkOrder]:
    """Those said to be mended that are still measured once nobody is on the ladder any more."""
    late = WorkOrder.objects.select_for_update(of=("self",), no_key=True).select_related("camera")
    late = late.filter(state=State.MENDED, standing=True, closed_at__lt=now - ON_THE_LADDER)
    opened = []
    for order in late:
        if _last(order.camera_id, order.kind) != order:
            WorkOrder.objects.filter(pk=order.pk).update(standing=False)
            continue
        _again(order, order.evidence)
        publish(facts.FaultFound(**facts.of_order(order), times=order.times))  # type: ignore[arg-type]
        opened.append(order)
    return opened


def _last(camera_id: int, kind: str) -> WorkOrder | None:
    rows = WorkOrder.objects.select_for_update(of=("self",), no_key=True).select_related("camera")
    rows = rows.filter(camera_id=camera_id, kind=kind)
    return rows.live().first() or rows.order_by("-closed_at").first()


def _is_same(last: WorkOrder) -> bool:
    return (
        last.state != State.NOT_A_FAULT
        and last.closed_at is not None
        and timezone.now() - last.closed_at < SAME_ORDER
    )


def _is_usual(last: WorkOrder, evidence: dict[str, Any]) -> bool:
    """An unlit place is dark every night; by day it is another matter."""
    same_light = last.evidence.get("light") == evidence.get("light")
    return last.kind == Kind.DARK and last.state == State.NOT_A_FAULT and same_light


def _is_let_pass(last: WorkOrder) -> bool:
    """People have said it is none, and it was not good since; or one of them is mending it just now."""
    if last.state == State.NOT_A_FAULT:
        return last.standing
    recent = last.closed_at is not None and timezone.now() - last.closed_at < ON_THE_LADDER
    return last.state == State.MENDED and recent


def _again(order: WorkOrder, evidence: dict[str, Any]) -> WorkOrder:
    order.state = State.ASSIGNED if order.assigned_to_id else State.OPEN
    order.since, order.evidence, order.standing = timezone.now(), evidence, True
    order.times += 1
    order.closed_at = order.closed_by = None
    order.words = ""
    order.save()
    return order


def _live(order: WorkOrder) -> WorkOrder:
    row = (
        WorkOrder.objects.select_for_update(of=("self",), no_key=True)
        .select_related("camera")
        .get(pk=order.pk)
    )
    if not row.is_live:
        raise Conflict(
            _("This work order is closed already: %(state)s.") % {"state": State(row.state).label},
            what_to_do=_("Read it again."),
            code="order-closed",
        )
    return row


def _close(
    order: WorkOrder, state: str, *, actor: User | None, words: str = "", standing: bool = True
) -> WorkOrder:
    now = timezone.now()
    stood_s = (now - order.since).total_seconds()
    order.state, order.closed_at, order.closed_by = state, now, actor
    order.words, order.standing = words.strip()[:300], standing
    order.stood_s += stood_s
    order.save()
    publish(
        facts.FaultOver(**facts.of_order(order), state=state, stood_s=round(stood_s)),  # type: ignore[arg-type]
        actor=actor,
    )
    return order
