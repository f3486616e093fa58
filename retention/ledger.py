"""The register of recordings (L-06): by camera and day what was made, what was destroyed and to whom it went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from retention.keepers import OfOneDay
from retention.models import DestroyedDay
from retention.rules import rules

COLUMNS = (
    *("what", "subject", "day", "first_at", "last_at", "kept_items", "kept_bytes", "destroyed_items"),
    *("destroyed_bytes", "destroyed_at", "early", "run", "handed_over"),
)


@dataclass
class Line:
    what: str
    subject: str
    day: dt.date
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    kept_items: int = 0
    kept_bytes: int = 0
    destroyed_items: int = 0
    destroyed_bytes: int = 0
    destroyed_at: dt.datetime | None = None
    early: int = 0
    run: int | None = None
    handed_over: list[str] = field(default_factory=list)

    def spans(self, first: dt.datetime, last: dt.datetime) -> None:
        self.first_at = min(filter(None, (self.first_at, first)))
        self.last_at = max(filter(None, (self.last_at, last)))

    def as_object(self) -> dict[str, Any]:
        return asdict(self)


def lines(since: dt.date, until: dt.date, subject: str = "") -> list[Line]:
    """UTC days, the latest first, both included."""
    found: dict[tuple[str, str, dt.date], Line] = {}

    def line(what: str, name: str, day: dt.date) -> Line:
        return found.setdefault((what, name, day), Line(what, name, day))

    for what, one in _kept(since, until, subject):
        kept = line(what, one.subject, one.day)
        kept.kept_items, kept.kept_bytes = one.items, one.bytes
        kept.spans(one.first_at, one.last_at)
    gone = DestroyedDay.objects.filter(day__gte=since, day__lte=until)
    for row in gone.filter(subject=subject) if subject else gone:
        lost = line(row.what, row.subject, row.day)
        lost.destroyed_items, lost.destroyed_bytes = row.items, row.bytes
        lost.destroyed_at, lost.early, lost.run = row.destroyed_at, row.early, row.run_id
        lost.spans(row.first_at, row.last_at)
    for rule in rules().values():
        keeper = rule.kept_by()
        for name, day, words in keeper.handed_over(since, until, subject) if keeper else ():
            line(rule.what, name, day).handed_over.append(words)
    return sorted(found.values(), key=lambda one: (-one.day.toordinal(), one.subject, one.what))


def _kept(since: dt.date, until: dt.date, subject: str) -> Iterator[tuple[str, OfOneDay]]:
    for rule in rules().values():
        keeper = rule.kept_by()
        if keeper is not None:
            for one in keeper.kept(since, until, subject):
                yield rule.what, one
