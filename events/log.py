"""The one door into the log."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, transaction

from doors import correlation
from events import deliveries, nudge
from events.facts import Fact
from events.models import Delivery, Event
from events.reactions import names_for

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
LOG_LOCK = 7_301  # pg_advisory key: ids are handed out in commit order


def publish(fact: Fact, *, actor: User | None = None) -> Event:
    """Write a fact to the log, inside the transaction that made it true. Call it last.

    From here to the commit every other publisher waits: without that, a reader that follows ids misses those
    that commit out of order. After commit the tails are nudged and this process runs the reactions owed.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() must run inside transaction.atomic()")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])
    event = Event.objects.create(
        kind=fact.kind,
        data=fact.data(),
        about=fact.about(),
        actor=actor,
        correlation=correlation.current(),
    )
    owed = [Delivery(event=event, reaction=name) for name in names_for(type(fact))]
    Delivery.objects.bulk_create(owed)
    transaction.on_commit(partial(_after_commit, event, [d.pk for d in owed]), robust=True)
    return event


def _after_commit(event: Event, owed: list[int]) -> None:
    nudge.log_grew(event.pk)
    logger.info("%s", event.kind, extra={"event": event.pk, "about": event.about, "actor": event.actor_id})
    for delivery_id in owed:
        deliveries.run(delivery_id)
