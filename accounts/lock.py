"""The idle lock: the picture stays, acts are refused until the person shows again who they are."""

from __future__ import annotations

import logging
import time

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import codes, signing
from accounts.models import Occupancy, User
from accounts.people import second_step_done
from accounts.session import AWAKE, LOCKED, SEAT, change, is_locked, lost_seat, occupancy_of
from doors.problems import Refused, response

logger = logging.getLogger(__name__)


@never_cache
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """What the page asks every half minute: locked elsewhere? still my seat? still signed in?"""
    user = request.user
    if not isinstance(user, User):
        return response(_signed_out())
    ticket = request.session.get(SEAT)
    if ticket:
        Occupancy.objects.still_there(ticket)
    occupancy = occupancy_of(request.session)
    return JsonResponse(
        {
            "locked": is_locked(request.session),
            "idle_lock_seconds": user.standing.idle_lock_seconds,
            "workstation": occupancy.workstation.label if occupancy else None,
            "seat_lost": lost_seat(request.session),
        }
    )


@never_cache
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """Lock now, or because the page saw nobody for the whole delay."""
    user = request.user
    if not isinstance(user, User):
        return response(_signed_out())
    if not is_locked(request.session):
        change(request.session, **{LOCKED: True})
        logger.info("screen locked", extra=signing.who(request, user))
    return HttpResponse(status=204)


@never_cache
@require_POST
def awake(request: HttpRequest) -> HttpResponse:
    """Somebody moved or typed in the page during the last minute; the guard has noted it."""
    return HttpResponse(status=204) if request.user.is_authenticated else response(_signed_out())


@never_cache
@require_POST
@sensitive_post_parameters("password")
def unlock(request: HttpRequest) -> HttpResponse:
    """With the password, or with a code of the person's application. Failures count as at sign-in."""
    user = request.user
    if not isinstance(user, User):
        return response(_signed_out())
    try:
        _prove(request, user, request.POST.get("password", ""))
    except Refused as refusal:
        return _refuse(request, refusal)
    # No new session key here: the room's WebSocket and its pictures go on under this one.
    change(request.session, **{LOCKED: None, AWAKE: int(time.time())})
    signing.unlocked(request, user)
    if "application/json" in request.headers.get("Accept", ""):
        return HttpResponse(status=204)
    return redirect(signing.next_of(request) or "accounts:me")


def _prove(request: HttpRequest, user: User, given: str) -> None:
    compact = "".join(given.split())
    if compact.isdigit() and len(compact) == 6 and second_step_done(request):
        codes.check(request, user, compact)
        return
    found = authenticate(request, username=user.get_username(), password=given) if given else None
    if found is None or found.pk != user.pk:
        logger.warning("unlock refused", extra=signing.who(request, user))
        raise Refused(
            _("This is not right."),
            what_to_do=_("Enter your password, or the code your authenticator application shows now."),
            status=403,
            code="wrong-password",
        )


def _refuse(request: HttpRequest, refused: Refused) -> HttpResponse:
    if "application/json" in request.headers.get("Accept", ""):
        return response(refused)
    context = {"refused": refused, "unlock": True, "next": signing.next_of(request)}
    return render(request, "accounts/refused.html", context, status=refused.status)


def _signed_out() -> Refused:
    return Refused(
        _("You are no longer signed in."), what_to_do=_("Sign in again."), status=401, code="signed-out"
    )
