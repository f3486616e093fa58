"""Choosing the seat after signing in: one person per workstation (law §3.11)."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import signing
from accounts.actions import leave_seat, take_seat
from accounts.models import Occupancy, Workstation
from accounts.people import signed_in
from accounts.rights import Right
from accounts.session import SEAT, SEAT_PLACE, change, workstation_of
from doors.problems import Refused

logger = logging.getLogger(__name__)
MACHINE_COOKIE = "nice_machine"
MACHINE_SALT = "accounts.seats.machine"


@never_cache
@login_required
def seat(request: HttpRequest) -> HttpResponse:
    """Free and taken seats. The one this machine had last time is chosen beforehand."""
    user, target = signed_in(request), signing.next_of(request)
    if not user.may(Right.SEE_ROOM):
        messages.info(request, _("Your role has no seat in the room."))
        return redirect("accounts:me")
    refused, asked = None, None
    if request.method == "POST":
        asked = get_object_or_404(Workstation, pk=_number(request.POST.get("seat")))
        try:
            occupancy = take_seat(
                actor=user, workstation=asked, replacing=_number(request.POST.get("replacing"))
            )
        except Refused as refusal:
            refused = refusal
        else:
            change(request.session, **{SEAT: occupancy.ticket, SEAT_PLACE: asked.pk})
            answer = redirect(signing.landing(request, target))
            _remember(answer, asked)
            return answer
    context = {"seats": _seats(request, asked), "refused": refused, "asked": asked, "next": target}
    return render(request, "accounts/seat.html", context, status=refused.status if refused else 200)


def _seats(request: HttpRequest, asked: Workstation | None) -> list[dict[str, Any]]:
    taken = {row.workstation_id: row for row in Occupancy.objects.select_related("user")}
    usual = asked.code if asked else _remembered(request)
    mine = workstation_of(request.session)
    rows = []
    for workstation in Workstation.objects.all():
        row = taken.get(workstation.pk)
        rows.append(
            {
                "workstation": workstation,
                "occupancy": row if row and row.user_id != request.user.pk else None,
                "mine": workstation == mine,
                "usual": workstation.code == (mine.code if mine and not asked else usual),
            }
        )
    # Enter is enough: the usual seat, or the first free one when somebody else sits there.
    free = [row for row in rows if row["occupancy"] is None]
    usual_row = next((row for row in rows if row["usual"]), None)
    chosen = usual_row if usual_row in free or asked else next(iter(free), usual_row)
    return [row | {"chosen": row is chosen} for row in rows]


@login_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Get up without signing out."""
    if ticket := request.session.get(SEAT):
        leave_seat(ticket=ticket)
        change(request.session, **{SEAT: None, SEAT_PLACE: None})
    return redirect("accounts:seat")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None


def _remembered(request: HttpRequest) -> str:
    try:
        return str(request.get_signed_cookie(MACHINE_COOKIE, default="", salt=MACHINE_SALT))
    except BadSignature:
        return ""


def _remember(answer: HttpResponse, workstation: Workstation) -> None:
    answer.set_signed_cookie(
        MACHINE_COOKIE,
        workstation.code,
        salt=MACHINE_SALT,
        max_age=365 * 24 * 3600,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
