"""How long this app's rows are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "events.Event",
        "family": "main_courante",
        "at_least": 3 * 365,
        "clock": "at",
        "days": 3 * 365,
        "basis": _(
            "Main courante practice; facts carry no person, plate or image, only ids of rows that expire."
        ),
    },
    {
        "what": "events.Delivery",
        "family": "technical",
        "clock": "done_at",
        "days": 90,
        "basis": _("Technical: proof that a reaction ran."),
    },
]
