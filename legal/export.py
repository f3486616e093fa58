"""Copies of the log for the data protection officer and for an authority."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import Max, Min

from legal import keys
from legal.chain import CHAINS, canonical, covered
from legal.models import ChainHead, Consultation, ConsultationEnd
from legal.models.consultation import ConsultationQuerySet
from legal.why import Period

BATCH = 2_000
COLUMNS = (
    "id",
    "begun_at",
    "user_label",
    "act",
    "camera_code",
    "sector_code",
    "kind",
    "period_from",
    "period_to",
    "reason",
    "reference",
    "reason_text",
    "ground",
    "workstation",
    "recipients",
    "exercise",
    "correlation",
)
Step = Callable[[int], tuple[str, int]]


async def stream(*steps: Step) -> AsyncIterator[str]:
    """Batch after batch, by number: nothing is held in memory and no cursor stays open between two of them."""
    for step in steps:
        after = 0
        while True:
            text, after = await sync_to_async(step)(after)
            if text:
                yield text
            if not after:
                break


def chained(period: Period) -> list[Step]:
    """JSON Lines: every row of the period as its hash covers it, then the heads signed in it or next after it."""
    return [*(_rows_of(chain, period) for chain in CHAINS), *(_heads_of(chain, period) for chain in CHAINS)]


def table(rows: ConsultationQuerySet) -> list[Step]:
    """A table for a spreadsheet, of what a search found."""

    def head(after: int) -> tuple[str, int]:
        return _csv([[*COLUMNS, "seconds", "ended"]]), 0

    def body(after: int) -> tuple[str, int]:
        batch = list(rows.filter(pk__gt=after).select_related("end").order_by("pk")[:BATCH])
        return _csv(_cells(row) for row in batch), batch[-1].pk if len(batch) == BATCH else 0

    return [head, body]


def _rows_of(chain: str, period: Period) -> Step:
    model = CHAINS[chain]
    inside = {f"{model.CLOCK}__gte": period.start, f"{model.CLOCK}__lt": period.end}

    def step(after: int) -> tuple[str, int]:
        # From the first to the last of the period without a hole, or the chain could not be followed.
        ends = model._default_manager.filter(**inside).aggregate(first=Min("pk"), last=Max("pk"))
        if ends["first"] is None:
            return "", 0
        rows = model._default_manager.filter(pk__gte=max(ends["first"], after + 1), pk__lte=ends["last"])
        batch = list(rows.order_by("pk")[:BATCH])
        text = "" if after else _line({"chain": chain, "previous": _hash_before(model, ends["first"])})
        text += "".join(_line(_as_object(row) | {"chain": chain}) for row in batch)
        return text, batch[-1].pk if len(batch) == BATCH else 0

    return step


def _heads_of(chain: str, period: Period) -> Step:
    def step(after: int) -> tuple[str, int]:
        signed = ChainHead.objects.filter(chain=chain, at__gte=period.start).select_related("stamp")
        heads = signed.order_by("last_id")
        within = [head for head in heads.iterator() if head.at < period.end]
        following = heads.filter(at__gte=period.end).first()
        told = [*within, following] if following else within
        return "".join(_line({"head": keys.as_object(head)} | _stamp(head)) for head in told), 0

    return step


def _stamp(head: ChainHead) -> dict[str, str]:
    """The authority's token, for `openssl ts -verify` over the head's canonical JSON."""
    stamp = getattr(head, "stamp", None)
    return {} if stamp is None else {"stamp": base64.b64encode(stamp.token).decode()}


def _as_object(row: Consultation | ConsultationEnd) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(canonical(covered(row)))
    return body | {"hash": row.hash}


def _hash_before(model: type[Consultation] | type[ConsultationEnd], number: int) -> str | None:
    return model._default_manager.filter(pk=number - 1).values_list("hash", flat=True).first()


def _line(value: dict[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def _cells(row: Consultation) -> list[str]:
    end = row.finish
    cells = [_cell(getattr(row, name)) for name in COLUMNS]
    return [*cells, str(end.seconds) if end else "", end.how if end else ""]


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    # A spreadsheet runs what begins like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _csv(lines: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()
