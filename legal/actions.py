"""Who looked is written down before anything is shown; who reads the log, too."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Unpack

from django.db import transaction
from django.utils import timezone

from accounts.models import Habilitation, User
from accounts.rights import Right, require
from doors import correlation
from doors.problems import Refused
from legal import chain, keys, why
from legal.gate import Looked, let_see, reason_fits
from legal.masked import UNSAID, Masked, require_masked
from legal.models import ChainHead, Consultation
from legal.models.consultation import ALONE
from legal.recipients import let_share
from legal.why import Details, Why, usual_ground

logger = logging.getLogger(__name__)


@transaction.atomic
def record_consultation(
    *,
    actor: User,
    camera_code: str,
    sector_code: str,
    kind: str,
    reason: str,
    owner_account_id: int | None = None,
    exercise: bool = False,
    authorised: bool = False,
    purpose: int | None = None,
    masked: Masked = UNSAID,
    **details: Unpack[Details],
) -> Consultation:
    """Write that this person looks at this camera. Call it, and let it commit, before the image is shown.

    Inside a larger transaction call it after the other writes and before `publish`: from here to the commit
    every other look waits. Raises Refused without right, habilitation, authorisation or reason.
    """
    camera = Looked(camera_code, sector_code, owner_account_id, exercise, authorised, purpose, masked)
    written, refused = consult(actor=actor, cameras=[camera], why=why.checked(kind, reason, details))
    for refusal in refused.values():
        raise refusal
    return written[0]


def consult(
    *, actor: User, cameras: Sequence[Looked], why: Why
) -> tuple[list[Consultation], dict[str, Refused]]:
    """One row for each camera the person may see now, and for the others, by code, why not."""
    rows, refused, now = [], {}, timezone.now()
    live = actor.live_habilitations()
    for camera in cameras:
        try:
            habilitation = let_see(actor, camera, kind=why.kind, recorded=why.period is not None, live=live)
            reason_fits(camera, why)
            require_masked(camera.masked, camera.code, kind=why.kind, reason=why.reason, period=why.period)
        except Refused as refusal:
            logger.info("look refused", extra={"camera": camera.code, "code": refusal.code, "user": actor.pk})
            refused[camera.code] = refusal
        else:
            rows.append(_row(actor, camera, habilitation, why, now))
    return (chain.append(Consultation, rows) if rows else []), refused


def _row(actor: User, camera: Looked, habilitation: Habilitation, why: Why, now: dt.datetime) -> Consultation:
    return Consultation(
        begun_at=now,
        user=actor,
        user_label=f"{actor.label} ({actor.username})"[:200],
        act=f"{habilitation.authority} · {habilitation.act}"[:260],
        camera_code=camera.code,
        sector_code=camera.sector_code,
        kind=why.kind,
        period_from=why.period and why.period.start,
        period_to=why.period and why.period.end,
        reason=why.reason,
        reference=why.reference,
        reason_text=why.text,
        ground=why.ground or usual_ground(why.reason, camera.purpose, exercise=camera.exercise),
        workstation=why.workstation,
        recipients=_recipients(habilitation, camera, why),
        exercise=camera.exercise,
        correlation=correlation.current()[:64],
    )


def _recipients(habilitation: Habilitation, camera: Looked, why: Why) -> str:
    """Who looks for a service outside the centre gives it to that service (L-09, L-64)."""
    if why.recipients != ALONE:
        return why.recipients
    shared = let_share(habilitation, camera, recorded=why.period is not None)
    return str(shared)[:200] if shared else ALONE


@transaction.atomic
def record_log_export(
    *, actor: User, period: why.Period, text: str = "", workstation: str = ""
) -> Consultation:
    """Taking a copy of the log is a look at people too: it is written in the log it copies (L-64)."""
    require(actor, Right.SEE_AUDIT)
    row = Consultation(
        begun_at=timezone.now(),
        user=actor,
        user_label=f"{actor.label} ({actor.username})"[:200],
        kind=Consultation.Kind.LOG_EXPORT,
        period_from=period.start,
        period_to=period.end,
        reason=Consultation.Reason.AUDIT,
        reason_text=text[:300],
        ground="loi 78-17, art. 101",
        workstation=workstation[:40],
        recipients=ALONE,
        correlation=correlation.current()[:64],
    )
    return chain.append(Consultation, [row])[0]


def sign_heads() -> list[ChainHead]:
    """Sign where each chain stands; nothing where it has not grown since the last head."""
    signed = [head for name in chain.CHAINS if (head := _sign_head(name))]
    for head in signed:
        keys.keep_outside(head)
        logger.info(
            "head of the audit log signed",
            extra={"chain": head.chain, "last_id": head.last_id, "hash": head.hash, "key": head.key},
        )
    return signed


@transaction.atomic
def _sign_head(name: str) -> ChainHead | None:
    chain.take(chain.HEADS_LOCK)
    before = ChainHead.objects.latest_of(name)
    last_id, last_hash = chain.tip(chain.CHAINS[name])
    if last_id == (before.last_id if before else 0):
        return None
    now = timezone.now()
    head = ChainHead(
        chain=name,
        day=timezone.localdate(now),
        at=now,
        last_id=last_id,
        hash=last_hash,
        count=last_id - (before.last_id if before else 0),
        previous=keys.digest_of(before) if before else "",
    )
    keys.sign(head)
    head.save()
    return head
