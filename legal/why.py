"""Why somebody looks: what each reason must come with, and the ground it stands on (L-11, L-64)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.problems import Refused
from legal.models import Consultation
from legal.models.consultation import ALONE

Kind = Consultation.Kind
Reason = Consultation.Reason

RECORDED = frozenset({Kind.PLAYBACK, Kind.PREROLL, Kind.EXTRACTION})
# The moments before an alert are for the one who answers it, and for nothing else.
FOR_A_CALL = frozenset({Reason.INCIDENT, Reason.EXERCISE})
NEEDS_REFERENCE = frozenset({Reason.INCIDENT, Reason.ALERT, Reason.REQUISITION, Reason.ACCESS_REQUEST})
NEEDS_WORDS = frozenset({Reason.REQUEST, Reason.MAINTENANCE, Reason.OTHER})
# Images leave the centre for a case, a person's right or a drill, not because somebody was watching.
NO_EXTRACTION = frozenset({Reason.TOUR, Reason.WATCH, Reason.MAINTENANCE, Reason.OTHER, Reason.AUDIT})


class Period(NamedTuple):
    """The recorded minutes looked at."""

    start: dt.datetime
    end: dt.datetime


class Details(TypedDict, total=False):
    """What may be said of a look besides its kind and reason."""

    reference: str
    text: str
    ground: str
    period: Period | None
    recipients: str
    workstation: str


class Why(NamedTuple):
    """A reason that was checked, as it is written down."""

    kind: Kind
    reason: Reason
    reference: str
    text: str
    ground: str
    period: Period | None
    recipients: str
    workstation: str


def checked(kind: str, reason: str, details: Details) -> Why:
    """Raises Refused, which says what the reason lacks."""
    why = Why(
        kind=Kind(kind),
        reason=_known(reason),
        reference=details.get("reference", "").strip()[:80],
        text=details.get("text", "").strip()[:300],
        ground=details.get("ground", "").strip()[:200],
        period=details.get("period"),
        recipients=details.get("recipients", "").strip()[:200] or ALONE,
        workstation=details.get("workstation", "")[:40],
    )
    if why.reason in NEEDS_REFERENCE and not why.reference:
        raise _incomplete(_("This reason needs the number of its case."))
    if why.reason in NEEDS_WORDS and not why.text:
        raise _incomplete(_("This reason needs a sentence that says why."))
    if why.kind == Kind.EXTRACTION and why.reason in NO_EXTRACTION:
        raise _incomplete(_("Images are not taken out for this reason."))
    if why.kind == Kind.PREROLL and why.reason not in FOR_A_CALL:
        raise _incomplete(_("The moments before an alert are shown for its incident only."))
    _check_period(why)
    return why


def _known(reason: str) -> Reason:
    if reason not in Reason.values or reason == Reason.AUDIT:
        raise _incomplete(_("Nobody sees an image without a reason."))
    return Reason(reason)


def _check_period(why: Why) -> None:
    if why.period is None:
        if why.kind in RECORDED:
            raise _incomplete(_("Say which recorded minutes: from and to."))
        return
    if why.kind in (Kind.LIVE, Kind.TOUR):
        raise _incomplete(_("What is live has no recorded minutes."))
    if any(timezone.is_naive(moment) for moment in why.period) or why.period.start >= why.period.end:
        raise _incomplete(_("The recorded minutes end before they begin, or have no time zone."))


def _incomplete(title: str) -> Refused:
    return Refused(
        title,
        what_to_do=_("Give the reason of the look, then open it again."),
        status=400,
        code="look-reason",
    )


def usual_ground(reason: Reason, purpose: int | None, *, exercise: bool) -> str:
    """What a look stands on unless something else was said. A citation, the same in every language."""
    if exercise:
        return "exercise: generated pictures"
    if reason == Reason.REQUISITION:
        return "requisition"
    if reason == Reason.ACCESS_REQUEST:
        return "GDPR art. 15"
    return f"CSI L251-2, {int(purpose)}°" if purpose else "CSI L251-2"
