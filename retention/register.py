"""Writing the register. Always inside the transaction that dooms what it tells of (L-06)."""

from __future__ import annotations

import datetime as dt
import socket

from django.db import connection
from django.utils import timezone

from retention.keepers import Doomed, OfOneDay
from retention.models import Destruction, Run
from retention.rules import Rule

_GROW = """
INSERT INTO retention_destroyedday
    (what, subject, day, first_at, last_at, items, bytes, early, destroyed_at, run_id)
SELECT %s, * FROM unnest(%s::text[], %s::date[], %s::timestamptz[], %s::timestamptz[], %s::int[], %s::bigint[],
                         %s::int[], %s::timestamptz[], %s::bigint[])
ON CONFLICT (what, subject, day) DO UPDATE SET
    first_at = least(retention_destroyedday.first_at, excluded.first_at),
    last_at = greatest(retention_destroyedday.last_at, excluded.last_at),
    items = retention_destroyedday.items + excluded.items,
    bytes = retention_destroyedday.bytes + excluded.bytes,
    early = retention_destroyedday.early + excluded.early,
    destroyed_at = greatest(retention_destroyedday.destroyed_at, excluded.destroyed_at),
    run_id = excluded.run_id
"""


def this_process() -> str:
    return socket.gethostname()[:80]


def enter(
    run: Run,
    rule: Rule,
    doomed: Doomed,
    *,
    cause: str = Destruction.Cause.EXPIRED,
    finished: bool = False,
    with_them: dict[str, int] | None = None,
    why: str = "",
) -> Destruction:
    if not connection.in_atomic_block:
        raise RuntimeError("enter() must run inside transaction.atomic()")
    now = timezone.now()
    written = Destruction.objects.create(
        run=run,
        what=rule.what,
        cause=cause,
        days=doomed.days,
        basis=str(rule.basis)[:400],
        scope=doomed.scope,
        begun_at=now,
        finished_at=now if finished else None,
        items=doomed.items,
        files=doomed.files,
        bytes=doomed.bytes,
        oldest=doomed.oldest,
        newest=doomed.newest,
        names_sha256=doomed.names_sha256,
        with_them=with_them or {},
        why=why[:200],
        node=run.node,
    )
    _grow(run, rule.what, doomed.of_days, now, early=cause == Destruction.Cause.FULL_DISK)
    return written


def enter_early(rule: Rule, doomed: Doomed, *, node: str, why: str) -> Destruction:
    """Before its day, because there was no room left: a run of its own, by whoever ran out of room."""
    now = timezone.now()
    run = Run.objects.create(
        kind=Run.Kind.FULL_DISK,
        node=node,
        clock=now,
        ended_at=now,
        rows=doomed.items,
        files=doomed.files,
        bytes=doomed.bytes,
    )
    return enter(run, rule, doomed, cause=Destruction.Cause.FULL_DISK, why=why)


def _grow(run: Run, what: str, days: list[OfOneDay], now: dt.datetime, *, early: bool) -> None:
    if not days:
        return
    days = sorted(days, key=lambda one: (one.subject, one.day))  # one order: two runs do not lock each other
    with connection.cursor() as cursor:
        cursor.execute(
            _GROW,
            [
                what,
                [one.subject for one in days],
                [one.day for one in days],
                [one.first_at for one in days],
                [one.last_at for one in days],
                [one.items for one in days],
                [one.bytes for one in days],
                [one.items if early else 0 for one in days],
                [now] * len(days),
                [run.pk] * len(days),
            ],
        )
