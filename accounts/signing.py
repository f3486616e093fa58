"""Between the sign-in page and the room: where somebody goes next, and how they leave."""

from __future__ import annotations

import logging

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts.actions import leave_seat
from accounts.address import client_address
from accounts.models import User, Workstation
from accounts.rights import Right
from accounts.session import (
    LANGUAGE_CHOSEN,
    SEAT,
    SecondStep,
    second_step,
    stay_awake,
    workstation_of,
)

logger = logging.getLogger(__name__)
STEPS = {SecondStep.VERIFY: "accounts:verify", SecondStep.ENROL: "accounts:enrol"}


def next_of(request: HttpRequest) -> str:
    """The page asked for before signing in, when it is one of ours; else an empty string."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if ours else ""


def with_next(view_name: str, target: str) -> str:
    return f"{reverse(view_name)}?{urlencode({'next': target})}" if target else reverse(view_name)


def landing(request: HttpRequest, target: str) -> str:
    """Where this person goes now: what is left of signing in, the seat, then what was asked for."""
    user = request.user
    if not isinstance(user, User):
        return with_next("accounts:sign_in", target)
    if view := STEPS.get(second_step(user, request.session)):
        return with_next(view, target)
    seated = workstation_of(request.session) is not None or not user.may(Right.SEE_ROOM)
    if not seated and Workstation.objects.exists():
        return with_next("accounts:seat", target)
    return target or resolve_url(settings.LOGIN_REDIRECT_URL)


def enter(request: HttpRequest, user: User) -> None:
    """Start the person's session: a new key (no fixation), their language, the clock of the idle lock."""
    chosen = request.session.get(LANGUAGE_CHOSEN)
    login(request, user, backend=getattr(user, "backend", None))
    if chosen and chosen != user.language:
        User.objects.filter(pk=user.pk).update(language=chosen)
        user.language = chosen
    translation.activate(user.language)
    stay_awake(request.session)
    if second_step(user, request.session) is SecondStep.DONE:
        entered(request, user)
    else:
        logger.info("password accepted, second step asked", extra=who(request, user))


def unlocked(request: HttpRequest, user: User) -> None:
    AxesProxyHandler.reset_attempts(username=user.get_username(), ip_address=client_address(request))
    logger.info("screen unlocked", extra=who(request, user))


def entered(request: HttpRequest, user: User) -> None:
    """Sign-in is whole: earlier failures no longer count."""
    AxesProxyHandler.reset_attempts(username=user.get_username(), ip_address=client_address(request))
    logger.info("signed in", extra=who(request, user))


def leave(request: HttpRequest) -> None:
    """Free the seat and end the session."""
    if ticket := request.session.get(SEAT):
        leave_seat(ticket=ticket)
    if isinstance(request.user, User):
        logger.info("signed out", extra=who(request, request.user))
    logout(request)


def who(request: HttpRequest, user: User) -> dict[str, object]:
    """For a log line: the account by its number and the address, never a name or a password."""
    return {"user": user.pk, "address": client_address(request)}


def to_landing(request: HttpRequest, target: str = "") -> HttpResponseRedirect:
    response = HttpResponseRedirect(landing(request, target))
    if isinstance(request.user, User):
        keep_language(response, request.user.language)
    return response


def keep_language(response: HttpResponse, language: str) -> None:
    """In a cookie, because the language is chosen before Django knows who asks."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
