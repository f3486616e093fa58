"""Services outside the centre that may receive images: only under an agreement in force, and what they got (L-09).

Two doors ask here. A look by a State agent is a picture shared with a service: their designation under an agreement
is asked for with it and again each minute, so that the end of the agreement cuts the picture. And what is handed
over on the ground of CSI L252-3 goes to a service that is chosen, never typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Habilitation, User
from accounts.rights import Right, require
from doors.problems import Conflict, NotAllowed, Refused, hold_together
from events.log import publish
from legal.facts import AgreementChanged, Communicated
from legal.models import Communication, Controller, PrefecturalAuthorisation, RecipientAgreement
from legal.models.agreement import AgreementQuerySet, covering

if TYPE_CHECKING:
    from legal.gate import Looked

# A camera as an agreement looks at it: code, sector, whether it is of the exercise.
Named = tuple[str, str, bool]


def let_share(habilitation: Habilitation, camera: Looked, *, recorded: bool) -> RecipientAgreement | None:
    """The agreement under which a State agent sees this camera; None for people of the centre and for drawn streets.

    Raises NotAllowed, which says what is missing.
    """
    if habilitation.category != Habilitation.Category.STATE_AGENT or camera.exercise:
        return None
    mine = _in_force().filter(agents=habilitation)
    found = covering(mine, [(camera.code, camera.sector_code, False)], recorded=recorded)
    if found:
        return found[0]
    what = _("recordings") if recorded else _("live pictures")
    raise NotAllowed(
        _("No agreement in force gives your service %(what)s of camera %(camera)s.")
        % {"what": what, "camera": camera.code},
        detail=_last_of(habilitation),
        what_to_do=_("Ask the supervisor which agreement designates you (CSI L252-3)."),
        code="no-agreement",
    )


def _last_of(habilitation: Habilitation) -> str:
    last = RecipientAgreement.objects.filter(agents=habilitation).order_by("-ends_on").first()
    if last is None:
        return _("No agreement designates you.")
    if last.is_in_force:
        return _("%(agreement)s does not give this.") % {"agreement": last}
    said = _("%(agreement)s ended on %(day)s.")
    return said % {"agreement": last, "day": formats.date_format(last.last_day)}


def who_may_receive(cameras: Iterable[Named]) -> list[RecipientAgreement]:
    """Agreements in force under which recordings of all these cameras may be handed over."""
    return covering(_in_force(), cameras, recorded=True)


def require_recipient(cameras: Sequence[Named]) -> list[RecipientAgreement]:
    """Before anything is taken out for a recipient: who may receive it. Raises Refused when nobody may."""
    offered = who_may_receive(cameras)
    if not offered:
        raise NotAllowed(
            _("No agreement in force lets a service receive recordings of these cameras."),
            detail=", ".join(code for code, _sector, _exercise in cameras),
            what_to_do=_("Have the agreement recorded, or name the requisition it is for (CSI L252-3)."),
            code="no-agreement",
        )
    return offered


@transaction.atomic
def communicate(
    *,
    actor: User,
    agreement: str,
    cameras: Sequence[Named],
    what: str,
    case: str,
    since: dt.datetime,
    until: dt.datetime,
    recipient: str,
) -> Communication:
    """Write that this goes to that service, and until when it may keep it. Raises Refused outside an agreement.

    Called by the action that hands it over, which has asked for the right of `actor`.
    """
    chosen = {str(one.pk): one for one in require_recipient(cameras)}.get(agreement)
    if chosen is None:
        raise Refused(
            _("Choose the agreement under which it is handed over."),
            what_to_do=_("Only those in force that cover each of its cameras are offered."),
            status=400,
            code="agreement-unsaid",
        )
    now = timezone.now()
    row = Communication.objects.create(
        agreement=chosen,
        at=now,
        by=actor,
        what=what[:40],
        case=case[:80],
        camera_codes=[code for code, _sector, _exercise in cameras],
        since=since,
        until=until,
        recipient=", ".join(filter(None, (recipient.strip(), str(chosen))))[:200],
        destroy_by=chosen.destroy_by(timezone.localdate(now)),
    )
    _communicated(row, actor)
    return row


@transaction.atomic
def confirm_destroyed(*, actor: User, communication: Communication, on: dt.date) -> Communication:
    """The recipient says that what it received is destroyed."""
    _keeps(actor)
    row = Communication.objects.select_for_update(no_key=True).get(pk=communication.pk)
    if row.destroyed_on is not None:
        raise Conflict(_("It is written already."), what_to_do=_("Open it again."), code="destroyed-already")
    if not timezone.localdate(row.at) <= on <= timezone.localdate():
        raise _refused(_("It was destroyed between the day it was handed over and today."))
    row.destroyed_on = on
    row.save(update_fields=["destroyed_on"])
    _communicated(row, actor)
    return row


@transaction.atomic
def record_agreement(*, actor: User, agents: Sequence[Habilitation] = (), **told: Any) -> RecipientAgreement:
    """What the act says. It is not written over: another act is another row, and this one is ended."""
    require(actor, Right.MANAGE_HABILITATIONS)
    row = RecipientAgreement(exercise=Controller.current().exercise, **told)
    hold_together(row)
    row.save()
    row.agents.set(agents)
    _changed(row, actor, "recorded")
    return row


@transaction.atomic
def designate(
    *, actor: User, agreement: RecipientAgreement, agents: Sequence[Habilitation], document: Any = None
) -> RecipientAgreement:
    """Who looks under it; who is taken out sees nothing more within a minute. A scan is attached once."""
    require(actor, Right.MANAGE_HABILITATIONS)
    row = RecipientAgreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if not row.is_in_force and row.starts_on <= timezone.localdate():
        raise _refused(_("It has ended: nobody is designated under it any more."))
    if document and row.document:
        raise _refused(_("A scan is attached once."))
    if document:
        row.document = document
        hold_together(row)
        row.save(update_fields=["document"])
    row.agents.set(agents)
    _changed(row, actor, "changed")
    return row


@transaction.atomic
def end_agreement(*, actor: User, agreement: RecipientAgreement, why: str) -> RecipientAgreement:
    """From today on nothing is given under it: looks are cut within a minute."""
    require(actor, Right.MANAGE_HABILITATIONS)
    row = RecipientAgreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    if row.ended_on is not None or row.last_day < timezone.localdate():
        raise Conflict(_("It has ended already."), what_to_do=_("Open it again."), code="agreement-over")
    if not why.strip():
        raise _refused(_("Say why it ends before its day."))
    row.ended_on, row.ended_why = timezone.localdate(), why.strip()[:300]
    row.save(update_fields=["ended_on", "ended_why"])
    _changed(row, actor, "ended")
    return row


def unnamed() -> list[tuple[str, str]]:
    """Services an order in force names and no agreement in force is recorded for: (service, order)."""
    today = timezone.localdate()
    known = [one.agency.casefold() for one in RecipientAgreement.objects.in_force(today)]
    return [
        (line.strip(), act.number)
        for act in PrefecturalAuthorisation.objects.in_force(today)
        for line in act.recipients.splitlines()
        if line.strip() and not any(line.strip().casefold() in one or one in line.casefold() for one in known)
    ]


def _in_force() -> AgreementQuerySet:
    return RecipientAgreement.objects.in_force(timezone.localdate()).select_related("authorisation")


def _keeps(actor: User) -> None:
    if not actor.may(Right.MANAGE_HABILITATIONS):
        require(actor, Right.KEEP_REGISTERS)


def _changed(row: RecipientAgreement, actor: User, what: str) -> None:
    publish(AgreementChanged(agreement_id=row.pk, what=what, ends_on=row.ends_on.isoformat()), actor=actor)


def _communicated(row: Communication, actor: User) -> None:
    fact = Communicated(
        communication_id=row.pk,
        agreement_id=row.agreement_id,
        what=row.what,
        destroy_by=row.destroy_by.isoformat(),
        destroyed=row.destroyed_on is not None,
    )
    publish(fact, actor=actor)


def _refused(title: str) -> Refused:
    return Refused(title, what_to_do=_("Correct it and send it again."), status=400, code="agreement")
