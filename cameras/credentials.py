"""What a camera asks for at its door, encrypted at rest.

Keys come from FOOTAGE_KEYS, newest first, else from SECRET_KEY (and its fallbacks). To change a key, put the
new one first, run `manage.py rotate_footage_key`, then drop the old one.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class CannotDecrypt(Exception):
    """None of the keys opens it: FOOTAGE_KEYS or SECRET_KEY changed without `rotate_footage_key`."""


@dataclass(frozen=True)
class Credentials:
    user: str
    # Out of repr, so out of tracebacks and logs that print one.
    password: str = field(repr=False)

    def sealed(self) -> bytes:
        return _keys().encrypt(json.dumps([self.user, self.password]).encode())

    @classmethod
    def opened(cls, sealed: bytes | memoryview) -> Credentials:
        try:
            user, password = json.loads(_keys().decrypt(bytes(sealed)))
        except InvalidToken as error:
            raise CannotDecrypt("no key opens these credentials") from error
        return cls(user, password)


def rotated(sealed: bytes | memoryview) -> bytes:
    """The same, under the newest key."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken as error:
        raise CannotDecrypt("no key opens these credentials") from error


def _keys() -> MultiFernet:
    secrets = settings.FOOTAGE_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"nice supervision: credentials of cameras")
    return base64.urlsafe_b64encode(key.derive(secret.encode()))
