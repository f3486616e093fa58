"""A request of access from its receipt to its answer (law L-61, L-62): minutes frozen at once, a clock of one month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from doors.problems import Conflict, NotAllowed, Refused, hold_together
from events.log import publish
from evidence import asking, became, facts
from evidence.asking import Wanted
from evidence.models import AccessRequest, AskedMinutes
from evidence.models.access import a_month_after
from footage.extraction import actions as extractions
from footage.freezing import release
from footage.models import Extraction

State, Answer = AccessRequest.State, AccessRequest.Answer
# Law §1.9: until answered and two months more, six months at most.
AT_MOST, AFTERWARDS = dt.timedelta(days=183), dt.timedelta(days=61)


@transaction.atomic
def receive(
    *, actor: User, wanted: Sequence[Wanted], answered_with_nothing: bool = False, **said: Any
) -> AccessRequest:
    """Enter a request: the named minutes are frozen with this commit, and one month begins (GDPR art. 12(3))."""
    _may_receive(actor)
    lines = asking.looked_at(wanted)
    there = any(line.due_at is not None for line in lines)
    if not there and not answered_with_nothing:
        raise asking.nothing_kept(lines)
    row = AccessRequest(received_by=actor, due_on=a_month_after(timezone.localdate()), **said)
    row.exercise = lines[0].cameras[0].exercise
    if not there:
        row.state, row.answered_at, row.answered_by = State.NOTHING_FOUND, timezone.now(), actor
    hold_together(row)
    row.save()
    asking.write(lines, row)
    publish(facts.AccessAsked(due_on=row.due_on.isoformat(), exercise=row.exercise, **_of(row)), actor=actor)
    return row


@transaction.atomic
def identify(*, actor: User, request: AccessRequest, identity: str) -> AccessRequest:
    """How it was made sure whose images they are. No copy of a paper is kept: the way is written, nothing else."""
    _may_receive(actor)
    row = _open(request)
    if identity not in AccessRequest.Identity.values:
        raise asking.badly_asked(_("Say how the identity was checked."))
    row.identity, row.identity_at, row.identity_by = identity, timezone.now(), actor
    row.save(update_fields=["identity", "identity_at", "identity_by"])
    publish(facts.IdentityChecked(**_of(row)), actor=actor)
    return row


@transaction.atomic
def prepare(
    *, actor: User, request: AccessRequest, sharp: Any = None, workstation: str = ""
) -> AccessRequest:
    """Ask for the blurred copy. Without areas in `sharp` nobody can be recognised in it, the person neither."""
    require(actor, Right.ASK_EXTRACTION)
    row = _open(request)
    if not row.identity:
        raise _identity_first()
    count = asking.ask_where_allowed(
        actor,
        row,
        reason=Extraction.Reason.ACCESS_REQUEST,
        ground=Extraction.Ground.ACCESS,
        reference=row.number,
        blurred=True,
        sharp=sharp,
        workstation=workstation,
        kept_until=row.received_at + AT_MOST,
    )
    if not count:
        waits = next((line.waits_for for line in row.lines if line.waits_for), "")
        raise Conflict(
            _("Nothing more could be asked for."), detail=waits, what_to_do=_("Open it again."), code="asked"
        )
    publish(facts.AccessPrepared(extractions=count, **_of(row)), actor=actor)
    return row


def drawn_for(request: AccessRequest) -> QuerySet[Extraction]:
    """Extractions asked for on the page of recordings under this number, with what stays sharp drawn there."""
    taken = AskedMinutes.objects.filter(extraction=OuterRef("pk"))
    asked = Extraction.objects.filter(
        reason=Extraction.Reason.ACCESS_REQUEST, reference=request.number, state=Extraction.State.ASKED
    )
    return asked.filter(~Exists(taken)).order_by("pk")


@transaction.atomic
def attach(*, actor: User, request: AccessRequest) -> AccessRequest:
    """Take in what was asked for on the page of recordings: each for the line that holds its minutes and cameras."""
    require(actor, Right.ASK_EXTRACTION)
    row = _open(request)
    if not row.identity:
        raise _identity_first()
    count = 0
    for extraction in drawn_for(row):
        codes = set(extraction.cameras.values_list("code", flat=True))
        line = next((line for line in row.lines if _is_of(line, extraction, codes)), None)
        if line is None:
            continue
        release(line.cause)
        line.extraction, line.waits_for = extraction, ""
        line.save(update_fields=["extraction", "waits_for"])
        extractions.keep_until(actor=actor, extraction=extraction, until=row.received_at + AT_MOST)
        count += 1
    if not count:
        raise Conflict(
            _("No extraction was asked for under this number with these cameras and minutes."),
            what_to_do=_("Open the recordings from this page, draw what stays sharp, and ask for it there."),
            code="nothing-drawn",
        )
    publish(facts.AccessPrepared(extractions=count, **_of(row)), actor=actor)
    return row


def _is_of(line: AskedMinutes, extraction: Extraction, codes: set[str]) -> bool:
    if line.extraction is not None or codes != {camera.code for camera in line.cameras.all()}:
        return False
    return extraction.since < line.until and extraction.until > line.since


@transaction.atomic
def grant(*, actor: User, request: AccessRequest) -> AccessRequest:
    """The second person agrees: the copy is made, or a viewing may take place."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row = _open(request)
    _another(actor, row)
    if not row.identity:
        raise _identity_first()
    if row.state == State.RECEIVED:
        row.state, row.decided_at, row.decided_by = State.GRANTED, timezone.now(), actor
        row.save(update_fields=["state", "decided_at", "decided_by"])

    def agree(extraction: Extraction) -> None:
        extractions.validate_extraction(actor=actor, extraction=extraction)

    asking.each(row, Extraction.State.ASKED, agree)
    publish(facts.AccessGranted(**_of(row)), actor=actor)
    return row


@transaction.atomic
def refuse(*, actor: User, request: AccessRequest, refused_for: str, words: str) -> AccessRequest:
    """Only for a ground of the closed list, and motivated (L-62); its minutes go on their day again."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row = _open(request)
    _another(actor, row)
    if refused_for not in AccessRequest.RefusedFor.values or len(words.strip()) < 10:
        raise asking.badly_asked(
            _("A refusal names its ground and says in words why it applies."),
            _("The person may contest it: write what you would tell the CNIL."),
        )
    row.state, row.refused_for, row.refused_words = State.REFUSED, refused_for, words.strip()[:600]
    row.decided_at, row.decided_by = timezone.now(), actor
    _answered(actor, row, "refused_for", "refused_words", "decided_at", "decided_by")
    asking.let_go(actor, row, str(row.get_refused_for_display()))
    _keep_for_contest(actor, row)
    publish(facts.AccessRefused(refused_for=refused_for, **_of(row)), actor=actor)
    return row


@transaction.atomic
def extend(*, actor: User, request: AccessRequest, why: str) -> AccessRequest:
    """Two months more, once, said to the person with its reason before the first month is over (GDPR art. 12(3))."""
    require(actor, Right.VALIDATE_EXTRACTION)
    row = _open(request)
    if row.longer_why or not why.strip() or row.days_left < 0:
        raise asking.badly_asked(
            _("The month is made longer once, before it is over, with its reason."),
            _("Answer it now; if it is late, say so to the data protection officer."),
        )
    row.longer_why = why.strip()[:300]
    row.due_on = a_month_after(timezone.localdate(row.received_at), 3)
    row.save(update_fields=["longer_why", "due_on"])
    publish(facts.AccessExtended(due_on=row.due_on.isoformat(), **_of(row)), actor=actor)
    return row


@transaction.atomic
def answer(*, actor: User, request: AccessRequest, how: str, workstation: str = "") -> AccessRequest:
    """The copy is handed over, or the images were viewed on site. Written for each camera before a byte is given."""
    require(actor, Right.RECEIVE_REQUISITION)
    row = _open(request)
    if row.state != State.GRANTED or how not in Answer.values:
        raise asking.badly_asked(_("It is not granted yet."), _("Somebody else grants it first."))
    if how == Answer.COPY:
        if not row.is_ready:
            raise Conflict(
                _("The blurred copy is not sealed yet."),
                what_to_do=_("Wait until it is built."),
                code="not-sealed",
            )
        for line in row.lines:
            if line.extraction is not None:
                extractions.hand_over_copy(
                    actor=actor,
                    extraction=line.extraction,
                    recipient=_("the person concerned, %(number)s") % {"number": row.number},
                    workstation=workstation,
                )
    row.state, row.answer = State.ANSWERED, how
    _answered(actor, row, "answer")
    _keep_for_contest(actor, row)
    publish(facts.AccessAnswered(answer=how, **_of(row)), actor=actor)
    return row


@transaction.atomic
def nothing_found(*, actor: User, request: AccessRequest) -> AccessRequest:
    """The named minutes are not recorded: answered so, within the month."""
    require(actor, Right.RECEIVE_REQUISITION)
    row = _open(request)
    if not asking.is_nothing(row, became.of_lines(row.lines)):
        raise asking.badly_asked(
            _("It is not known yet that nothing was recorded."), _("Have it extracted first.")
        )
    row.state = State.NOTHING_FOUND
    _answered(actor, row)
    asking.thaw(row)
    publish(facts.AccessAnswered(answer="nothing_found", **_of(row)), actor=actor)
    return row


def _keep_for_contest(actor: User, row: AccessRequest) -> None:
    """What was copied out stays two months more, six after receipt at most (law §1.9)."""
    ends = min(timezone.now() + AFTERWARDS, row.received_at + AT_MOST)
    for line in row.lines:
        if line.extraction is None:
            release(line.cause)
        else:
            extractions.keep_until(actor=actor, extraction=line.extraction, until=ends)


def _answered(actor: User, row: AccessRequest, *more: str) -> None:
    row.answered_at, row.answered_by = timezone.now(), actor
    row.save(update_fields=["state", "answered_at", "answered_by", *more])


def _may_receive(actor: User) -> None:
    """Who receives papers, and the data protection officer."""
    if not actor.may(Right.KEEP_REGISTERS):
        require(actor, Right.RECEIVE_REQUISITION)


def _open(request: AccessRequest) -> AccessRequest:
    """Locked. Race: two persons at once; the state says who was first."""
    row = AccessRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if not row.is_open:
        raise Conflict(
            _("This request is no longer in the state you saw."),
            what_to_do=_("Open it again."),
            code="request-changed",
        )
    return row


def _another(actor: User, row: AccessRequest) -> None:
    if row.received_by_id == actor.pk:
        raise NotAllowed(
            _("You received this request: somebody else decides on it."),
            detail=_("Two persons answer for every image that leaves the centre."),
            what_to_do=_("Ask another person who may validate extractions."),
            code="two-persons",
        )


def _identity_first() -> Refused:
    return Refused(
        _("The identity of the person is not checked yet."),
        what_to_do=_("Check it first: the images must be the person's own."),
        status=409,
        code="identity",
    )


def _of(row: AccessRequest) -> dict[str, Any]:
    return {"access_request_id": row.pk, "number": row.number}
