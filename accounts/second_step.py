"""Pages of the second step: entering a code, enrolling an application, recovery codes."""

from __future__ import annotations

import logging

import django_otp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from accounts import codes, signing
from accounts.forms import CodeForm
from accounts.people import second_step_done, signed_in
from accounts.session import SecondStep, second_step
from doors.problems import Refused

logger = logging.getLogger(__name__)


@never_cache
@login_required
@sensitive_post_parameters("code")
def verify(request: HttpRequest) -> HttpResponse:
    user, target = signed_in(request), signing.next_of(request)
    if second_step(user, request.session) is not SecondStep.VERIFY:
        return signing.to_landing(request, target)
    form = CodeForm(request.POST or None)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            device = codes.check(request, user, form.cleaned_data["code"])
        except Refused as refusal:
            refused = refusal
        else:
            _verified(request, device)
            signing.entered(request, user)
            _warn_of_few_codes(request)
            return signing.to_landing(request, target)
    context = {"form": form, "refused": refused, "next": target}
    return render(request, "accounts/verify.html", context, status=refused.status if refused else 200)


def _verified(request: HttpRequest, device: object) -> None:
    # More rights from here on: a session key somebody planted or saw before must not have them.
    request.session.cycle_key()
    django_otp.login(request, device)


def _warn_of_few_codes(request: HttpRequest) -> None:
    user = signed_in(request)
    left = StaticToken.objects.filter(device__user=user).count()
    if StaticDevice.objects.filter(user=user).exists() and left <= 2:
        messages.warning(request, _("You have few recovery codes left: make new ones in “My account”."))


@never_cache
@login_required
@sensitive_post_parameters("code")
def enrol(request: HttpRequest) -> HttpResponse:
    """Bind an authenticator application. Somebody who has one must first prove it."""
    user, target = signed_in(request), signing.next_of(request)
    step = second_step(user, request.session)
    if step is SecondStep.VERIFY:
        return redirect(signing.with_next("accounts:verify", target))
    device = codes.device_to_confirm(user)
    form = CodeForm(request.POST or None)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            recovery = codes.confirm(user, device, form.cleaned_data["code"])
        except Refused as refusal:
            refused = refusal
        else:
            _verified(request, device)
            if step is SecondStep.ENROL:
                signing.entered(request, user)
            logger.info("second step enrolled", extra=signing.who(request, user))
            return _show_codes(request, recovery, target)
    context = {
        "form": form,
        "refused": refused,
        "next": target,
        "secret": codes.secret_in_words(device),
        "compulsory": step is SecondStep.ENROL,
    }
    return render(request, "accounts/enrol.html", context, status=refused.status if refused else 200)


@never_cache
@login_required
@require_safe
def enrol_code(request: HttpRequest) -> HttpResponse:
    """The picture to scan, as an image of its own: pages may hold no inline style."""
    user = signed_in(request)
    if second_step(user, request.session) is SecondStep.VERIFY:
        return redirect("accounts:verify")
    return HttpResponse(codes.picture(codes.device_to_confirm(user)), content_type="image/svg+xml")


@never_cache
@login_required
@require_POST
def recovery(request: HttpRequest) -> HttpResponse:
    """New recovery codes; the earlier ones no longer serve."""
    user = signed_in(request)
    if not second_step_done(request):
        return redirect("accounts:enrol")
    return _show_codes(request, codes.new_recovery_codes(user), "")


def _show_codes(request: HttpRequest, recovery_codes: list[str], target: str) -> HttpResponse:
    groups = [" ".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in recovery_codes]
    onward = signing.landing(request, target)
    return render(request, "accounts/recovery.html", {"codes": groups, "onward": onward})
