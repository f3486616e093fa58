"""A hold that ends later: on a paper of its own, received by one person and read by another (law L-05, W-01).

Nothing is brought back: what was destroyed, or never was copied out, stays so. Until its paper is read an extension
moves no end: what is kept outlives it by the days the reading is given, no more, so that a paper that came on the last
evening is not answered with nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from doors.problems import Conflict, Refused, hold_together
from events.log import publish
from evidence import asking, facts, papers
from evidence.models import HoldExtension, Requisition
from evidence.requisitions.standing import by_another, changed, locked, of
from footage.extraction import actions as extractions
from footage.models import Extraction

State = HoldExtension.State


@transaction.atomic
def extend(
    *,
    actor: User,
    requisition: Requisition,
    paper: UploadedFile[bytes] | None = None,
    **said: Any,
) -> HoldExtension:
    """Enter the paper that asks for a later end. `said` are the fields of the row: its own, none of the hold's."""
    require(actor, Right.RECEIVE_REQUISITION)
    row = locked(requisition)
    now = timezone.now()
    if not row.is_hold or row.state != Requisition.State.CHECKED or row.kept_until is None:
        raise asking.badly_asked(
            _("Only a hold in force is made longer."),
            _("Have it checked first, or enter a paper of its own."),
        )
    if row.kept_until <= now:
        raise _over()
    still = still_kept(row)
    if not still:
        raise asking.nothing_kept()
    extension = HoldExtension(requisition=row, was_until=row.kept_until, received_by=actor, **said)
    _hangs_together(row, extension)
    if paper is not None:
        extension.paper, extension.paper_sha256 = papers.keep(paper)
    extension.save()
    _keep(actor, still, extension.read_by)
    until = extension.kept_until.isoformat()
    publish(facts.ExtensionReceived(extension_id=extension.pk, until=until, **of(row)), actor=actor)
    return extension


def _hangs_together(row: Requisition, extension: HoldExtension) -> None:
    assert row.kept_until is not None
    if extension.kept_until <= row.kept_until:
        raise asking.badly_asked(_("It does not end later than the hold does now."))
    if extension.ground == Requisition.Ground.EXERCISE and not row.exercise:
        raise asking.badly_asked(_("An exercise is no legal ground for images of real cameras."))
    same = (row.authority, row.reference, row.dated_on)
    known = row.extensions.exclude(state=State.REFUSED)
    papers_of = [same, *known.values_list("authority", "reference", "dated_on")]
    if (extension.authority, extension.reference, extension.dated_on) in papers_of:
        raise Conflict(
            _("This paper is entered already: %(number)s.") % {"number": row.number},
            what_to_do=_("A hold is made longer by a paper of its own: enter its number and its date."),
            code="paper-known",
        )
    if known.waiting().exists():
        raise Conflict(
            _("Another paper that makes this hold longer waits to be read."),
            what_to_do=_("Have it agreed to or refused first."),
            code="extension-waits",
        )
    hold_together(extension)


@transaction.atomic
def attach_to(
    *, actor: User, requisition: Requisition, extension: int, paper: UploadedFile[bytes] | None
) -> HoldExtension:
    """The scan of an extension that was entered without one. Once there it is never replaced."""
    require(actor, Right.RECEIVE_REQUISITION)
    row = locked(requisition)
    found = row.extensions.select_for_update(no_key=True).filter(pk=extension).first()
    if found is None or paper is None or found.paper:
        raise asking.badly_asked(_("A scan is attached once."), _("Choose the file."))
    found.paper, found.paper_sha256 = papers.keep(paper)
    found.save(update_fields=["paper", "paper_sha256"])
    publish(facts.PaperAttached(sha256=found.paper_sha256, **of(row)), actor=actor)
    return found


@transaction.atomic
def agree(*, actor: User, requisition: Requisition, extension: int, checks: Sequence[str]) -> HoldExtension:
    """The second person has read the paper: the hold and what it keeps end on the later day."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row, waiting = _waiting(actor, requisition, extension)
    if set(checks) != set(HoldExtension.Check.values):
        raise asking.badly_asked(
            _("Not everything on the paper was checked."),
            _("Tick each point once you have read it on the paper; refuse it if one of them is missing."),
        )
    still = still_kept(row)
    if not still or waiting.kept_until <= timezone.now():
        raise _over()
    _decide(actor, waiting, State.AGREED, checks=sorted(checks))
    row.kept_until = waiting.kept_until
    row.save(update_fields=["kept_until"])
    _keep(actor, still, waiting.kept_until)
    until = waiting.kept_until.isoformat()
    publish(
        facts.HoldExtended(
            extension_id=waiting.pk, until=until, was_until=waiting.was_until.isoformat(), **of(row)
        ),
        actor=actor,
    )
    return waiting


@transaction.atomic
def refuse_extension(
    *, actor: User, requisition: Requisition, extension: int, refused_for: str, words: str = ""
) -> HoldExtension:
    """The end stays where it was; past it, what was kept goes with the next pass."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row, waiting = _waiting(actor, requisition, extension)
    if refused_for not in Requisition.RefusedFor.values:
        raise asking.badly_asked(_("A requisition is refused on a ground of the list."))
    said = {"refused_for": refused_for, "refused_words": words.strip()[:300]}
    _decide(actor, waiting, State.REFUSED, **said)
    _keep(actor, still_kept(row), waiting.was_until)
    publish(facts.ExtensionRefused(extension_id=waiting.pk, refused_for=refused_for, **of(row)), actor=actor)
    return waiting


def lapse(row: Requisition) -> None:
    """Its hold is closed, by whatever way: nothing waits for a reading any more."""
    waiting = row.extensions.select_for_update(no_key=True).waiting().first()
    if waiting is not None:
        _decide(None, waiting, State.LAPSED)
        _keep(None, still_kept(row), waiting.was_until)


def still_kept(row: Requisition) -> list[Extraction]:
    """What of a hold can be kept longer: packages that are there, and those being built."""
    found = [line.extraction for line in row.lines if line.extraction is not None]
    return [one for one in found if one.is_under_way or (one.is_sealed and one.folder)]


def _waiting(actor: User, requisition: Requisition, extension: int) -> tuple[Requisition, HoldExtension]:
    """Race: two persons at once, and a paper that replaced the one that was read: the number says which."""
    row = locked(requisition)
    waiting = row.extensions.select_for_update(no_key=True).waiting().filter(pk=extension).first()
    if waiting is None:
        raise changed()
    by_another(actor, waiting.received_by_id)
    return row, waiting


def _decide(actor: User | None, extension: HoldExtension, state: str, **said: Any) -> None:
    extension.state, extension.decided_at, extension.decided_by = state, timezone.now(), actor
    for name, value in said.items():
        setattr(extension, name, value)
    extension.save(update_fields=["state", "decided_at", "decided_by", *said])


def _keep(actor: User | None, kept: Iterable[Extraction], until: dt.datetime) -> None:
    for extraction in kept:
        extractions.keep_until(actor=actor, extraction=extraction, until=until)


def _over() -> Refused:
    return Conflict(
        _("This hold has ended: what it kept is destroyed, or goes with the next pass."),
        what_to_do=_("What is destroyed does not come back: tell the authority so."),
        code="hold-over",
    )
