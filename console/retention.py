"""How long this app's rows are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "console.Presence",
        "family": "technical",
        "clock": "seen_at",
        "days": 1,
        "basis": _("Who is before which screen now; not a record of work (L-64: no ranking of staff)."),
    },
]
