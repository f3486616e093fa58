"""Whether a chain is whole, by several processes side by side: each reads a part of it, tied to the row before.

This only says yes or no; what is wrong, and with which rows, verify.py finds by walking from one end to the other.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import django
from django.db import connection, transaction

from legal.chain import CHAINS, canonical_in_order, digest
from legal.models import Consultation, ConsultationEnd

BATCH = 5_000
# Processes take seconds to start: fewer rows are read sooner by one.
MANY = 1_000_000


@dataclass(frozen=True)
class Part:
    """Rows after one that is there, whose hash is `previous`, up to `until`; `signed` are heads among them."""

    chain: str
    after: int
    previous: str
    until: int
    signed: Mapping[int, str]
    database: str


def is_sound(
    chain: str, after: int, previous: str, until: int, signed: Mapping[int, str], processes: int
) -> bool:
    parts = _parts(chain, after, previous, until, signed, processes)
    if parts is None:
        return False
    # Started anew, not forked: a connection of this process is no other's.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, django.setup) as pool:
        return all(pool.map(_is_whole, parts))


def _parts(
    chain: str, after: int, previous: str, until: int, signed: Mapping[int, str], processes: int
) -> list[Part] | None:
    """None when a row they would be tied to is not there: the chain has a hole."""
    step = -(-(until - after) // (processes * 4))
    starts = list(range(after + step, until, step))
    hashes = dict(CHAINS[chain]._default_manager.filter(pk__in=starts).values_list("pk", "hash"))
    if len(hashes) < len(starts):
        return None
    hashes[after] = previous
    bounds = [after, *starts, until]
    return [
        Part(
            chain,
            first,
            hashes[first],
            last,
            {number: signed[number] for number in signed if first < number <= last},
            connection.settings_dict["NAME"],
        )
        for first, last in pairwise(bounds)
    ]


def _is_whole(part: Part) -> bool:
    connection.settings_dict["NAME"] = part.database
    number, previous = part.after, part.previous
    with transaction.atomic():
        for values, kept in rows(CHAINS[part.chain], part.after, part.until):
            number += 1
            if values["id"] != number or digest(previous, canonical_in_order(values)) != kept:
                return False
            if part.signed.get(number, kept) != kept:
                return False
            previous = kept
    return number == part.until


def rows(
    model: type[Consultation] | type[ConsultationEnd], after: int, until: int | None
) -> Iterator[tuple[dict[str, Any], str]]:
    """What the hash of each row covers, in the order of its names, and its hash; a few thousand at a time."""
    columns = sorted({name for layout in model.LAYOUTS.values() for name in layout})
    at = {name: place for place, name in enumerate(columns)}
    query = f"SELECT {', '.join(columns)}, hash FROM {model._meta.db_table} WHERE id > %s"  # noqa: S608
    if until is not None:
        query += f" AND id <= {until}"
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{query} ORDER BY id", [after])
        while batch := cursor.fetchmany(BATCH):
            for row in batch:
                layout = model.LAYOUTS.get(row[at["layout"]], model.LAYOUTS[1])
                values = (
                    dict(zip(columns, row, strict=False))
                    if len(layout) == len(columns)
                    else {name: row[at[name]] for name in sorted(layout)}
                )
                yield values, row[-1]
