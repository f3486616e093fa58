"""What this app answers to the state of compliance and to the record of processing (legal/state/contributions.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.rights import Right
from cameras.models import Camera
from footage.health.rounds import CLOCK_AGE, CLOCK_MS
from footage.models import Source
from legal.models import PrefecturalAuthorisation
from legal.purposes import CctvPurpose
from legal.regimes import regime_of


def _wrong_clocks() -> QuerySet[Source]:
    ahead = F("clock_offset_ms")
    size = Case(When(clock_offset_ms__lt=0, then=-ahead), default=ahead)
    since = timezone.now() - CLOCK_AGE
    measured = Source.objects.filter(clock_measured_at__gt=since, camera__state=Camera.State.LIVE)
    return measured.annotate(off=size).filter(off__gt=CLOCK_MS)


def _clocks() -> dict[str, Any]:
    wrong = _wrong_clocks().count()
    words = (
        ngettext(
            "The clock of %(n)s camera is more than a second wrong.",
            "The clocks of %(n)s cameras are more than a second wrong.",
            wrong,
        )
        % {"n": wrong}
        if wrong
        else _("No clock of a camera was measured more than a second wrong in the last day.")
    )

    def rows() -> Iterator[list[str]]:
        for source in _wrong_clocks().select_related("camera").order_by("camera__code"):
            yield [source.camera.code, source.camera.name, f"{source.clock_offset_ms:+d} ms"]

    return {
        "state": "look" if wrong else "good",
        "figure": wrong,
        "words": words,
        "columns": [_("Camera"), _("Name"), _("Ahead of true time")],
        "rows": rows,
        "link": reverse("footage:health"),
        "opens_with": (Right.SEE_OPERATIONS, Right.MANAGE_ESTATE, Right.SEE_ROOM, Right.SEE_FIGURES),
    }


def _purposes() -> list[CctvPurpose]:
    used = Camera.objects.filter(Q(exercise=False)).order_by("purpose").values_list("purpose", flat=True)
    found = [CctvPurpose(one) for one in used.distinct()]
    return found or [CctvPurpose.EXPOSED_PLACES]


def _regimes() -> list[str]:
    return sorted({str(regime_of(purpose)) for purpose in _purposes()})


def _recipients() -> list[str]:
    """Those the orders in force name, and who looks within the centre."""
    named = PrefecturalAuthorisation.objects.in_force(timezone.localdate()).values_list(
        "recipients", flat=True
    )
    lines = {line.strip() for text in named for line in text.splitlines() if line.strip()}
    return [_("Agents of the centre designated and habilitated by name (CSI R253-3)"), *sorted(lines)]


POINTS = [{"point": "clock", "name": gettext_lazy("Clocks of cameras"), "look": _clocks}]

_MEASURES = [
    gettext_lazy("Masks on dwellings, seen by somebody before any picture is shown"),
    gettext_lazy("A right, a live habilitation and a reason for each look, written before the picture"),
    gettext_lazy("Destruction without human action, entered in a register and checked independently"),
]
PROCESSINGS = [
    {
        "code": "cctv",
        "title": gettext_lazy("Video protection of the public road"),
        "purposes": lambda: [purpose.label for purpose in _purposes()],
        "basis": gettext_lazy("CSI L251-1 to L255-1; orders of the prefect (CSI L252-1)"),
        "regimes": _regimes,
        "people": gettext_lazy("People and vehicles on the public road"),
        "data": gettext_lazy("Pictures, without sound; place, day and time; the way a camera was turned"),
        "recipients": _recipients,
        "measures": _MEASURES,
        "keeps": ["footage.*", "cameras.*"],
    },
    {
        "code": "extractions",
        "title": gettext_lazy("Copies taken out for a case or for a person's own request"),
        "purposes": [
            gettext_lazy("Answering the requisitions of justice"),
            gettext_lazy("Answering people who ask for their own pictures"),
        ],
        "basis": gettext_lazy("CPP 60-1, 77-1-1, 99-3; GDPR art. 15; loi 78-17 art. 105"),
        "regimes": ["gdpr", "title3"],
        "people": gettext_lazy("People and vehicles on the public road, who asks for the copy"),
        "data": gettext_lazy("The minutes named by the request; the request, its answer and its receipt"),
        "recipients": [gettext_lazy("The authority or the person who asked, against signature")],
        "measures": [
            gettext_lazy("Two people: who asks for a copy never validates it"),
            gettext_lazy("Sealed with hashes, a signature and, when configured, a time-stamp"),
        ],
        "keeps": ["footage.Extraction", "footage.Extraction:row", "footage.BlurredCopy", "footage.Freeze"],
    },
]
