"""The whole log read back each night, so that what was altered is known without anybody's thinking of it (L-64)."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Any

from django.db import transaction

from events.log import publish
from legal import facts, keys
from legal.chain import CHAINS
from legal.models import LogReading
from legal.verify import verify

logger = logging.getLogger(__name__)
FINDINGS = 50


def heads_kept(file: Path | None = None) -> list[dict[str, Any]]:
    """Copies of heads kept outside the database: those beside the key, or of another file, which then must exist.

    A line torn by a crash says nothing; the head it was to copy is in the database.
    """
    if file is None:
        file = keys.kept_file()
        if not file.exists():
            return []
    kept = []
    for line in file.read_text().splitlines():
        try:
            kept.append(json.loads(line))
        except ValueError:
            continue
    return kept


def read_log() -> LogReading:
    """All of both chains, by one process in bounded memory. What is wrong is told once for each worse reading."""
    began, rows, heads = time.perf_counter(), 0, 0
    kept, found = heads_kept(), []
    for chain in CHAINS:
        walk = verify(chain, kept=kept)
        rows, heads = rows + walk.rows, heads + walk.heads
        found += [str(finding) for finding in walk.findings]
    return _written(rows, heads, found, time.perf_counter() - began)


@transaction.atomic
def _written(rows: int, heads: int, found: list[str], seconds: float) -> LogReading:
    before = LogReading.objects.latest_one()
    reading = LogReading.objects.create(
        seconds=seconds, rows=rows, heads=heads, wrong=len(found), findings=found[:FINDINGS]
    )
    if found:
        logger.error("the log of consultations is not whole", extra={"findings": found[:FINDINGS]})
    else:
        logger.info("the log of consultations is whole", extra={"rows": rows, "heads": heads})
    if len(found) > (before.wrong if before else 0):
        publish(facts.LogNotWhole(reading_id=reading.pk, wrong=len(found)))
    return reading
