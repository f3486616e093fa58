"""A requisition from its paper to its receipt (law W-11): one receives and asks, another checks and agrees (W-01)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from doors.problems import Conflict, hold_together
from events.log import publish
from evidence import asking, became, facts, papers
from evidence.asking import Wanted
from evidence.models import HoldExtension, Requisition
from evidence.models.extension import READ_WITHIN
from evidence.models.requisition import RequisitionQuerySet
from evidence.requisitions.extending import lapse
from evidence.requisitions.standing import by_another, changed, locked, of
from footage.extraction import actions as extractions
from footage.models import Extraction

State = Requisition.State


@transaction.atomic
def receive(
    *,
    actor: User,
    wanted: Sequence[Wanted],
    paper: UploadedFile[bytes] | None = None,
    answered_with_nothing: bool = False,
    workstation: str = "",
    **said: Any,
) -> Requisition:
    """Enter a paper: its minutes are frozen with this commit, and asked for where the actor may.

    `said` are the fields of the row. `answered_with_nothing` enters one whose minutes are all destroyed.
    """
    require(actor, Right.RECEIVE_REQUISITION)
    lines = asking.looked_at(wanted)
    due = [line.due_at for line in lines if line.due_at is not None]
    if not due and not answered_with_nothing:
        raise asking.nothing_kept(lines)
    row = Requisition(received_by=actor, due_at=min(due, default=None), **said)
    row.exercise = lines[0].cameras[0].exercise
    _hangs_together(row)
    if paper is not None:
        row.paper, row.paper_sha256 = papers.keep(paper)
    if not due:
        row.state, row.closed_at, row.closed_by = State.NOTHING_FOUND, timezone.now(), actor
    row.save()
    asking.write(lines, row)
    if due:
        _ask(actor, row, workstation)
    due_at = row.due_at.isoformat() if row.due_at else ""
    publish(facts.Received(demand=row.demand, exercise=row.exercise, due_at=due_at, **of(row)), actor=actor)
    return row


def _hangs_together(row: Requisition) -> None:
    if row.ground == Requisition.Ground.EXERCISE and not row.exercise:
        raise asking.badly_asked(_("An exercise is no legal ground for images of real cameras."))
    if row.is_hold and (row.kept_until is None or row.kept_until <= timezone.now()):
        raise asking.badly_asked(_("A hold has an end, and it is still to come."))
    if not row.is_hold:
        row.kept_until = None
    same = Requisition.objects.exclude(state__in=[State.REFUSED, State.NOTHING_FOUND])
    known = same.filter(authority=row.authority, reference=row.reference, dated_on=row.dated_on).first()
    if known is not None:
        raise Conflict(
            _("This paper is entered already: %(number)s.") % {"number": known.number},
            what_to_do=_("Open it instead of entering it twice."),
            code="paper-known",
        )
    hold_together(row)


def _ask(actor: User, row: Requisition, workstation: str) -> int:
    exercise = row.ground == Requisition.Ground.EXERCISE
    return asking.ask_where_allowed(
        actor,
        row,
        reason=Extraction.Reason.EXERCISE if exercise else Extraction.Reason.REQUISITION,
        ground=row.ground,
        reference=row.reference,
        words=row.number,
        workstation=workstation,
        kept_until=row.kept_until,
    )


@transaction.atomic
def attach(*, actor: User, requisition: Requisition, paper: UploadedFile[bytes] | None) -> Requisition:
    """The scan of a paper that was entered without one. Once there it is never replaced."""
    require(actor, Right.RECEIVE_REQUISITION)
    row = locked(requisition)
    if paper is None or row.paper:
        raise asking.badly_asked(_("A scan is attached once."), _("Choose the file."))
    row.paper, row.paper_sha256 = papers.keep(paper)
    row.save(update_fields=["paper", "paper_sha256"])
    publish(facts.PaperAttached(sha256=row.paper_sha256, **of(row)), actor=actor)
    return row


@transaction.atomic
def ask(*, actor: User, requisition: Requisition, workstation: str = "") -> Requisition:
    """Ask for what could not be asked for when it came: at night, without the habilitation, without an order."""
    require(actor, Right.ASK_EXTRACTION)
    row = locked(requisition)
    count = _ask(actor, row, workstation)
    if not count:
        waits = next((line.waits_for for line in row.lines if line.waits_for), "")
        raise Conflict(
            _("Nothing more could be asked for."), detail=waits, what_to_do=_("Open it again."), code="asked"
        )
    publish(facts.Asked(extractions=count, **of(row)), actor=actor)
    return row


@transaction.atomic
def check(*, actor: User, requisition: Requisition, checks: Sequence[str]) -> Requisition:
    """The second person has read the paper. Who may also validate extractions does so by the same gesture."""
    require(actor, Right.CHECK_REQUISITION)
    row = locked(requisition)
    by_another(actor, row.received_by_id)
    if row.state != State.RECEIVED:
        raise changed()
    if set(checks) != set(Requisition.Check.values):
        raise asking.badly_asked(
            _("Not everything on the paper was checked."),
            _("Tick each point once you have read it on the paper; refuse it if one of them is missing."),
        )
    row.state, row.checks = State.CHECKED, sorted(checks)
    row.checked_at, row.checked_by = timezone.now(), actor
    row.save(update_fields=["state", "checks", "checked_at", "checked_by"])
    publish(facts.Checked(validated=_validate(actor, row), **of(row)), actor=actor)
    return row


@transaction.atomic
def validate(*, actor: User, requisition: Requisition) -> Requisition:
    """Agree to what was asked for after the check, or checked by who may not validate."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row = locked(requisition)
    if row.state != State.CHECKED:
        raise asking.badly_asked(_("It is not checked yet."), _("Read the paper and check it first."))
    count = _validate(actor, row)
    if not count:
        raise changed()
    publish(facts.Validated(validated=count, **of(row)), actor=actor)
    return row


def _validate(actor: User, row: Requisition) -> int:
    if not actor.may(Right.VALIDATE_EXTRACTION):
        return 0

    def agree(extraction: Extraction) -> None:
        if extraction.requester_id != actor.pk:
            extractions.validate_extraction(actor=actor, extraction=extraction)

    return asking.each(row, Extraction.State.ASKED, agree)


@transaction.atomic
def refuse(*, actor: User, requisition: Requisition, refused_for: str, words: str = "") -> Requisition:
    """Answer that it cannot be carried out, on a ground of the list; its minutes go on their day again."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row = locked(requisition)
    by_another(actor, row.received_by_id)
    if row.state != State.RECEIVED:
        raise changed()
    if refused_for not in Requisition.RefusedFor.values:
        raise asking.badly_asked(_("A requisition is refused on a ground of the list."))
    row.state, row.refused_for, row.refused_words = State.REFUSED, refused_for, words.strip()[:300]
    _close(actor, row, "refused_for", "refused_words")
    asking.let_go(actor, row, str(row.get_refused_for_display()))
    publish(facts.Refused(refused_for=refused_for, **of(row)), actor=actor)
    return row


@transaction.atomic
def hand_over(
    *,
    actor: User,
    requisition: Requisition,
    recipient_name: str,
    recipient_quality: str,
    medium: str,
    workstation: str = "",
) -> Requisition:
    """Against a signature (law §2.7): who signs, in which quality, which medium. Written before a byte is given."""
    require(actor, Right.RECEIVE_REQUISITION)
    row = locked(requisition)
    if not row.is_sealed:
        raise Conflict(
            _("Only what is sealed is handed over."),
            what_to_do=_("Wait until each extraction of it is built."),
            code="not-sealed",
        )
    given = [one.strip() for one in (recipient_name, recipient_quality, medium)]
    if not all(given):
        raise asking.badly_asked(_("Say who signs for it, in which quality, and which medium it is on."))
    row.recipient_name, row.recipient_quality, row.medium = given[0][:120], given[1][:120], given[2][:80]
    row.state = State.HANDED_OVER
    _close(actor, row, "recipient_name", "recipient_quality", "medium")

    def give(extraction: Extraction) -> None:
        extractions.hand_over(
            actor=actor,
            extraction=extraction,
            recipient=", ".join(filter(None, (given[0], given[1], row.unit))),
            medium=row.medium,
            workstation=workstation,
        )

    count = asking.each(row, Extraction.State.SEALED, give)
    publish(facts.HandedOver(extractions=count, **of(row)), actor=actor)
    return row


@transaction.atomic
def release(*, actor: User, requisition: Requisition) -> Requisition:
    """A hold ends before its day: what was kept for it goes with the next pass, with its line in the register."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row = locked(requisition)
    if not row.is_hold or row.state != State.CHECKED:
        raise asking.badly_asked(_("Only a hold in force is released."), _("Refuse it, or hand it over."))
    return _released(actor, row, timezone.now())


@transaction.atomic
def end(*, requisition: Requisition) -> Requisition:
    """The day said for a hold has come: the centre itself ends it."""
    row = locked(requisition)
    if not ended(timezone.now()).filter(pk=row.pk).exists():
        raise changed()
    if row.state == State.CHECKED:
        return _released(None, row, row.kept_until or timezone.now())
    # Never checked: nothing was taken out, and nothing may be any more.
    row.state = State.NOTHING_FOUND
    _close(None, row)
    asking.thaw(row)
    publish(facts.NothingFound(**of(row)))
    return row


def _released(actor: User | None, row: Requisition, at: dt.datetime) -> Requisition:
    row.state, row.kept_until = State.RELEASED, at
    _close(actor, row, "kept_until")
    kept = [line.extraction for line in row.lines if line.extraction is not None]
    asking.thaw(row)
    for extraction in kept:
        extractions.keep_until(actor=actor, extraction=extraction, until=at)
    publish(facts.Released(extractions=len(kept), **of(row)), actor=actor)
    return row


@transaction.atomic
def nothing_found(*, actor: User, requisition: Requisition) -> Requisition:
    """What was asked for was not recorded: answered with nothing, with its letter."""
    require(actor, Right.RECEIVE_REQUISITION)
    row = locked(requisition)
    if not asking.is_nothing(row, became.of_lines(row.lines)):
        raise asking.badly_asked(
            _("It is not known yet that nothing was recorded."), _("Have it extracted first.")
        )
    row.state = State.NOTHING_FOUND
    _close(actor, row)
    asking.thaw(row)
    publish(facts.NothingFound(**of(row)), actor=actor)
    return row


def ended(now: dt.datetime) -> RequisitionQuerySet:
    """Holds whose day has come and that nobody has ended; one whose extension is being read waits for it."""
    holds = Requisition.objects.open().filter(demand=Requisition.Demand.KEEP, kept_until__lt=now)
    read = HoldExtension.objects.waiting().filter(requisition=OuterRef("pk"))
    return holds.exclude(Exists(read), kept_until__gte=now - READ_WITHIN).order_by("pk")


def _close(actor: User | None, row: Requisition, *more: str) -> None:
    lapse(row)
    row.closed_at, row.closed_by = timezone.now(), actor
    row.save(update_fields=["state", "closed_at", "closed_by", *more])
