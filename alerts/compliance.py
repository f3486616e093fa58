"""What this app tells the record of processing activities (legal/state/contributions.py)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

PROCESSINGS = [
    {
        "code": "alerts",
        "title": gettext_lazy("Alert buttons of schools, shops and public buildings"),
        "purposes": [gettext_lazy("Sending help to who presses a button")],
        "basis": gettext_lazy("Task of public interest (GDPR art. 6(1)(e)); CSI L511-1"),
        "regimes": ["gdpr"],
        "people": gettext_lazy("Who presses, contacts of the sites"),
        "data": gettext_lazy(
            "Place, time and presses; what the caller writes; names and telephones of contacts"
        ),
        "recipients": [gettext_lazy("Operators of the room, crews sent")],
        "measures": [gettext_lazy("A key for each device, revocable; contacts shown during an alert")],
        "keeps": ["alerts.*"],
    }
]
