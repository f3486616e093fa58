"""The token of a look: short-lived, signed, for one person, session, camera, kind and period.

It carries no session key and no name: it may end up in an address or a log line.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from doors.problems import NotAllowed
from legal.why import Period

SALT = "legal.look"
FRESH_S = 60
SKEW_S = 5  # clocks of two machines of one centre


class LookRefused(NotAllowed):
    """The token opens nothing (any more)."""

    code = "look-token"


@dataclass(frozen=True)
class Claim:
    """What a token says."""

    consultation_id: int
    user_id: int
    session: str
    camera_code: str
    kind: str
    period: Period | None
    minted: float

    @property
    def is_fresh(self) -> bool:
        return time.time() - self.minted <= FRESH_S

    @property
    def fresh_until(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.minted + FRESH_S, dt.UTC)

    def is_of(self, session_key: str | None) -> bool:
        return constant_time_compare(self.session, digest_of(session_key or ""))


def mint(
    *,
    consultation_id: int,
    user_id: int,
    session_key: str,
    camera_code: str,
    kind: str,
    period: Period | None,
) -> tuple[str, Claim]:
    now = time.time()
    body = [
        consultation_id,
        user_id,
        digest_of(session_key),
        camera_code,
        str(kind),
        [moment.timestamp() for moment in period] if period else None,
        now,
    ]
    return signing.dumps(body, salt=SALT), _claim(body)


def read(token: str) -> Claim:
    """Raises LookRefused for what this centre did not sign."""
    try:
        claim = _claim(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise LookRefused(
            _("This token was not made by the centre."), what_to_do=_("Open the look again.")
        ) from error
    if claim.minted > time.time() + SKEW_S:
        raise LookRefused(
            _("This token comes from the future."), what_to_do=_("Check the clocks of the machines.")
        )
    return claim


def digest_of(session_key: str) -> str:
    return salted_hmac(SALT, session_key, algorithm="sha256").hexdigest()[:32]


def _claim(body: list[object]) -> Claim:
    consultation, user, session, camera, kind, period, minted = body
    assert isinstance(consultation, int) and isinstance(user, int) and isinstance(minted, float)
    if isinstance(period, list):
        start, end = (dt.datetime.fromtimestamp(moment, dt.UTC) for moment in period)
        minutes = Period(start, end)
    else:
        minutes = None
    return Claim(consultation, user, str(session), str(camera), str(kind), minutes, minted)
