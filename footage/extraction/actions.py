"""Taking recorded minutes out: asked by one person, validated by another, sealed, handed over (W-01, W-11)."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from accounts.roles import Role
from cameras.models import Camera
from doors.problems import Conflict, NotAllowed, Refused
from events.log import publish
from footage import tasks
from footage.extraction import facts
from footage.extraction.sharp import BadArea, cleaned
from footage.freezing import freeze, release, take_over
from footage.models import BlurredCopy, Extraction
from footage.replay.actions import within_limits
from footage.showing import looked
from legal import recipients
from legal.actions import record_consultation
from legal.models import Consultation, RecipientAgreement
from legal.why import Period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User

AT_MOST = 16
State = Extraction.State


@transaction.atomic
def ask_extraction(
    *,
    actor: User,
    codes: list[str],
    since: dt.datetime,
    until: dt.datetime,
    reason: str,
    ground: str,
    reference: str,
    words: str = "",
    blurred: bool = False,
    sharp: Any = None,
    workstation: str = "",
    frozen_as: str = "",
    kept_until: dt.datetime | None = None,
) -> Extraction:
    """Ask for these minutes. A consultation is written for each camera: right, habilitation and order hold.

    From now on they are not destroyed until they are taken out (W-11). `blurred` asks for a copy as well, in which
    only the areas in `sharp` can be recognised; who asks for their own data gets nothing else (L-61).
    `frozen_as` is the cause they were frozen for when their paper came; `kept_until` the end of a hold (L-05).
    """
    require(actor, Right.ASK_EXTRACTION)
    cameras = _cameras(codes)
    if not reference.strip() and reason != Extraction.Reason.EXERCISE:
        raise _badly_asked(_("An extraction needs the number of its case."))
    if reason not in Extraction.Reason.values or ground not in Extraction.Ground.values:
        raise _badly_asked(_("An extraction needs a reason and a legal ground of the list."))
    if ground == Extraction.Ground.RECIPIENT:
        recipients.require_recipient(_named(cameras))
    period = within_limits(Period(since, until), cameras, frozen_as=frozen_as)
    extraction = Extraction.objects.create(
        since=period.start,
        until=period.end,
        reason=reason,
        ground=ground,
        reference=reference.strip()[:80],
        words=words.strip()[:300],
        requester=actor,
        requester_function=", ".join(str(Role(role).label) for role in actor.roles)[:120],
        kept_until=kept_until,
    )
    extraction.cameras.set(cameras)
    if frozen_as:
        take_over(frozen_as, extraction.cause)
    freeze(cameras, period, extraction.cause)
    if blurred or sharp or reason == Extraction.Reason.ACCESS_REQUEST:
        BlurredCopy.objects.create(extraction=extraction, sharp=_areas(sharp, cameras))
    _consult(actor, extraction, cameras, recipients="", workstation=workstation)
    publish(
        facts.Asked(
            extraction_id=extraction.pk, number=extraction.number, cameras=[camera.code for camera in cameras]
        ),
        actor=actor,
    )
    return extraction


@transaction.atomic
def validate_extraction(*, actor: User, extraction: Extraction, start: bool = True) -> Extraction:
    """The second person agrees; building starts after the commit unless who calls builds it here (W-01)."""
    row = _of_somebody_else(actor, extraction)
    row.state, row.validator, row.validated_at = State.VALIDATED, actor, timezone.now()
    row.save(update_fields=["state", "validator", "validated_at"])
    publish(facts.Validated(extraction_id=row.pk, number=row.number), actor=actor)
    if start:
        transaction.on_commit(partial(tasks.start_building, row.pk), robust=True)
    return row


@transaction.atomic
def refuse_extraction(*, actor: User, extraction: Extraction, why: str) -> Extraction:
    row = _of_somebody_else(actor, extraction)
    if not why.strip():
        raise _badly_asked(_("Say why it is refused."))
    row.state, row.refused_why = State.REFUSED, why.strip()[:300]
    row.save(update_fields=["state", "refused_why"])
    release(row.cause)
    publish(facts.Refused(extraction_id=row.pk, number=row.number), actor=actor)
    return row


@transaction.atomic
def build_again(*, actor: User, extraction: Extraction) -> Extraction:
    """After what made it fail was put right."""
    require(actor, Right.VALIDATE_EXTRACTION)
    # Race: two people at once. The state says who was first.
    if not Extraction.objects.filter(pk=extraction.pk, state=State.FAILED).update(
        state=State.VALIDATED, tries=0, error="", holder="", progress=0
    ):
        raise _changed()
    row = Extraction.objects.get(pk=extraction.pk)
    publish(facts.Validated(extraction_id=row.pk, number=row.number), actor=actor)
    transaction.on_commit(partial(tasks.start_building, row.pk), robust=True)
    return row


@transaction.atomic
def keep_until(*, actor: User | None, extraction: Extraction, until: dt.datetime) -> Extraction:
    """From then on its package goes, with its line in the register, handed over or not (L-05)."""
    rights = (Right.VALIDATE_EXTRACTION, Right.ASK_EXTRACTION, Right.RECEIVE_REQUISITION)
    if actor is not None and not any(actor.may(right) for right in rights):
        require(actor, Right.VALIDATE_EXTRACTION)
    Extraction.objects.filter(pk=extraction.pk).update(kept_until=until)
    extraction.kept_until = until
    publish(
        facts.KeptUntil(extraction_id=extraction.pk, number=extraction.number, until=until.isoformat()),
        actor=actor,
    )
    return extraction


@transaction.atomic
def hand_over(
    *,
    actor: User,
    extraction: Extraction,
    recipient: str,
    medium: str = "",
    workstation: str = "",
    agreement: str = "",
) -> Extraction:
    """The package leaves the centre: to whom is written for each camera before a byte is given.

    A recipient designated by the prefect (CSI L252-3) is one of an `agreement` in force, by its number (L-09).
    """
    row = Extraction.objects.select_for_update(of=("self",), no_key=True).get(pk=extraction.pk)
    if not row.is_sealed:
        raise Conflict(
            _("Only a sealed extraction is handed over."),
            what_to_do=_("Wait until it is built."),
            code="not-sealed",
        )
    if row.reason == Extraction.Reason.ACCESS_REQUEST:
        raise NotAllowed(
            _("Who asks for their own data gets the blurred copy."),
            detail=_("The original shows other people."),
            what_to_do=_("Hand over the blurred copy."),
            code="original-of-access-request",
        )
    _may_hand_over(actor, row, recipient)
    cameras = list(row.cameras.select_related("sector").order_by("code"))
    if row.state == State.SEALED:
        row.state = State.HANDED_OVER
    row.handed_at, row.handed_by = timezone.now(), actor
    row.recipient, row.medium = _to_whom(actor, row, cameras, recipient, agreement), medium.strip()[:80]
    row.save(update_fields=["state", "handed_at", "handed_by", "recipient", "medium"])
    _consult(actor, row, cameras, recipients=row.recipient, workstation=workstation)
    publish(facts.HandedOver(extraction_id=row.pk, number=row.number), actor=actor)
    return row


@transaction.atomic
def hand_over_copy(
    *, actor: User, extraction: Extraction, recipient: str, workstation: str = "", agreement: str = ""
) -> BlurredCopy:
    """The blurred copy leaves the centre; the original stays. To whom is written first, for each camera."""
    copy = BlurredCopy.objects.select_for_update(of=("self",), no_key=True).filter(pk=extraction.pk).first()
    if copy is None or copy.state != BlurredCopy.State.SEALED:
        raise Conflict(
            _("Only a sealed copy is handed over."),
            what_to_do=_("Wait until it is built."),
            code="not-sealed",
        )
    _may_hand_over(actor, extraction, recipient)
    cameras = list(extraction.cameras.select_related("sector").order_by("code"))
    copy.handed_at, copy.handed_by = timezone.now(), actor
    copy.recipient = _to_whom(actor, extraction, cameras, recipient, agreement, what=copy.number)
    copy.save(update_fields=["handed_at", "handed_by", "recipient"])
    _consult(actor, extraction, cameras, recipients=copy.recipient, workstation=workstation)
    publish(facts.CopyHandedOver(extraction_id=extraction.pk, number=copy.number), actor=actor)
    return copy


def _may_hand_over(actor: User, extraction: Extraction, recipient: str) -> None:
    if not recipient.strip():
        raise _badly_asked(_("Say who receives it."))
    if extraction.requester_id != actor.pk:
        require(actor, Right.VALIDATE_EXTRACTION)


def _to_whom(
    actor: User, row: Extraction, cameras: list[Camera], recipient: str, agreement: str, *, what: str = ""
) -> str:
    """Who receives it, in words; under an agreement also which, and written in its register."""
    if row.ground != Extraction.Ground.RECIPIENT:
        return recipient.strip()[:200]
    written = recipients.communicate(
        actor=actor,
        agreement=agreement,
        cameras=_named(cameras),
        what=what or row.number,
        case=row.reference,
        since=row.since,
        until=row.until,
        recipient=recipient,
    )
    return written.recipient


def _named(cameras: list[Camera]) -> list[recipients.Named]:
    return [(camera.code, camera.sector.code if camera.sector else "", camera.exercise) for camera in cameras]


def agreements_for(extraction: Extraction) -> list[RecipientAgreement]:
    """Under which of them it may be handed over; none where its ground is another than CSI L252-3."""
    if extraction.ground != Extraction.Ground.RECIPIENT or not extraction.is_sealed:
        return []
    cameras = list(extraction.cameras.select_related("sector").order_by("code"))
    return recipients.who_may_receive(_named(cameras))


def _areas(said: Any, cameras: list[Camera]) -> dict[str, list[dict[str, Any]]]:
    try:
        return cleaned(said or {}, [camera.code for camera in cameras])
    except BadArea as error:
        raise _badly_asked(_("What stays sharp is not drawn on a picture of these cameras.")) from error


def _cameras(codes: list[str]) -> list[Camera]:
    wanted = set(codes)
    cameras = list(Camera.objects.filter(code__in=wanted).select_related("sector").order_by("code"))
    if not cameras or len(cameras) != len(wanted) or len(cameras) > AT_MOST:
        raise _badly_asked(_("Choose cameras of the estate, sixteen at most."))
    return cameras


def _consult(
    actor: User, extraction: Extraction, cameras: Iterable[Camera], *, recipients: str, workstation: str
) -> None:
    for camera in looked(list(cameras)):
        record_consultation(
            actor=actor,
            camera_code=camera.code,
            sector_code=camera.sector_code,
            owner_account_id=camera.owner_account_id,
            exercise=camera.exercise,
            authorised=camera.authorised,
            purpose=camera.purpose,
            masked=camera.masked,
            kind=Consultation.Kind.EXTRACTION,
            reason=extraction.reason,
            reference=extraction.reference,
            text=extraction.words,
            ground=str(Extraction.Ground(extraction.ground).value),
            period=Period(extraction.since, extraction.until),
            recipients=recipients,
            workstation=workstation,
        )


def _of_somebody_else(actor: User, extraction: Extraction) -> Extraction:
    require(actor, Right.VALIDATE_EXTRACTION)
    row = Extraction.objects.select_for_update(of=("self",), no_key=True).get(pk=extraction.pk)
    if row.requester_id == actor.pk:
        raise NotAllowed(
            _("You asked for this extraction: somebody else validates it."),
            detail=_("Two persons answer for every image that leaves the centre."),
            what_to_do=_("Ask another person who may validate extractions."),
            code="two-persons",
        )
    if row.state != State.ASKED:
        raise _changed()
    return row


def _changed() -> Conflict:
    return Conflict(
        _("This extraction is no longer in the state you saw."),
        what_to_do=_("Open it again."),
        code="extraction-changed",
    )


def _badly_asked(title: str) -> Refused:
    return Refused(title, what_to_do=_("Correct it and send it again."), status=400, code="extraction-asked")
