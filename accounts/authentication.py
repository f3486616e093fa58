"""`Authorization: Device <key>`: how a button or another device says who it is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts.models import DeviceKey
from accounts.rights import Right
from doors.problems import Refused

logger = logging.getLogger(__name__)
SCHEME = "Device"
CHALLENGE = f'{SCHEME} realm="nice-supervision"'


class KeyRefused(Refused):
    """401 with the challenge that says how to come in."""

    status = 401
    code = "unknown-key"


class DevicePrincipal:
    """Whoever calls with a device key: nobody's account, so no right of a person."""

    pk = None
    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False

    def __init__(self, key: DeviceKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return str(self.key)

    def may(self, right: Right) -> bool:
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False

    def has_perms(self, perms: list[str], obj: Any = None) -> bool:
        return False


class DeviceAuthentication(BaseAuthentication):
    """`request.auth` is the DeviceKey, `request.user` a DevicePrincipal.

    An app whose devices call often may read its device with the key (`read`) and note the use after the answer.
    """

    def __init__(
        self, read: Callable[[str], DeviceKey | None] | None = None, *, notes_use: bool = True
    ) -> None:
        self.read = read
        self.notes_use = notes_use

    def authenticate(self, request: Request) -> tuple[DevicePrincipal, DeviceKey] | None:
        scheme, _space, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        key = DeviceKey.objects.find(secret.strip(), self.read)
        if key is None:
            # Unknown and malformed are answered alike: what is close to a key is nobody's business.
            raise _refused(
                "unknown-key",
                _("This key is not known here."),
                _("Check that the whole key was copied, from “nsk_” to its end; else ask for a new one."),
            )
        if not key.is_usable:
            # Only who holds the whole secret reads this, so it tells an attacker nothing new.
            logger.warning("revoked device key used", extra={"key": key.public})
            raise _refused(
                "revoked-key",
                _("This key was revoked."),
                _("Ask the centre for a new key, and put it in the device."),
            )
        if self.notes_use:
            DeviceKey.objects.used(key)
        return DevicePrincipal(key), key

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


def _refused(code: str, title: str, what_to_do: str) -> KeyRefused:
    return KeyRefused(title, what_to_do=what_to_do, code=code, headers={"WWW-Authenticate": CHALLENGE})
