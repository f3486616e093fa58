"""Signals of software in the room: what a card shows, the clip of the moment, and a person's answer (L-23).

See docs/decisions/0040-software-signals-people-decide.md: whoever may answer a signal may see the seconds around it, of
its camera and no other, once the consultation is written.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.gates import needs
from accounts.models import User
from accounts.rights import Right, require
from accounts.session import workstation_of
from detection import actions, precision
from detection.codes import PRIORITY
from detection.models import Signal, SignalQuerySet
from detection.reasons import REASONS
from doors.problems import NotAllowed, Refused, problem
from footage.replay.actions import open_preroll
from footage.replay.serving import problems
from footage.replay.views import as_json, look_as_object
from incidents.models import IncidentCause
from legal.why import Period

SHOWN = 200


def waiting(user: User) -> list[dict[str, Any]]:
    """Those this person may answer, as the queue shows them."""
    if not user.may(Right.JUDGE_SIGNAL):
        return []
    rows = Signal.objects.visible_to(user).waiting().select_related("camera", "profile__zone").order_by("pk")
    return [_card(row) for row in rows[:SHOWN]]


def _card(row: Signal) -> dict[str, Any]:
    return {
        "signal_id": row.pk,
        "camera_id": row.camera_id,
        "camera_code": row.camera.code,
        "camera_name": row.camera.name,
        "event_type": row.event_type,
        "priority": PRIORITY[row.event_type],
        "zone": row.profile.zone.name,
        "at": row.at,
        "last_at": row.last_at,
        "raised_at": row.raised_at,
        "score": row.score,
        "folded": row.folded,
        "lat": row.camera.lat,
        "lon": row.camera.lon,
        "exercise": row.exercise,
        "state": row.state,
    }


@require_GET
@needs(Right.JUDGE_SIGNAL)
def signal(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _shown(request, user, get_object_or_404(_rows(user), pk=pk))


@require_POST
@needs(Right.JUDGE_SIGNAL)
def judge(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    row = get_object_or_404(_rows(user), pk=pk)
    refused: Refused | None = None
    try:
        actions.judge_signal(
            actor=user,
            signal=row,
            verdict=request.POST.get("verdict", ""),
            reason=request.POST.get("reason", ""),
        )
    except Refused as refusal:
        refused = refusal
    return _shown(request, user, get_object_or_404(_rows(user), pk=pk), refused)


@require_POST
@problems
def clip(request: HttpRequest, pk: int) -> HttpResponse:
    """The consultation first, then a minute's token for the moments around it, and where the boxes were."""
    user = request.user
    if not isinstance(user, User):
        raise Refused(_("Sign in first."), status=401, code="not-signed-in")
    row = _rows(user).filter(pk=pk).first()
    if row is None:
        raise Refused(_("There is no such signal for you."), status=404, code="no-signal")
    require(user, Right.JUDGE_SIGNAL)
    if not row.exercise:
        actions.require_trained(user)
    if row.state != Signal.State.PENDING:
        raise NotAllowed(
            _("This signal has been answered."),
            what_to_do=_("Ask for its recordings with their own reason."),
            code="already-answered",
        )
    seat = workstation_of(request.session)
    start, end = row.clip
    opened = open_preroll(
        actor=user,
        codes=[row.camera.code],
        period=Period(start, min(end, timezone.now())),
        session_key=request.session.session_key or "",
        reference=_reference(row),
        workstation=seat.code if seat else "",
    )
    body: dict[str, Any] = {
        "at": row.at,
        "looks": [look_as_object(look) for look in opened.looks],
        "refused": {code: problem(refusal) for code, refusal in opened.refused.items()},
        "boxes": {row.camera.code: row.boxes},
    }
    return as_json(body, status=201)


def _rows(user: User) -> SignalQuerySet:
    return Signal.objects.visible_to(user).select_related(
        "camera__sector", "profile__zone", "profile__event_type", "judged_by"
    )


def _reference(row: Signal) -> str:
    return f"S-{row.pk}"


def _shown(request: HttpRequest, user: User, row: Signal, refused: Refused | None = None) -> HttpResponse:
    cause = IncidentCause.objects.filter(cause=f"signal:{row.pk}").select_related("incident").first()
    context = {
        "signal": row,
        "reference": _reference(row),
        "priority": PRIORITY[row.event_type],
        "pending": row.state == Signal.State.PENDING,
        "measured": precision.measured([row.profile])[row.profile_id],
        "reasons": {verdict: [(one.value, one.label) for one in each] for verdict, each in REASONS.items()},
        "clip": reverse("console:signal_clip", args=[row.pk]),
        "incident": cause.incident if cause else None,
        "reason": _said(row),
        "rights": {"see": user.may(Right.SEE_PREROLL), "zones": user.may(Right.SET_DETECTION)},
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "console/_signal.html", context, status=status)


def _said(row: Signal) -> str:
    each = REASONS.get(row.state, ())
    return next((str(one.label) for one in each if one.value == row.reason), "")
