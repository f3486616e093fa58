"""Find any row of the log that was altered, removed, inserted or moved, in bounded memory.

Several processes say quickly whether a long log is whole (sound.py); one that is not is walked, to name the rows.

What a chain can and cannot show is said in docs/how-to/consultations.md.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from legal import keys
from legal.chain import CHAINS, GENESIS
from legal.models import ChainHead, Consultation, ConsultationEnd
from legal.sound import MANY, is_sound, rows
from legal.suspects import Suspect, Suspects, collapsed

KEPT = dt.timedelta(days=1095)


class Finding(NamedTuple):
    """What is wrong, with the rows it is wrong with."""

    chain: str
    first: int
    last: int
    words: str

    def __str__(self) -> str:
        rows = f"row {self.first}" if self.first == self.last else f"rows {self.first} to {self.last}"
        return f"{self.chain}: {rows}: {self.words}"


@dataclass
class Walk:
    """What one pass over a chain found."""

    chain: str
    rows: int = 0
    heads: int = 0
    findings: list[Finding] = field(default_factory=list)

    def say(self, first: int, last: int, words: str) -> None:
        self.findings.append(Finding(self.chain, first, last, words))


def verify(
    chain: str,
    *,
    start: dt.datetime | None = None,
    end: dt.datetime | None = None,
    kept: list[dict[str, Any]] | None = None,
    processes: int = 1,
) -> Walk:
    """Walk one chain, or the part of it written between two moments. `kept`: copies of heads kept elsewhere.

    With more than one process, only what others may read is read: what is committed.
    """
    model, walk = CHAINS[chain], Walk(chain)
    with transaction.atomic():
        heads = list(ChainHead.objects.filter(chain=chain).order_by("last_id"))
        after, until = _bounds(model, start, end)
        # A head is held against the rows whatever its signature: a row cut off the end shows by it.
        _check_heads(walk, heads, kept or [])
        if processes < 2 or not _is_sound(walk, model, heads, after, until, processes):
            _walk(walk, model, heads, after, until)
    walk.findings.sort(key=lambda finding: (finding.first, finding.last))
    return walk


def _bounds(
    model: type[Consultation] | type[ConsultationEnd], start: dt.datetime | None, end: dt.datetime | None
) -> tuple[int, int | None]:
    """The number before the first row to read, and the last one (None: to the end)."""
    rows = model._default_manager.all()
    after = rows.filter(**{f"{model.CLOCK}__lt": start}).aggregate(m=Max("pk"))["m"] if start else 0
    until = rows.filter(**{f"{model.CLOCK}__lt": end}).aggregate(m=Max("pk"))["m"] or 0 if end else None
    return after or 0, until


def _check_heads(walk: Walk, heads: list[ChainHead], kept: list[dict[str, Any]]) -> None:
    known, before = keys.trusted(), None
    for head in heads:
        walk.heads += 1
        if head.key not in known:
            walk.say(
                head.last_id, head.last_id, f"the head of {head.day} is signed by a key not of this centre"
            )
        elif not keys.holds(head, known):
            walk.say(head.last_id, head.last_id, f"the head of {head.day} was altered: its signature fails")
        if head.previous != (keys.digest_of(before) if before else ""):
            first = before.last_id + 1 if before else 1
            walk.say(first, head.last_id, f"a head before that of {head.day} was removed or altered")
        before = head
    here = {(head.last_id, head.hash) for head in heads}
    for copy in kept:
        if copy["chain"] == walk.chain and (copy["last_id"], copy["hash"]) not in here:
            words = (
                f"the head of {copy['day']}, kept elsewhere, is not in the database: the log was rewritten"
            )
            walk.say(copy["last_id"], copy["last_id"], words)


def _is_sound(
    walk: Walk,
    model: type[Consultation] | type[ConsultationEnd],
    heads: list[ChainHead],
    after: int,
    until: int | None,
    processes: int,
) -> bool:
    """Whether a long log is as it should be from end to end. What is short or in doubt is walked."""
    first, previous = _anchor(model, heads, after)
    last = until or model._default_manager.aggregate(m=Max("pk"))["m"] or 0
    if previous is None:
        found = model._default_manager.order_by("pk").values_list("pk", flat=True).first() or 0
        head = next((head for head in heads if head.last_id == found - 1 and _let_go(head)), None)
        first, previous = found - 1, head.hash if head else None
    ends_too_soon = until is None and heads and heads[-1].last_id > last
    if previous is None or ends_too_soon or last - first < MANY:
        return False
    if not is_sound(
        walk.chain, first, previous, last, {head.last_id: head.hash for head in heads}, processes
    ):
        return False
    walk.rows = last - first
    return True


def _walk(
    walk: Walk,
    model: type[Consultation] | type[ConsultationEnd],
    heads: list[ChainHead],
    after: int,
    until: int | None,
) -> None:
    signed = {head.last_id: head for head in heads}
    number, previous = _anchor(model, heads, after)
    last_head, suspects = after, Suspects()
    for values, kept in rows(model, number, until):
        row = Suspect(values, kept)
        if previous is None:  # the oldest rows were let go of; the head that ends them ties the rest
            previous = _tie(walk, row.number, signed)
            number = row.number - 1
            if number not in signed:
                suspects.break_off()
        elif row.number != number + 1:
            walk.say(
                number + 1,
                row.number - 1,
                f"removed; row {row.number} can no longer be tied to the one before",
            )
            suspects.break_off()
        suspects.meet(row, previous)
        number, previous = row.number, row.hash
        walk.rows += 1
        if head := signed.get(number):
            if head.hash != row.hash:
                words = f"rewritten after the head of {head.day} was signed"
                walk.say(min(last_head + 1, number), number, words)
            last_head = number
    for first, last, words in collapsed(suspects.explained()):
        walk.say(first, last, words)
    if until is None and heads and heads[-1].last_id > number:
        walk.say(
            number + 1, heads[-1].last_id, f"removed from the end: the head of {heads[-1].day} covers them"
        )


def _anchor(
    model: type[Consultation] | type[ConsultationEnd], heads: list[ChainHead], after: int
) -> tuple[int, str | None]:
    """What the first row to read must be tied to. A part of the log is tied to the row before it."""
    if after:
        return after, model._default_manager.values_list("hash", flat=True).get(pk=after)
    first = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return (heads[-1].last_id if heads and _let_go(heads[-1]) else 0), GENESIS
    return (0, GENESIS) if first == 1 else (0, None)


def _tie(walk: Walk, first: int, signed: dict[int, ChainHead]) -> str:
    head = signed.get(first - 1)
    if first > 1 and (head is None or not _let_go(head)):
        walk.say(1, first - 1, "removed before their time: no head older than three years covers them")
    return head.hash if head else GENESIS


def _let_go(head: ChainHead) -> bool:
    """Whether retention may have taken all rows this head covers."""
    return head.at < timezone.now() - KEPT
