"""Between a person's session and every page: second step not done, screen locked, nobody there any more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.session import (
    LOCKED,
    SecondStep,
    change,
    fell_asleep,
    is_locked,
    second_step,
    stay_awake,
)
from accounts.signing import STEPS, with_next
from doors.problems import Refused, response

logger = logging.getLogger(__name__)
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
ALWAYS = frozenset(
    {"accounts:sign_in", "accounts:sign_out", "accounts:language", "catalog", "healthz", "metrics"}
)
SECOND_STEP = frozenset({"accounts:verify", "accounts:enrol", "accounts:enrol_code"})
# Opened, renewed and ended by the screen itself. Their door asks whether it is locked: a wall never is.
LOOKS = frozenset({"api-looks", "api-looks-renew", "api-looks-end", "footage:renew", "footage:end"})
WHILE_LOCKED = frozenset({"accounts:unlock", "accounts:lock", "accounts:state"}) | LOOKS
# Asked by the page alone: they do not show that somebody is there.
UNATTENDED = frozenset({"accounts:state", "accounts:lock", "console:worth"}) | LOOKS


class SessionGuardMiddleware:
    """Devices and people who are not signed in pass: the door behind asks them for its own proof."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        user = request.user
        if name in ALWAYS or not isinstance(user, User):
            return None
        if name not in SECOND_STEP and (refusal := self._second_step(request, user)):
            return refusal
        return self._lock(request, user, name)

    def _second_step(self, request: HttpRequest, user: User) -> HttpResponse | None:
        step = second_step(user, request.session)
        if step is SecondStep.DONE:
            return None
        return _answer(
            request,
            Refused(
                _("Signing in is not finished."),
                detail=_("Your role asks for a second step, or you chose to have one."),
                what_to_do=_("Enter the code of your authenticator application."),
                status=403,
                code="second-step",
            ),
            goto=with_next(STEPS[step], _here(request)),
        )

    def _lock(self, request: HttpRequest, user: User, name: str) -> HttpResponse | None:
        session = request.session
        if not is_locked(session) and fell_asleep(session, user.standing.idle_lock_seconds):
            change(session, **{LOCKED: True})
            logger.info("screen locked, nobody was there", extra={"user": user.pk})
        if is_locked(session):
            if request.method in SAFE or name in WHILE_LOCKED:
                return None
            return _answer(
                request,
                Refused(
                    _("The screen is locked."),
                    detail=_("Nothing was changed."),
                    what_to_do=_("Unlock it with your password or a code, then do it again."),
                    status=423,
                    code="locked",
                ),
            )
        if name not in UNATTENDED:
            stay_awake(session)
        return None


def _here(request: HttpRequest) -> str:
    """The page to come back to: this one, or the one that sent a form or a part of a page."""
    if request.method == "GET" and not _is_htmx(request):
        return request.get_full_path()
    before = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    return before if url_has_allowed_host_and_scheme(before, allowed_hosts={request.get_host()}) else ""


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _answer(request: HttpRequest, refused: Refused, *, goto: str = "") -> HttpResponse:
    """A problem for programs, a message for htmx, a page or the way on for a browser."""
    if _is_htmx(request):
        answer = render(request, "accounts/_refused.html", {"refused": refused}, status=refused.status)
        answer.headers["HX-Trigger"] = "screen-locked" if refused.status == 423 else "second-step"
        if goto:
            answer.headers["HX-Redirect"] = goto
        return answer
    # A script's fetch says */* or application/json; a browser that opens or posts a page names text/html.
    if request.path.startswith("/api/") or "text/html" not in request.headers.get("Accept", ""):
        return response(refused)
    if goto:
        return HttpResponseRedirect(goto)
    return render(request, "accounts/refused.html", {"refused": refused}, status=refused.status)
