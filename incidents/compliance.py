"""What this app tells the record of processing activities (legal/state/contributions.py)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

PROCESSINGS = [
    {
        "code": "main_courante",
        "title": gettext_lazy("Main courante: incidents and what was done"),
        "purposes": [gettext_lazy("Keeping account of calls, sendings and outcomes")],
        "basis": gettext_lazy("Arrêté of 14 April 2009 (municipal police); GDPR art. 6(1)(e)"),
        "regimes": ["title3"],
        "people": gettext_lazy("People met with in an incident, operators who write"),
        "data": gettext_lazy("Place, time, nature, notes, steps, outcome; no picture"),
        "recipients": [gettext_lazy("Operators and shift leads, municipal police")],
        "measures": [gettext_lazy("No entry is changed: a correction is a new one")],
        "keeps": ["incidents.*", "dispatch.*", "console.*"],
    }
]
