"""How long this app's rows are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def _closed_with_plan(before: dt.datetime, rows: Any) -> Any:
    closed = rows.filter(closed_on__lt=timezone.localdate(before))
    return closed.exclude(plan="", access_notes="").order_by("pk")


_PRACTICE = _("Main courante practice: alarm, incident and dispatch are kept three years (law §1.9).")

_LINE = {"family": "main_courante", "days": 3 * 365, "basis": _PRACTICE}
RULES = [
    _LINE | {"what": "alerts.Alert", "clock": "received_at"},
    _LINE | {"what": "alerts.AlertPress", "clock": "received_at"},
    _LINE | {"what": "alerts.AlertMessage", "clock": "at"},
    {
        "what": "alerts.PanelFrame",
        "family": "main_courante",
        "clock": "at",
        "days": 90,
        "basis": _("Who set or unset an alarm is like a badge at a door: three months (law L-44)."),
    },
    {
        "what": "alerts.SiteContact",
        "family": "main_courante",
        "clock": "site__closed_on",
        "days": 0,
        "basis": _("Needed to call the site back: kept by role, without a name, until the site is closed."),
    },
    {
        "what": "alerts.Site:plan",
        "name": _("plans of sites"),
        "family": "main_courante",
        "clock": "closed_on",
        "days": 0,
        "due": _closed_with_plan,
        "erase": {"plan": "", "access_notes": ""},
        "basis": _("The plan and how to get in serve those who go there: erased once the site is closed."),
    },
    {
        "what": "alerts.Site",
        "family": "main_courante",
        "clock": "closed_on",
        "days": 3 * 365,
        "basis": _("As long as the alerts it sent."),
    },
]
