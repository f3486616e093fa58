"""The independent check: is anything there past its limit and an hour more? It asks in its own words.

It uses neither what the engine marks nor what it batches: one count a rule, and a keeper's look at the disk.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from retention.keepers import Late
from retention.models import Lateness
from retention.rules import Rule, limits, rules

logger = logging.getLogger(__name__)
GRACE = dt.timedelta(hours=1)


def check(*, now: dt.datetime | None = None) -> list[Lateness]:
    """Look at everything and write down what was found; those that are late, the worst first."""
    moment = now or timezone.now()
    kept = limits()
    found = [_look(rule, moment, kept[rule.what]) for rule in rules().values()]
    Lateness.objects.exclude(what__in=list(rules())).delete()
    Lateness.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["what"],
        update_fields=["items", "oldest", "strays", "checked_at"],
    )
    late = sorted((one for one in found if one.items), key=lambda one: -one.items)
    for one in late:
        logger.error("%s of %s are past their limit, the oldest from %s", one.items, one.what, one.oldest)
    return late


def _look(rule: Rule, now: dt.datetime, days: int) -> Lateness:
    try:
        with transaction.atomic():
            seen = _late(rule, now, days)
    except Exception:
        # What cannot be looked at is not known to be in order.
        logger.exception("%s could not be checked", rule.what)
        seen = Late(items=1)
    return Lateness(
        what=rule.what, items=seen.items, oldest=seen.oldest, strays=seen.strays, checked_at=timezone.now()
    )


def _late(rule: Rule, now: dt.datetime, days: int) -> Late:
    keeper = rule.kept_by()
    if keeper is not None:
        return keeper.late(before=GRACE, now=now)
    # A day's clock tells no hour: a day more.
    grace = GRACE if rule.counts_moments else dt.timedelta(days=1)
    rows = rule.expired(now - grace, days).order_by()
    oldest = rows.aggregate(oldest=Min(rule.clock))["oldest"]
    if oldest is None:
        return Late()
    if not isinstance(oldest, dt.datetime):
        oldest = dt.datetime.combine(oldest, dt.time(), dt.UTC)
    return Late(rows.count(), oldest)
