"""The second step itself: checking a code, through the same count of failures as passwords; enrolling."""

from __future__ import annotations

import base64
import datetime as dt
import logging

import qrcode
import qrcode.image.svg
from axes.handlers.proxy import AxesProxyHandler
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp import devices_for_user, verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.signing import who
from doors.problems import Refused

logger = logging.getLogger(__name__)
RECOVERY_CODES = 10


class CodeRefused(Refused):
    status = 403
    code = "wrong-code"


def check(request: HttpRequest, user: User, code: str) -> Device:
    """The device that accepted the code. A failure counts as a wrong password does.

    Raises CodeRefused. When that failure was one too many, `request.axes_locked_out` is set and the answer
    becomes the lock-out page.
    """
    credentials = {"username": user.get_username()}
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out = True  # type: ignore[attr-defined]
        raise _wrong()
    kind = TOTPDevice if code.isdigit() and len(code) == 6 else StaticDevice
    devices = [device for device in devices_for_user(user) if isinstance(device, kind)]
    for device in devices:
        allowed, why = device.verify_is_allowed()
        if not allowed:
            raise _too_soon(why)
        if accepted := verify_token(user, device.persistent_id, code):
            return accepted
    logger.warning("second step refused", extra=who(request, user))
    AxesProxyHandler.user_login_failed(sender=User, credentials=credentials, request=request)
    raise _wrong()


def _wrong() -> CodeRefused:
    return CodeRefused(
        _("This code is not right."),
        what_to_do=_(
            "Read the code the application shows now; a code serves once. Without the telephone, "
            "use one of your recovery codes."
        ),
    )


def _too_soon(why: dict[str, object]) -> CodeRefused:
    until = why.get("locked_until")
    seconds = max(1, round((until - timezone.now()).total_seconds())) if isinstance(until, dt.datetime) else 1
    return CodeRefused(
        ngettext(
            "Wait %(seconds)s second, then enter the next code.",
            "Wait %(seconds)s seconds, then enter the next code.",
            seconds,
        )
        % {"seconds": seconds},
        what_to_do=_("Codes tried quickly one after the other are not checked."),
        status=429,
        code="code-too-soon",
        headers={"Retry-After": str(seconds)},
    )


@transaction.atomic
def device_to_confirm(user: User) -> TOTPDevice:
    """The device being enrolled: one per person, the same secret if the page is opened again."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    waiting = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("-pk").first()
    return waiting or TOTPDevice.objects.create(user=user, name="TOTP", confirmed=False)


@transaction.atomic
def confirm(user: User, device: TOTPDevice, code: str) -> list[str]:
    """The application gave the right code: the device counts from now on. Returns recovery codes, once."""
    if verify_token(user, device.persistent_id, code) is None:
        raise _wrong()
    TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    device.refresh_from_db()
    return new_recovery_codes(user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten codes that serve once each; earlier ones no longer serve."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [StaticToken.random_token() + StaticToken.random_token()[:4] for _n in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def secret_in_words(device: TOTPDevice) -> str:
    """The secret as an application takes it when no picture can be scanned, in groups of four."""
    secret = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def picture(device: TOTPDevice) -> bytes:
    """The QR code as an SVG image."""
    code = qrcode.make(device.config_url, image_factory=qrcode.image.svg.SvgPathFillImage, box_size=12)
    return bytes(code.to_string(encoding="utf-8"))
