"""How long this app's rows are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

RULES = [
    {
        "what": "incidents.Incident",
        "clock": "closed_at",
        "days": 3 * 365,
        "basis": "Main courante practice; its causes, steps and links go with it.",
    },
    {
        "what": "incidents.IncidentNote",
        "clock": "entered_at",
        "days": 3 * 365,
        "basis": "Main courante practice; free text may name a person.",
    },
]
