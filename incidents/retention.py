"""How long this app's rows are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "incidents.Incident",
        "family": "main_courante",
        "clock": "closed_at",
        "days": 3 * 365,
        "basis": _("Main courante practice; its causes and links go with it."),
    },
    {
        "what": "incidents.IncidentStep",
        "family": "main_courante",
        "clock": "incident__closed_at",
        "days": 3 * 365,
        "basis": _("Goes with its incident; says at which workstation a step was ticked."),
    },
    {
        "what": "incidents.IncidentNote",
        "family": "main_courante",
        "clock": "entered_at",
        "days": 3 * 365,
        "basis": _("Main courante practice; free text may name a person."),
    },
]
