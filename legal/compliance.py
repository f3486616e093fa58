"""What this app answers to the state of compliance and to the record of processing (legal/state/contributions.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from legal.assessments import Assessed, assessed
from legal.chain import canonical, covered, digest
from legal.models import ChainHead, Consultation, Controller, LogReading
from legal.record import unplaced
from legal.role import APPEND_ONLY

LOOKED_THROUGH = 200
READ_COLUMNS = (
    *(gettext_lazy("Read on"), gettext_lazy("Rows"), gettext_lazy("Signed heads"), gettext_lazy("Seconds")),
    *(gettext_lazy("Wrong"), gettext_lazy("What was found")),
)
OLD_HEAD = dt.timedelta(hours=2)
# A night may be missed, two are not.
OLD_READING = dt.timedelta(hours=50)


def _assessments() -> dict[str, Any]:
    found = assessed()
    lacking = [one for one in found if one.why != Assessed.Why.NOTHING]
    if not found:
        words = _("No order of the prefect is in force, so nothing is filmed that would need one.")
    elif lacking:
        words = ngettext(
            "%(n)s order in force lacks a current impact assessment with its opinion.",
            "%(n)s orders in force lack a current impact assessment with its opinion.",
            len(lacking),
        ) % {"n": len(lacking)}
    else:
        words = _(
            "Each order in force has its assessment, its opinion, and the configuration they were made on."
        )
    bad = any(one.why == Assessed.Why.MISSING for one in lacking)
    return {
        "state": "none" if not found else "bad" if bad else "look" if lacking else "good",
        "figure": len(lacking),
        "words": words,
        "columns": [_("Order"), _("Version"), _("Opinion"), _("What is missing")],
        "rows": lambda: (one.cells() for one in found),
        "link": reverse("legal:assessments"),
    }


def _panel() -> dict[str, Any]:
    us = Controller.current()
    missing = [str(one) for one in us.missing]
    if missing:
        words = _("Missing on the panel and on the public page: %(what)s.") % {"what": ", ".join(missing)}
    elif us.panels_are_old():
        words = _("All of it is written; nobody has walked round to see the panels for a year.")
    else:
        day = formats.date_format(us.panels_checked_on) if us.panels_checked_on else ""
        words = _("All of it is written; the panels were seen on %(day)s.") % {"day": day}
    return {
        "state": "bad" if missing else "look" if us.panels_are_old() else "good",
        "figure": len(missing),
        "words": words,
        "columns": [_("What the panel says"), _("As it stands")],
        "rows": lambda: (
            [str(us._meta.get_field(name).verbose_name), getattr(us, name)]  # type: ignore[union-attr]
            for name in us.NEEDED
        ),
        "link": reverse("legal:information"),
    }


def _log() -> dict[str, Any]:
    """The last rows hold on to one another, and a head was signed since the last but a few."""
    last = list(Consultation.objects.order_by("-pk")[: LOOKED_THROUGH + 1])
    broken = [
        row.pk for row, before in pairwise(last) if digest(before.hash, canonical(covered(row))) != row.hash
    ]
    head = ChainHead.objects.latest_of(Consultation.CHAIN)
    unsigned = bool(last) and (head is None or head.last_id < last[0].pk)
    # The clock signs each hour: what is older and unsigned means that it stands still.
    late = unsigned and last[0].begun_at < timezone.now() - OLD_HEAD
    if broken:
        words = _("Row %(row)s of the log does not agree with its hash: run verify_audit.") % {
            "row": broken[-1]
        }
    elif late:
        words = _("Looks of more than two hours ago are not under a signed head: the clock stands still.")
    else:
        words = _("Every look is in the log; rows so far: %(n)s. The last ones were verified just now.") % {
            "n": last[0].pk if last else 0
        }

    def rows() -> Iterator[list[str]]:
        for one in ChainHead.objects.order_by("-pk").select_related("stamp")[:50]:
            at = formats.date_format(timezone.localtime(one.at), "SHORT_DATETIME_FORMAT")
            stamp = getattr(one, "stamp", None)
            yield [one.chain, str(one.last_id), at, one.key, stamp.authority if stamp else "—"]

    return {
        "state": "bad" if broken else "look" if late else "good",
        "figure": len(broken) + int(late),
        "words": words,
        "columns": [_("Log"), _("Row"), _("Signed at"), _("Key"), _("Time-stamp")],
        "rows": rows,
        "link": reverse("legal:consultations"),
    }


def _read_back() -> dict[str, Any]:
    """Each night all of it, not only the last rows."""
    last = LogReading.objects.latest_one()
    at = formats.date_format(timezone.localtime(last.at), "SHORT_DATETIME_FORMAT") if last else ""
    old = last is None or last.at < timezone.now() - OLD_READING
    if last is None:
        words = _("The whole log was never read back: the clock does so each night.")
    elif last.wrong:
        words = ngettext(
            "The whole log was read on %(at)s: %(n)s thing is wrong with it, named in the proof.",
            "The whole log was read on %(at)s: %(n)s things are wrong with it, named in the proof.",
            last.wrong,
        )
        words %= {"at": at, "n": last.wrong}
    elif old:
        words = _("The whole log was last read on %(at)s: the clock stands still.") % {"at": at}
    else:
        words = _("The whole log was read on %(at)s and is whole: %(rows)s rows, %(heads)s signed heads.")
        words %= {"at": at, "rows": last.rows, "heads": last.heads}

    def rows() -> Iterator[list[str]]:
        for one in LogReading.objects.order_by("-pk")[:50]:
            read = formats.date_format(timezone.localtime(one.at), "SHORT_DATETIME_FORMAT")
            found = "; ".join(one.findings) or "—"
            yield [read, str(one.rows), str(one.heads), f"{one.seconds:.1f}", str(one.wrong), found]

    return {
        "state": "bad" if last and last.wrong else "look" if old else "good",
        "figure": last.wrong if last and last.wrong else int(old),
        "words": words,
        "columns": list(map(str, READ_COLUMNS)),
        "rows": rows,
        "link": reverse("legal:consultations"),
    }


def _role() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, has_table_privilege(c.oid, 'UPDATE, TRUNCATE') FROM pg_class c"
            " WHERE c.relname = ANY(%s) AND c.relkind IN ('r', 'p') ORDER BY 1",
            [list(APPEND_ONLY)],
        )
        found: list[tuple[str, bool]] = cursor.fetchall()
    loose = [table for table, may_change in found if may_change]
    words = (
        _("The application signs in to the database as the owner of the log: give it a role of its own.")
        if loose
        else _("The application signs in as a role that may add to the log and read it, and nothing else.")
    )
    return {
        "state": "look" if loose else "good",
        "figure": len(loose),
        "words": words,
        "columns": [_("Table"), _("May be changed by the application's role")],
        "rows": lambda: ([table, _("yes") if may else _("no")] for table, may in found),
    }


def _stamps() -> dict[str, Any]:
    if not settings.LEGAL_TSA_URL:
        words = _("No time-stamp authority is configured: heads are signed, and kept outside the database.")
        return {"state": "none", "figure": 0, "words": words}
    late = ChainHead.objects.filter(stamp=None, at__lt=timezone.now() - OLD_HEAD)
    waiting = late.filter(at__gt=timezone.now() - dt.timedelta(days=31)).count()
    words = (
        ngettext(
            "%(n)s head of the last month has no time-stamp yet.",
            "%(n)s heads of the last month have no time-stamp yet.",
            waiting,
        )
        % {"n": waiting}
        if waiting
        else _("Every head of the last month carries the time-stamp of the authority.")
    )
    return {"state": "look" if waiting else "good", "figure": waiting, "words": words}


def _register() -> dict[str, Any]:
    missing, us = unplaced(), Controller.current()
    nameless = [str(one) for one in us.missing]
    if missing:
        words = ngettext(
            "%(n)s kind of data is kept that no activity of the record names.",
            "%(n)s kinds of data are kept that no activity of the record names.",
            len(missing),
        ) % {"n": len(missing)}
    elif nameless:
        words = _("The record is complete but for who answers for it: %(what)s.") % {
            "what": ", ".join(nameless)
        }
    else:
        words = _("Every kind of data the centre keeps stands in the record, with its limit as it is now.")
    return {
        "state": "bad" if missing else "look" if nameless else "good",
        "figure": len(missing) + len(nameless),
        "words": words,
        "columns": [_("What is missing")],
        "rows": lambda: ([one] for one in [*missing, *nameless]),
        "link": reverse("legal:record"),
    }


def _no_body_worn() -> dict[str, Any]:
    return {"state": "none", "figure": 0, "words": _("This centre keeps nothing of body-worn cameras.")}


POINTS = [
    {"point": "assessment", "name": gettext_lazy("Impact assessments"), "look": _assessments},
    {"point": "panel", "name": gettext_lazy("Panel and public page"), "look": _panel},
    {"point": "no_trace", "name": gettext_lazy("The log of consultations"), "look": _log},
    {"point": "no_trace", "name": gettext_lazy("Reading of the whole log"), "look": _read_back},
    {"point": "no_trace", "name": gettext_lazy("The role of the database"), "look": _role},
    {"point": "no_trace", "name": gettext_lazy("Time-stamps"), "look": _stamps},
    {"point": "register", "name": gettext_lazy("Record of processing activities"), "look": _register},
]
if not apps.is_installed("bodycams"):
    POINTS.append({"point": "clock", "name": gettext_lazy("Body-worn cameras"), "look": _no_body_worn})

PROCESSINGS = [
    {
        "code": "accountability",
        "title": gettext_lazy("Log of consultations and registers of the law"),
        "purposes": [gettext_lazy("Checking that looks are lawful; proving what is kept and destroyed")],
        "basis": gettext_lazy("Loi 78-17 art. 101; GDPR art. 5(2), 30, 33(5); CSI R241-14 as a model"),
        "regimes": ["gdpr", "title3"],
        "people": gettext_lazy("Agents who look, write or decide"),
        "data": gettext_lazy("Who, what, when, how long, why, for whom; acts, notices, breaches"),
        "recipients": [gettext_lazy("Data protection officer; the CNIL and justice on request")],
        "measures": [
            gettext_lazy("Append-only in the database, chained hashes, signed heads, a role of its own"),
            gettext_lazy("Nobody is counted or ranked by it"),
        ],
        "keeps": ["legal.*", "retention.*", "events.*", "doors.*"],
    }
]
