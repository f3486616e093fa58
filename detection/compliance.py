"""What this app tells the record of processing activities (legal/state/contributions.py)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

PROCESSINGS = [
    {
        "code": "signals",
        "title": gettext_lazy("Software that signals a situation to an operator"),
        "purposes": [
            gettext_lazy("Signalling the situations an express text names, where and while it allows it")
        ],
        "basis": gettext_lazy(
            "An express text recorded for each camera, situation and moment; otherwise off"
        ),
        "regimes": ["title3"],
        "people": gettext_lazy("People in view, none of them identified; agents designated to use it"),
        "data": gettext_lazy(
            "Kind of situation, camera, zone, time, score, a box; no identity, no link elsewhere"
        ),
        "recipients": [gettext_lazy("Agents designated, habilitated and trained")],
        "measures": [
            gettext_lazy("A person confirms or rejects each signal; one button stops it everywhere"),
            gettext_lazy(
                "No recognition of faces, bodies or plates: a test looks for it in code and libraries"
            ),
        ],
        "keeps": ["detection.*"],
    }
]
