"""How long this app's rows are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

_PRACTICE = "Main courante practice: alarm, incident and dispatch are kept three years (law §1.9)."

RULES = [
    {"what": "alerts.Alert", "clock": "received_at", "days": 3 * 365, "basis": _PRACTICE},
    {"what": "alerts.AlertPress", "clock": "received_at", "days": 3 * 365, "basis": _PRACTICE},
    {"what": "alerts.AlertMessage", "clock": "at", "days": 3 * 365, "basis": _PRACTICE},
    {
        "what": "alerts.SiteContact",
        "clock": "site__closed_on",
        "days": 0,
        "basis": "Needed to call the site back: kept by role, without a name, until the site is closed.",
    },
    {
        "what": "alerts.Site",
        "clock": "closed_on",
        "days": 3 * 365,
        "basis": "As long as the alerts it sent. Its plan and how to get in are erased with its contacts.",
    },
]
