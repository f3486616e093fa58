"""Running the reactions that are owed."""

from __future__ import annotations

import datetime as dt
import logging
from concurrent.futures import ThreadPoolExecutor

from django.db import InterfaceError, OperationalError, connections, transaction
from django.utils import timezone

from doors import correlation
from doors.rows import columns, made, prepared
from events import tail
from events.models import Delivery, Event
from events.reactions import REACTIONS

logger = logging.getLogger(__name__)


_thread: ThreadPoolExecutor | None = None


def in_background() -> None:
    """From here on reactions of this process run one after the other in a thread of their own.

    For the web process: a press is answered when it is written, and a storm of presses waits for nobody's
    reactions. What the thread has not done when the process dies is owed, and the sweep does it.
    """
    global _thread
    _thread = _thread or ThreadPoolExecutor(1, thread_name_prefix="reactions")


def start(event_id: int, owed: list[int]) -> None:
    """Run what an event owes: here and now, or in the thread of `in_background` once the screens have it."""
    if _thread is None:
        for delivery_id in owed:
            run(delivery_id)
        return
    tail.give_way(event_id)
    if owed:
        _thread.submit(_run_all, owed)


def _run_all(owed: list[int]) -> None:
    try:
        for delivery_id in owed:
            run(delivery_id)
    finally:
        connections.close_all()


def run(delivery_id: int) -> bool:
    """Run one owed reaction in its own transaction; True when it is done now.

    A failure is counted and left to the sweep, which waits longer each time (1, 4, 9, 16 … seconds). When the
    database itself is away nothing is counted: the row still says what is owed.
    """
    try:
        with transaction.atomic():
            return _run_locked(delivery_id)
    except (OperationalError, InterfaceError):
        logger.warning("reaction put off: the database does not answer", extra={"delivery": delivery_id})
    except Exception as error:  # noqa: BLE001  (one bad reaction must not stop the others; the row keeps the error)
        _count_failure(delivery_id, error)
    return False


# Race: the publishing process and the sweep meet on one row. The lock lets one in; the other skips.
_OWED = f"""
SELECT d.reaction, {columns(Event, "e")} FROM events_delivery d JOIN events_event e ON e.id = d.event_id
WHERE d.id = %s AND d.done_at IS NULL FOR UPDATE OF d SKIP LOCKED
"""  # noqa: S608  (names of our own columns)
_DONE = "UPDATE events_delivery SET done_at = %s, tries = tries + 1, error = '' WHERE id = %s"


def _run_locked(delivery_id: int) -> bool:
    owed = prepared(_OWED, [delivery_id])
    if not owed:
        return False
    [(reaction, *row)] = owed
    event = made(Event, row)
    with correlation.under(event.correlation):
        REACTIONS[reaction](event)
    prepared(_DONE, [timezone.now(), delivery_id])
    return True


def _count_failure(delivery_id: int, error: Exception) -> None:
    logger.exception("reaction failed", extra={"delivery": delivery_id})
    try:
        with transaction.atomic():
            row = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
            row.tries += 1
            row.next_at = timezone.now() + dt.timedelta(seconds=row.tries**2)
            row.error = f"{type(error).__name__}: {error}"[:2000]
            row.save(update_fields=["tries", "next_at", "error"])
    except (OperationalError, InterfaceError):
        logger.warning("failure not counted: the database does not answer", extra={"delivery": delivery_id})


def sweep(limit: int = 500) -> int:
    """Run what crashes left behind; how many were done."""
    due = Delivery.objects.due(timezone.now()).values_list("pk", flat=True)[:limit]
    return sum(run(pk) for pk in due)


def try_again(delivery: Delivery) -> bool:
    """A supervisor asks for one more try of a reaction that was given up."""
    Delivery.objects.filter(pk=delivery.pk, done_at=None).update(tries=0, next_at=None)
    return run(delivery.pk)
