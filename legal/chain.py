"""Rows that hold on to one another: h(n) = SHA-256(h(n-1) ‖ canonical JSON of row n), in hexadecimal.

Canonical JSON: the columns of the row's layout, sorted by name, without spaces, UTF-8, moments in UTC with
their microseconds when they have any. So anybody can check an export with a few lines of any language.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

import orjson
from django.db import connection

from legal.models import ChainHead, Consultation, ConsultationEnd

GENESIS = "0" * 64
# pg_advisory keys: one row at a time joins a chain. Taken last, so held from here to the commit only.
LOCKS = {Consultation.CHAIN: 7_303, ConsultationEnd.CHAIN: 7_304}
HEADS_LOCK = 7_305  # one signer at a time
CHAINS: dict[str, type[Consultation] | type[ConsultationEnd]] = {
    model.CHAIN: model for model in (Consultation, ConsultationEnd)
}
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


Chained = TypeVar("Chained", Consultation, ConsultationEnd)


def canonical(values: dict[str, Any]) -> bytes:
    return orjson.dumps(values, option=_CANONICAL)


def canonical_in_order(values: dict[str, Any]) -> bytes:
    """The same of columns that stand in the order of their names already, as `sound.rows` reads them; sooner."""
    return orjson.dumps(values, option=orjson.OPT_UTC_Z)


def digest(previous: str, content: bytes) -> str:
    return hashlib.sha256(previous.encode() + content).hexdigest()


def covered(row: Consultation | ConsultationEnd) -> dict[str, Any]:
    """The columns of a row its hash covers, moments in UTC."""
    return {name: _in_utc(getattr(row, name)) for name in row.LAYOUTS[row.layout]}


def append(model: type[Chained], rows: Sequence[Chained]) -> list[Chained]:
    """Number these rows, chain and write them. Call it after every other write of the transaction but publish.

    From here to the commit every other look waits; so ids follow the order of commits and have no holes.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("append() must run inside transaction.atomic()")
    number, previous = _locked_tip(model)
    for row in rows:
        number += 1
        row.pk = number
        row.hash = previous = digest(previous, canonical(covered(row)))
    _insert(model, rows)
    return list(rows)


def _locked_tip(model: type[Consultation] | type[ConsultationEnd]) -> tuple[int, str]:
    """One round trip for both: each statement sees what was committed before it, so the tip is the latest."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_advisory_xact_lock({LOCKS[model.CHAIN]});"  # noqa: S608
            f"SELECT id, hash FROM {model._meta.db_table} ORDER BY id DESC LIMIT 1"
        )
        cursor.nextset()
        last: tuple[int, str] | None = cursor.fetchone()
    return last or tip(model)


def _insert(model: type[Chained], rows: Sequence[Chained]) -> None:
    """Plain SQL, all rows in one round trip: every other look waits for this one."""
    fields = model._meta.concrete_fields
    names = ", ".join(str(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})",  # noqa: S608
            [[getattr(row, field.attname) for field in fields] for row in rows],
        )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def take(lock: int) -> None:
    """Held until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def tip(model: type[Consultation] | type[ConsultationEnd]) -> tuple[int, str]:
    """Number and hash of the last row; of the last head when retention has emptied the table."""
    last = model._default_manager.order_by("-pk").values_list("pk", "hash").first()
    if last is None:
        head = ChainHead.objects.latest_of(model.CHAIN)
        last = (head.last_id, head.hash) if head else (0, GENESIS)
    return last


def _in_utc(value: Any) -> Any:
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value
