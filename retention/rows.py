"""Destroying rows that have no files of their own: whole days where the table lies in days, else by small batches."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from typing import Any

from django.db import connection, models, transaction

from retention import partitions
from retention.keepers import Doomed, hash_of
from retention.models import Run
from retention.register import enter
from retention.rules import Rule

logger = logging.getLogger(__name__)
BATCH = 2_000
# No statement of the engine waits for a lock, nor holds one long.
LOCK_MS, STATEMENT_S = 200, 60


def gentle() -> None:
    """For this transaction: give up rather than make others wait."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MS}")
        cursor.execute(f"SET LOCAL statement_timeout = '{STATEMENT_S}s'")


def destroy(rule: Rule, run: Run, *, now: dt.datetime, days: int) -> int:
    """Everything of this rule that has expired. How many rows."""
    done = _whole_days(rule, run, now, days) if _may_drop(rule) else 0
    while batch := _batch(rule, run, now, days):
        done += batch
        if batch < BATCH:
            break
    return done


@transaction.atomic
def _batch(rule: Rule, run: Run, now: dt.datetime, days: int) -> int:
    gentle()
    expired = rule.expired(now, days).select_for_update(skip_locked=True, of=("self",))[:BATCH]
    pks = [row.pk for row in expired.only("pk")]
    if not pks:
        return 0
    rows = rule.rows.filter(pk__in=pks)
    times = dict(rows.values_list("pk", rule.clock))
    moments = [_moment(told) for told in times.values() if told is not None] or [now]
    files = _files(rule, rows)
    doomed = Doomed(
        items=len(pks),
        files=len(files),
        bytes=0,
        oldest=min(moments),
        newest=max(moments),
        names_sha256=hash_of(f"{rule.what}:{pk}" for pk in pks),
        days=days,
    )
    with_them = _erase(rule, rows) if rule.erase is not None else _delete(rows)
    # Files first, for good; a row whose deletion then fails is found and finished by the next run.
    for field, name in files:
        field.storage.delete(name)
    enter(run, rule, doomed, finished=True, with_them=with_them)
    run.rows += len(pks)
    run.files += len(files)
    return len(pks)


def _delete(rows: models.QuerySet[Any]) -> dict[str, int]:
    """How many rows of other tables went with them, by table."""
    with_them = Counter(rows.delete()[1])
    with_them.pop(rows.model._meta.label, None)
    return dict(with_them)


def _erase(rule: Rule, rows: models.QuerySet[Any]) -> dict[str, int]:
    if callable(rule.erase):
        rule.erase(rows)
    else:
        rows.update(**(rule.erase or {}))
    return {}


def _files(rule: Rule, rows: models.QuerySet[Any]) -> list[tuple[models.FileField, str]]:
    """Files these rows alone hold. Those a rule blanks go when it names their column."""
    named = rule.erase if isinstance(rule.erase, dict) else None
    fields = [
        field
        for field in rule.model._meta.concrete_fields
        if isinstance(field, models.FileField) and (rule.erase is None or (named and field.name in named))
    ]
    return [(field, name) for field in fields for name in rows.values_list(field.name, flat=True) if name]


def _may_drop(rule: Rule) -> bool:
    return not (rule.where or rule.due or rule.erase or rule.keeper)


def _whole_days(rule: Rule, run: Run, now: dt.datetime, limit: int) -> int:
    table, done = rule.model._meta.db_table, 0
    for day in partitions.days(table):
        ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
        if ends > now - dt.timedelta(days=limit):
            break
        done += _drop(rule, run, table, day, limit)
    return done


@transaction.atomic
def _drop(rule: Rule, run: Run, table: str, day: dt.date, limit: int) -> int:
    clock, part = rule.clock_field.column, partitions.name_of(table, day)
    with connection.cursor() as cursor:
        # A hundred million rows: by all cores, from the index of the key where that tells all of it.
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 4")
        cursor.execute("SET LOCAL random_page_cost = 1")
        cursor.execute(f'SELECT count(*), min("{clock}"), max("{clock}") FROM "{part}"')  # noqa: S608
        items, oldest, newest = cursor.fetchone()
        cursor.execute(f'SELECT min(id), max(id) FROM "{part}"')  # noqa: S608
        first, last = cursor.fetchone()
    if items:
        # Of a whole day the numbers of its rows are the names: from the first to the last.
        names = hash_of([f"{rule.what}:{first}-{last}:{items}"])
        doomed = Doomed(items, 0, 0, oldest, newest, names, limit, scope=f"day {day}")
        enter(run, rule, doomed, finished=True)
    # Last: from here to the commit nobody else may use the table.
    partitions.drop(table, day)
    run.rows += items
    return int(items)


def _moment(told: Any) -> dt.datetime:
    if isinstance(told, dt.datetime):
        return told
    return dt.datetime.combine(told, dt.time(), dt.UTC)
