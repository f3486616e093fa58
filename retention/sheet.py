"""What is kept and how long, in words, for people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from retention.families import REVIEW_ON, Family
from retention.models import Lateness, Limit, Run
from retention.rules import Rule, limits, rules, words_of


@dataclass(frozen=True)
class Line:
    what: str
    name: str
    family: Family
    days: int
    longest_days: int | None
    basis: str
    source: str
    review_on: dt.date
    late: int
    oldest: dt.datetime | None

    @property
    def to_be_reviewed(self) -> bool:
        return self.review_on <= timezone.localdate()


def line(rule: Rule) -> Line:
    return _lines([rule])[0]


def lines() -> list[Line]:
    """Every rule."""
    return _lines(list(rules().values()))


def context() -> dict[str, Any]:
    families: dict[Family, list[Line]] = {}
    for one in lines():
        families.setdefault(one.family, []).append(one)
    runs = Run.objects.exclude(kind=Run.Kind.FULL_DISK)
    return {
        "families": [(family.label, families[family]) for family in Family if family in families],
        "runs": list(runs[:10]),
        "last": runs.first(),
        "late": [(words_of(one.what), one) for one in Lateness.objects.filter(items__gt=0)],
        "checked": Lateness.objects.order_by("checked_at").first(),
    }


def _lines(some: list[Rule]) -> list[Line]:
    names = [rule.what for rule in some]
    days = limits(names)
    rows = {row.what: row for row in Limit.objects.filter(what__in=names)}
    late = {one.what: one for one in Lateness.objects.filter(what__in=names)}
    found = []
    for rule in some:
        row, lateness = rows.get(rule.what), late.get(rule.what)
        found.append(
            Line(
                what=rule.what,
                name=rule.words,
                family=rule.family,
                days=days[rule.what],
                longest_days=rule.longest_days,
                basis=str(rule.basis),
                source=row.source if row else "",
                review_on=row.review_on if row else REVIEW_ON,
                late=lateness.items if lateness else 0,
                oldest=lateness.oldest if lateness else None,
            )
        )
    return sorted(found, key=lambda one: one.name)
