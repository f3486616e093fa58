"""Tables that lie in one partition a UTC day: which they are, made ahead, dropped whole.

Whether a table is one is asked of PostgreSQL: a migration makes it so (retention_split_by_day).
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import time
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

logger = logging.getLogger(__name__)
# A clock that stood still for days finds them made; what lies in the rest meanwhile is moved to its day afterwards.
AHEAD = 10
MOVED_AT_MOST = 200_000
DAY = re.compile(r"_(\d{4})(\d{2})(\d{2})$")
# A drop asks for the whole table for a moment. Whoever comes after it in the queue waits as long as it does:
# so it gives up at once, and tries again.
PATIENCE_MS = 50
TRIES = 40


class BusyError(Exception):
    """Somebody reads the table just now, as a backup does for its whole time: the next pass tries again."""


def days(table: str) -> list[dt.date]:
    """The days there are partitions of, oldest first; none when the table does not lie in days."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " JOIN pg_partitioned_table p ON p.partrelid = i.inhparent WHERE i.inhparent = to_regclass(%s)",
            [table],
        )
        found = (DAY.search(name) for (name,) in cursor.fetchall())
        return sorted(dt.date(*map(int, match.groups())) for match in found if match)


def split_tables() -> dict[str, str]:
    """Every table that lies in days, with the column it does by."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]"
            " WHERE p.partstrat = 'r' AND to_regclass(quote_ident(c.relname || '_rest')) IS NOT NULL"
        )
        return dict(cursor.fetchall())


def make_ahead(today: dt.date) -> int:
    """Partitions for today and the days to come, and for those there are rows of all the same."""
    made = 0
    for table, clock in split_tables().items():
        there = set(days(table))
        wanted = [today + dt.timedelta(days=n) for n in range(AHEAD + 1)]
        for day in [*wanted, *_in_the_rest(table, clock, today)]:
            if day not in there:
                _soon("SELECT retention_make_day(%s, %s, %s)", [table, clock, day])
                made += 1
    return made


def _in_the_rest(table: str, clock: str, today: dt.date) -> list[dt.date]:
    """Days of the last week whose rows came when nobody had made them. Many rows are left to go one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'WITH lying AS (SELECT "{clock}" AS at FROM "{table}_rest"'  # noqa: S608
            f' WHERE "{clock}" >= %s AND "{clock}" < %s LIMIT {MOVED_AT_MOST + 1})'
            " SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM lying"
            f" WHERE (SELECT count(*) FROM lying) <= {MOVED_AT_MOST}",
            [_midnight(today - dt.timedelta(days=7)), _midnight(today)],
        )
        return [day for (day,) in cursor.fetchall()]


def drop(table: str, day: dt.date) -> None:
    _soon("SELECT retention_drop_day(%s, %s)", [table, day])


def drop_empty(table: str, until: dt.datetime) -> int:
    """Days before that whose rows are all gone."""
    dropped = 0
    for day in days(table):
        if _midnight(day + dt.timedelta(days=1)) > until:
            break
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name_of(table, day)}")')  # noqa: S608
            (held,) = cursor.fetchone() or (True,)
        if not held:
            drop(table, day)
            dropped += 1
    return dropped


def name_of(table: str, day: dt.date) -> str:
    return f"{table}_{day:%Y%m%d}"


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _soon(statement: str, values: list[Any]) -> None:
    """Inside a transaction of the caller or in its own; nobody waits longer for it than PATIENCE_MS.

    Raises BusyError when it was never let in.
    """
    for tried in range(TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
                cursor.execute(statement, values)
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            if tried == TRIES - 1:
                raise BusyError(str(error).strip()) from error
            time.sleep(0.05 * (1 + tried % 5))
