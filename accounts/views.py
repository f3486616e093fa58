"""Signing in and out, password, language, and what one's own account may do."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import signing
from accounts.address import client_address
from accounts.desk import opens_desk
from accounts.forms import SignInForm
from accounts.models import User
from accounts.people import second_step_done, signed_in
from accounts.rights import Right
from accounts.roles import Role
from accounts.session import LANGUAGE_CHOSEN, workstation_of
from doors.problems import Refused, response

logger = logging.getLogger(__name__)
EXTRACTION_RIGHTS = (Right.ASK_EXTRACTION, Right.VALIDATE_EXTRACTION, Right.SEE_AUDIT)
# An OPJ finds what was handed over to them.
PAPER_RIGHTS = (Right.RECEIVE_REQUISITION, Right.CHECK_REQUISITION, Right.SEE_AUDIT, Right.ASK_EXTRACTION)
ACCESS_RIGHTS = (Right.RECEIVE_REQUISITION, Right.VALIDATE_EXTRACTION, Right.KEEP_REGISTERS)
LOCKED_OUT_SECONDS = round(settings.AXES_COOLOFF_TIME * 3600)


class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and request.user.is_authenticated:
            return signing.to_landing(request, signing.next_of(request))
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def form_valid(self, form: AuthenticationForm) -> HttpResponseRedirect:
        user = form.get_user()
        if not isinstance(user, User):
            raise TypeError(user)
        signing.enter(self.request, user)
        return signing.to_landing(self.request, signing.next_of(self.request))

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        logger.warning("sign-in refused", extra={"address": client_address(self.request)})
        return super().form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        oidc = {"oidc": bool(settings.OIDC_OP), "next": signing.next_of(self.request)}
        return super().get_context_data(**kwargs) | oidc


def locked_out(
    request: HttpRequest, original: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """What axes answers instead of any page while this name is locked at this address."""
    minutes = round(LOCKED_OUT_SECONDS / 60)
    logger.warning("locked out after repeated failures", extra={"address": client_address(request)})
    refused = Refused(
        _("Too many tries: this name is locked for %(minutes)s minutes at this place.")
        % {"minutes": minutes},
        what_to_do=_(
            "Wait, or let somebody else sign in here. If it was not you, tell the shift lead at once. "
            "If you have forgotten your password, ask the administrator of accounts for a new one."
        ),
        status=429,
        code="locked-out",
        headers={"Retry-After": str(LOCKED_OUT_SECONDS)},
    )
    if request.path.startswith("/api/") or not request.accepts("text/html") or _from_script(request):
        return response(refused)
    page = render(request, "accounts/refused.html", {"refused": refused, "back": True}, status=refused.status)
    page.headers["Retry-After"] = str(LOCKED_OUT_SECONDS)
    return page


def _from_script(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    signing.leave(request)
    return redirect("accounts:sign_in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Kept on the account, and in a cookie for the pages before signing in."""
    chosen = request.POST.get("language", "")
    answer = redirect(signing.next_of(request) or resolve_url("accounts:sign_in"))
    if chosen not in dict(settings.LANGUAGES):
        return answer
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    else:
        request.session[LANGUAGE_CHOSEN] = chosen
    signing.keep_language(answer, chosen)
    translation.activate(chosen)
    return answer


@method_decorator(never_cache, name="dispatch")
class ChangePassword(LoginRequiredMixin, PasswordChangeView):
    """Other sessions of the same person end; this one goes on under a new key."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:me")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        logger.info("password changed", extra=signing.who(self.request, signed_in(self.request)))
        messages.success(self.request, gettext_lazy("Your password is changed."))
        return answer


@never_cache
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """What my account is and what it may do, in words."""
    user = signed_in(request)
    context = {
        "roles": [Role(code).label for code in user.roles],
        "rights": [right.label for right in Right if user.may(right)],
        "habilitations": user.live_habilitations(),
        "second_step": second_step_done(request),
        "desk": opens_desk(user),
        "room": user.may(Right.SEE_ROOM),
        "operations": user.may(Right.SEE_OPERATIONS),
        "cameras": user.may(Right.SEE_OPERATIONS) or user.may(Right.MANAGE_ESTATE),
        "exercise": user.may(Right.PRESS_EXERCISE),
        "registers": user.may(Right.SEE_AUDIT),
        "papers": any(user.may(right) for right in PAPER_RIGHTS),
        "access_requests": any(user.may(right) for right in ACCESS_RIGHTS),
        "extractions": any(user.may(right) for right in EXTRACTION_RIGHTS),
        "seat_label": workstation_of(request.session),
    }
    return render(request, "accounts/me.html", context)
