"""How long this app's rows are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "doors.KeptAnswer",
        "family": "technical",
        "clock": "at",
        "days": 7,
        "basis": _("Technical: a device repeats a message for a week at most; the answer holds no person."),
    },
]
