"""The look: a consultation written first, then a token that serves while somebody looks and may (L-07, L-08).

A door that serves bytes asks `check_look` once when it starts and again at `recheck_at`. For a token less than
a minute old that costs a signature; after that everything is asked again: account, session, rights,
habilitation. So whatever ends the right to look cuts the picture within 60 seconds.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Unpack

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import User
from doors.problems import Refused
from legal import chain, tokens, why
from legal.actions import consult
from legal.gate import Looked, let_see
from legal.masked import require_masked
from legal.models import Consultation, ConsultationEnd, OpenLook
from legal.tokens import FRESH_S, Claim, LookRefused
from legal.why import Details, Period

logger = logging.getLogger(__name__)
# A token serves a minute unasked, so a look is over when nothing was asked for one minute more.
LAPSE = dt.timedelta(seconds=2 * FRESH_S)
NOTED = dt.timedelta(seconds=20)

How = ConsultationEnd.How


@dataclass(frozen=True)
class Look:
    """What the one who looks is given."""

    token: str
    consultation_id: int
    camera_code: str
    kind: str
    expires_at: dt.datetime


@dataclass(frozen=True)
class Grant:
    """What a door may serve, and until when without asking again."""

    consultation_id: int
    user_id: int
    camera_code: str
    kind: str
    period: Period | None
    recheck_at: dt.datetime

    def allows(self, start: dt.datetime, end: dt.datetime | None = None) -> bool:
        """Whether these recorded minutes are among those asked for. Live looks allow no recording."""
        if self.period is None:
            return False
        return self.period.start <= start and (end or start) <= self.period.end


@dataclass
class Opened:
    """Looks that were opened, and by camera why the others were not."""

    looks: list[Look] = field(default_factory=list)
    refused: dict[str, Refused] = field(default_factory=dict)


@transaction.atomic(durable=True)
def open_looks(
    *,
    actor: User,
    cameras: Sequence[Looked],
    kind: str,
    reason: str,
    session_key: str,
    **details: Unpack[Details],
) -> Opened:
    """Open a wall at once: one consultation and one token for each camera the person may see.

    A camera that is refused leaves the others open. Committed before it returns, so before any picture: it
    cannot run inside another transaction. Raises Refused when the reason does not do.
    """
    if not session_key:
        raise ValueError("a look belongs to a session")
    given = why.checked(kind, reason, details)
    rows, refused = consult(actor=actor, cameras=cameras, why=given)
    OpenLook.objects.bulk_create(
        OpenLook(consultation=row, user=actor, session_key=session_key, seen_at=row.begun_at) for row in rows
    )
    return Opened([_look(row, session_key) for row in rows], refused)


def open_look(
    *,
    actor: User,
    camera: Looked,
    kind: str,
    reason: str,
    session_key: str,
    **details: Unpack[Details],
) -> Look:
    """One look. Raises Refused, which says what is missing."""
    opened = open_looks(
        actor=actor, cameras=[camera], kind=kind, reason=reason, session_key=session_key, **details
    )
    for refusal in opened.refused.values():
        raise refusal
    return opened.looks[0]


def check_look(token: str, *, camera_code: str, kind: str, session_key: str | None = None) -> Grant:
    """What this token lets a door serve now. No database while it is fresh.

    Give `session_key` wherever the request has one; a player without cookies cannot, and then the token alone
    speaks. Raises LookRefused or the Refused that says what the person lacks by now.
    """
    claim = tokens.read(token)
    if claim.camera_code != camera_code or claim.kind != kind:
        raise LookRefused(
            _("This token is for another camera or another kind of look."),
            what_to_do=_("Open a look at this camera."),
            code="look-other",
        )
    _of_session(claim, session_key)
    if claim.is_fresh:
        return _grant(claim, claim.fresh_until)
    _asked_again(claim)
    return _grant(claim, timezone.now() + dt.timedelta(seconds=FRESH_S))


def renew_look(token: str, *, session_key: str | None = None, camera: Looked | None = None) -> Look:
    """A fresh token for a look that goes on, after asking everything again. No new consultation.

    With `camera`, what changed about it counts too: its owner, its authorisation, its sector.
    """
    claim = tokens.read(token)
    _of_session(claim, session_key)
    row = _asked_again(claim, camera)
    return _look(row.consultation, row.session_key)


def end_look(token: str, *, session_key: str | None = None) -> ConsultationEnd | None:
    """The person looks no longer. Ending again changes nothing."""
    claim = tokens.read(token)
    _of_session(claim, session_key)
    row = OpenLook.objects.select_related("consultation").filter(pk=claim.consultation_id).first()
    return _finish(row, How.CLOSED, timezone.now()) if row else None


def close_lapsed() -> int:
    """Write the end of looks nobody asks for any more: a closed browser, a lost line, a kill."""
    lapsed = OpenLook.objects.unseen_since(timezone.now() - LAPSE).select_related("consultation")
    return sum(_finish(row, How.LAPSED, row.seen_at) is not None for row in lapsed)


def _of_session(claim: Claim, session_key: str | None) -> None:
    if session_key is not None and not claim.is_of(session_key):
        raise LookRefused(
            _("This token belongs to another session."),
            what_to_do=_("Open the look again from this one."),
            code="look-other-session",
        )


def _asked_again(claim: Claim, camera: Looked | None = None) -> OpenLook:
    """The look, when everything that allowed it still holds; else it is cut, and the refusal says why."""
    rows = OpenLook.objects.select_related("consultation__user")
    row = rows.filter(pk=claim.consultation_id).first()
    now = timezone.now()
    if row is not None and row.seen_at < now - LAPSE:
        _finish(row, How.LAPSED, row.seen_at)
        row = None
    if row is None:
        raise LookRefused(
            _("This look is over."), what_to_do=_("Open it again, with its reason."), code="look-over"
        )
    try:
        _still_allowed(row, camera)
    except Refused as refusal:
        _finish(row, How.CUT, now, why=refusal.code)
        raise
    if row.seen_at < now - NOTED:
        OpenLook.objects.filter(pk=row.pk).update(seen_at=now)
    return row


def _still_allowed(row: OpenLook, camera: Looked | None) -> None:
    look = row.consultation
    if not _session_lives(row.session_key, look.user):
        raise LookRefused(
            _("The session of this look has ended."), what_to_do=_("Sign in again."), code="look-signed-out"
        )
    known = camera or Looked(look.camera_code, look.sector_code, exercise=look.exercise, authorised=True)
    let_see(look.user, known, kind=look.kind, recorded=look.period_from is not None)
    if camera is not None:
        period = _period_of(look)
        require_masked(camera.masked, camera.code, kind=look.kind, reason=look.reason, period=period)


def _session_lives(session_key: str, user: User) -> bool:
    """The session is there, still this person's, and no password was changed since."""
    row = Session.objects.filter(pk=session_key, expire_date__gt=timezone.now()).first()
    if row is None or not user.is_active:
        return False
    held = row.get_decoded()
    if held.get(SESSION_KEY) != str(user.pk):
        return False
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(held.get(HASH_SESSION_KEY, ""), known) for known in hashes)


@transaction.atomic
def _finish(row: OpenLook, how: How, at: dt.datetime, why: str = "") -> ConsultationEnd | None:
    # Race: the person, the sweep and a door end it at once. Whoever removes the row writes the end.
    if not OpenLook.objects.filter(pk=row.pk).delete()[0]:
        return None
    begun = row.consultation.begun_at
    end = ConsultationEnd(
        consultation=row.consultation,
        at=at,
        seconds=max(0, round((at - begun).total_seconds())),
        how=how,
        why=why[:40],
    )
    logger.info("look ended", extra={"consultation": row.pk, "how": how.value, "why": why})
    return chain.append(ConsultationEnd, [end])[0]


def _look(row: Consultation, session_key: str) -> Look:
    period = _period_of(row)
    token, claim = tokens.mint(
        consultation_id=row.pk,
        user_id=row.user_id,
        session_key=session_key,
        camera_code=row.camera_code,
        kind=row.kind,
        period=period,
    )
    return Look(token, row.pk, row.camera_code, row.kind, claim.fresh_until)


def _period_of(row: Consultation) -> Period | None:
    return Period(row.period_from, row.period_to) if row.period_from and row.period_to else None


def _grant(claim: Claim, recheck_at: dt.datetime) -> Grant:
    return Grant(
        claim.consultation_id, claim.user_id, claim.camera_code, claim.kind, claim.period, recheck_at
    )
