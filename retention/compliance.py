"""What this app answers to the state of compliance, and every rule for the record (legal/state/contributions.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Max, Min, Sum
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from retention.families import Family
from retention.models import Lateness
from retention.rules import limits, rules, words_of
from retention.sheet import lines

# The independent look comes every quarter of an hour.
OLD_LOOK = dt.timedelta(hours=1)
FILMED = (Family.STREET_VIDEO, Family.BODY_WORN, Family.CALL_AUDIO, Family.RECIPIENT_COPY)


def _over_the_order() -> dict[str, Any]:
    kept = limits()
    filmed = [rule for rule in rules().values() if rule.family in FILMED]
    most = {rule.what: rule.most_days for rule in filmed}
    over = [rule for rule in filmed if (allowed := most[rule.what]) is not None and kept[rule.what] > allowed]
    words = (
        ngettext(
            "%(n)s limit is longer than the law and the orders in force allow: set it shorter.",
            "%(n)s limits are longer than the law and the orders in force allow: set them shorter.",
            len(over),
        )
        % {"n": len(over)}
        if over
        else _("Every limit on images is within the law and the orders in force.")
    )

    def rows() -> Iterator[list[str]]:
        for rule in filmed:
            allowed = most[rule.what]
            yield [
                rule.words,
                str(kept[rule.what]),
                "—" if allowed is None else str(allowed),
                str(rule.basis),
            ]

    return {
        "state": "bad" if over else "good",
        "figure": len(over),
        "words": words,
        "columns": [_("What"), _("Kept (days)"), _("At most"), _("Why")],
        "rows": rows,
        "link": reverse("retention:kept"),
    }


def _too_old() -> dict[str, Any]:
    seen = Lateness.objects.aggregate(late=Sum("items"), latest=Max("checked_at"), first=Min("checked_at"))
    late, latest = seen["late"] or 0, seen["latest"]
    stale = seen["first"] is None or timezone.now() - seen["first"] > OLD_LOOK
    if late:
        words = ngettext(
            "%(n)s row or file is there past its limit.",
            "%(n)s rows or files are there past their limit.",
            late,
        ) % {"n": late}
    elif latest is None:
        words = _("Nobody has looked yet: the clock of the centre does it every quarter of an hour.")
    else:
        text = _("Nothing is past its limit; last looked at on %(at)s.")
        if stale:
            text = _(
                "Nothing was past its limit, but somebody last looked on %(at)s: the clock stands still."
            )
        words = text % {"at": formats.date_format(timezone.localtime(latest), "SHORT_DATETIME_FORMAT")}

    def rows() -> Iterator[list[str]]:
        for one in Lateness.objects.order_by("-items", "what"):
            at = formats.date_format(timezone.localtime(one.checked_at), "SHORT_DATETIME_FORMAT")
            yield [words_of(one.what), str(one.items), str(one.strays), at]

    return {
        "state": "bad" if late else "look" if stale else "good",
        "figure": late,
        "words": words,
        "columns": [_("What"), _("Too old"), _("Files nobody knows"), _("Looked at")],
        "rows": rows,
        "link": reverse("retention:destructions"),
    }


def _kept() -> list[dict[str, Any]]:
    """Every rule, with its limit in force, for the record of processing activities."""
    return [
        {
            "what": line.what,
            "name": line.name,
            "family": str(line.family.label),
            "days": line.days,
            "longest_days": line.longest_days,
            "basis": line.basis,
            "source": line.source,
        }
        for line in lines()
    ]


POINTS = [
    {"point": "over_the_order", "name": gettext_lazy("Limits"), "look": _over_the_order},
    {"point": "too_old", "name": gettext_lazy("The independent look"), "look": _too_old},
]
PROVIDES = {"kept": _kept}
