"""A head that looks elsewhere than the centre left it: what is masked for a view is not taken for another (L-03)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from cameras import facts
from cameras.models import CameraLock, SteeringOrder, TakeOver
from cameras.reasons import Reason
from cameras.steering import locks
from cameras.steering.orders import call_nodes
from events.log import publish

State = SteeringOrder.State


@transaction.atomic
def look_again(*, camera_id: int, order_again: bool) -> SteeringOrder | None:
    """Nobody knows its view now. With `order_again` (it restarted) what it had been turned to last is ordered anew.

    Not what a hand has moved since: there is no order under that hold. One on its way is sent again by who carries it.
    """
    lock = locks.rows_for([camera_id])[camera_id]
    orders = SteeringOrder.objects.select_for_update(no_key=True).filter(
        camera=camera_id, lock_serial=lock.serial
    )
    last = orders.order_by("-ordered_at", "-pk").first()
    if last is None or last.state in (State.ORDERED, State.SENT):
        return None
    # As after a move by hand: under a new serial the last order no longer says where it looks.
    CameraLock.objects.filter(pk=camera_id).update(serial=lock.serial + 1)
    TakeOver.objects.waiting().filter(camera=camera_id).update(serial=lock.serial + 1)
    if last.state != State.DONE:
        return None
    last.camera = lock.camera
    strayed = _strayed(last, Reason("restarted" if order_again else "moved_outside"))
    if not order_again:
        publish(strayed)
        return None
    last.state, last.lock_serial, last.ordered_at = State.ORDERED, lock.serial + 1, timezone.now()
    last.sent_at, last.done_at, last.result = None, None, ""
    last.save(update_fields=["state", "lock_serial", "ordered_at", "sent_at", "done_at", "result"])
    call_nodes()
    publish(strayed)
    return last


def _strayed(order: SteeringOrder, why: Reason) -> facts.Strayed:
    with translation.override(settings.LANGUAGE_CODE):
        return facts.Strayed(
            cause=order.cause,
            order_id=order.pk,
            camera_id=order.camera_id,
            code=order.camera.code,
            at=timezone.now().isoformat(timespec="milliseconds"),
            why=str(why),
            reason=why.as_json(),
        )
