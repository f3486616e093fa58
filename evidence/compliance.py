"""What this app tells the record of processing activities (legal/state/contributions.py)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

PROCESSINGS = [
    {
        "code": "requests",
        "title": gettext_lazy("Requisitions of justice and requests of access"),
        "purposes": [
            gettext_lazy("Answering the requisitions of justice"),
            gettext_lazy("Answering people who ask for their own pictures"),
        ],
        "basis": gettext_lazy("CPP 60-1, 77-1-1, 99-3; GDPR art. 12, 15; loi 78-17 art. 105"),
        "regimes": ["gdpr", "title3"],
        "people": gettext_lazy("Officers and magistrates who ask; people who ask for their own pictures"),
        "data": gettext_lazy(
            "The request, what it names, proof of identity as long as it is needed, the answer"
        ),
        "recipients": [gettext_lazy("The authority or the person who asked, against signature")],
        "measures": [
            gettext_lazy("Two people: who prepares an answer does not validate it"),
            gettext_lazy("Named minutes are set aside as soon as the request comes in, then destroyed"),
        ],
        "keeps": ["evidence.*"],
    }
]
