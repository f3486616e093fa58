"""The one door into the log."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from doors import correlation
from events import deliveries, nudge
from events.facts import Fact
from events.models import Event
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
    event = Event(
        at=timezone.now(),
        kind=fact.kind,
        data=fact.data(),
        about=fact.about(),
        actor=actor,
        correlation=correlation.current(),
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, _row(event, names_for(type(fact))))
        event.pk, owed = cursor.fetchone()
    transaction.on_commit(partial(_after_commit, event, owed), robust=True)
    return event


# One round trip for the turn, the line and what is owed for it: everybody else waits meanwhile. The line takes
# its id from a row that only the turn can give, so after the lock.
_WRITE = """
WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(%s)
), line AS (
    INSERT INTO events_event (at, kind, data, about, actor_id, correlation)
    SELECT %s::timestamptz, %s, %s::jsonb, %s::text[], %s::bigint, %s FROM turn RETURNING id
), owed AS (
    INSERT INTO events_delivery (event_id, reaction, tries, error)
    SELECT line.id, reaction, 0, '' FROM line, unnest(%s::text[]) AS reaction RETURNING id
)
SELECT line.id, array(SELECT id FROM owed ORDER BY id) FROM line
"""


def _row(event: Event, reactions: list[str]) -> list[Any]:
    data = Jsonb(event.data)
    return [LOG_LOCK, event.at, event.kind, data, event.about, event.actor_id, event.correlation, reactions]


def _after_commit(event: Event, owed: list[int]) -> None:
    nudge.log_grew(event.pk)
    logger.info("%s", event.kind, extra={"event": event.pk, "about": event.about, "actor": event.actor_id})
    deliveries.start(event.pk, owed)
