"""What this app tells the record of processing activities (legal/state/contributions.py)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

PROCESSINGS = [
    {
        "code": "positions",
        "title": gettext_lazy("Positions of crews on duty"),
        "purposes": [gettext_lazy("Sending the nearest crew; safety of agents")],
        "basis": gettext_lazy("Task of public interest (GDPR art. 6(1)(e))"),
        "regimes": ["gdpr"],
        "people": gettext_lazy("Agents of crews, on duty only"),
        "data": gettext_lazy("Position, heading and time of the crew, by the name of the crew"),
        "recipients": [gettext_lazy("Operators of the room")],
        "measures": [gettext_lazy("Exact positions are made coarse, then destroyed")],
        "keeps": ["patrols.*"],
    }
]
