"""Secrets the centre must be able to say again, encrypted at rest: passwords of cameras, keys of alarm panels.

Keys come from FOOTAGE_KEYS, newest first, else from SECRET_KEY (and its fallbacks). To change a key, put the
new one first, run `manage.py rotate_footage_key`, then drop the old one.
"""

from __future__ import annotations

import base64
from enum import Enum

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Purpose(Enum):
    """A secret of one purpose cannot be opened as one of another."""

    CAMERAS = b"nice supervision: credentials of cameras"
    PANELS = b"nice supervision: keys of alarm panels"


class CannotOpen(Exception):
    """None of the keys opens it: FOOTAGE_KEYS or SECRET_KEY changed without `rotate_footage_key`."""


def seal(secret: bytes, purpose: Purpose) -> bytes:
    return _keys(purpose).encrypt(secret)


def opened(sealed: bytes | memoryview, purpose: Purpose) -> bytes:
    """Raises CannotOpen."""
    try:
        return _keys(purpose).decrypt(bytes(sealed))
    except InvalidToken as error:
        raise CannotOpen("no key opens it") from error


def rotated(sealed: bytes | memoryview, purpose: Purpose) -> bytes:
    """The same, under the newest key. Raises CannotOpen."""
    try:
        return _keys(purpose).rotate(bytes(sealed))
    except InvalidToken as error:
        raise CannotOpen("no key opens it") from error


def _keys(purpose: Purpose) -> MultiFernet:
    secrets = settings.FOOTAGE_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(secret, purpose)) for secret in secrets])


def _derived(secret: str, purpose: Purpose) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.value)
    return base64.urlsafe_b64encode(key.derive(secret.encode()))
