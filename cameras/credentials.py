"""What a camera asks for at its door, encrypted at rest (doors/sealed.py)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from doors import sealed
from doors.sealed import CannotOpen as CannotDecrypt

__all__ = ["CannotDecrypt", "Credentials", "rotated"]


@dataclass(frozen=True)
class Credentials:
    user: str
    # Out of repr, so out of tracebacks and logs that print one.
    password: str = field(repr=False)

    def sealed(self) -> bytes:
        return sealed.seal(json.dumps([self.user, self.password]).encode(), sealed.Purpose.CAMERAS)

    @classmethod
    def opened(cls, secret: bytes | memoryview) -> Credentials:
        """Raises CannotDecrypt."""
        user, password = json.loads(sealed.opened(secret, sealed.Purpose.CAMERAS))
        return cls(user, password)


def rotated(secret: bytes | memoryview) -> bytes:
    """The same, under the newest key. Raises CannotDecrypt."""
    return sealed.rotated(secret, sealed.Purpose.CAMERAS)
