"""Personal data breaches: recorded, assessed, notified within 72 hours or judged to need none, closed (L-63)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from doors.problems import Refused
from events.log import publish
from legal.facts import BreachChanged
from legal.models import Breach, BreachStep, Controller
from legal.models.breach import CLOCK

NUMBERS_LOCK = 7_306  # pg_advisory key: two breaches recorded at once get two numbers
# What may be told of a breach, at first or later, until it is closed.
TOLD = (
    *("began_at", "ended_at", "natures", "what", "people", "people_about", "data", "records_about"),
    *("consequences", "measures", "risk"),
)


@transaction.atomic
def record_breach(*, actor: User, aware_at: dt.datetime, words: str = "", **told: Any) -> Breach:
    """From here the 72 hours run, counted from when the centre knew. Raises Refused for a moment to come."""
    require(actor, Right.KEEP_REGISTERS)
    if aware_at > timezone.now():
        raise _refused(_("The centre cannot have known later than now."), code="breach-ahead", status=400)
    breach = Breach(number=_number(aware_at), aware_at=aware_at, exercise=Controller.current().exercise)
    _tell(breach, told)
    breach.save()
    return _step(breach, actor, words or _("Recorded."))


@transaction.atomic
def tell_more(*, actor: User, breach: Breach, words: str, **told: Any) -> Breach:
    """What was learnt since; what was said before stays in the steps."""
    row = _locked(actor, breach)
    _tell(row, told)
    row.save()
    return _step(row, actor, words)


@transaction.atomic
def notify(
    *, actor: User, breach: Breach, at: dt.datetime, reference: str = "", why_late: str = ""
) -> Breach:
    """The CNIL was told. After 72 hours the reasons for the delay go with it (art. 33(1))."""
    row = _locked(actor, breach)
    if at > timezone.now() or at < row.aware_at:
        raise _refused(
            _("It was notified between the moment the centre knew and now."), code="breach-when", status=400
        )
    if at > row.aware_at + CLOCK and not why_late:
        raise _refused(
            _("A notification after 72 hours gives the reasons for the delay."),
            code="breach-late",
            status=400,
        )
    row.notified_at, row.cnil_reference, row.why_late = at, reference, why_late
    row.state = Breach.State.NOTIFIED
    row.save()
    return _step(row, actor, _("Notified to the CNIL."))


@transaction.atomic
def judge_without_risk(*, actor: User, breach: Breach, words: str) -> Breach:
    """Unlikely to be a risk to people: not notified, kept here with the reason (art. 33(1) and (5))."""
    row = _locked(actor, breach)
    if not words.strip():
        raise _refused(_("Say why it is no risk to people."), code="breach-why", status=400)
    row.risk, row.state = Breach.Risk.NONE, Breach.State.NO_RISK
    row.save()
    return _step(row, actor, words)


@transaction.atomic
def tell_people(*, actor: User, breach: Breach, at: dt.datetime | None, why_not: str = "") -> Breach:
    """Those concerned were told, or why they were not (art. 34(3))."""
    row = _locked(actor, breach)
    if at is None and not why_not.strip():
        raise _refused(_("Say when they were told, or why they were not."), code="breach-people", status=400)
    row.people_told_at, row.why_not_told = at, "" if at else why_not
    row.save()
    return _step(row, actor, _("People were told.") if at else _("People were not told: %s") % why_not)


@transaction.atomic
def close(*, actor: User, breach: Breach, words: str) -> Breach:
    row = _locked(actor, breach)
    if row.state == Breach.State.OPEN:
        raise _refused(
            _("The 72 hours run: notify it, or say why it is no risk to people."), code="breach-open"
        )
    if row.people_must_be_told:
        raise _refused(_("A high risk: say that people were told, or why not."), code="breach-people")
    row.state, row.closed_at = Breach.State.CLOSED, timezone.now()
    row.save()
    return _step(row, actor, words or _("Closed."))


def _locked(actor: User, breach: Breach) -> Breach:
    require(actor, Right.KEEP_REGISTERS)
    row = Breach.objects.select_for_update(no_key=True).get(pk=breach.pk)
    if row.state == Breach.State.CLOSED:
        raise _refused(_("This breach is closed: nothing is added to it."), code="breach-closed")
    return row


def _tell(breach: Breach, told: dict[str, Any]) -> None:
    if unknown := set(told) - set(TOLD):
        raise TypeError(f"nothing of a breach is called {', '.join(sorted(unknown))}")
    for name, value in told.items():
        setattr(breach, name, value)
    try:
        breach.full_clean(exclude=["number"], validate_unique=False)
    except ValidationError as error:
        raise _refused("; ".join(error.messages), code="breach-incomplete", status=400) from error


def _step(breach: Breach, actor: User, words: str) -> Breach:
    BreachStep.objects.create(breach=breach, by=actor, state=breach.state, words=words)
    publish(
        BreachChanged(
            breach_id=breach.pk,
            number=breach.number,
            state=breach.state,
            due_at=breach.due_at.isoformat(),
        ),
        actor=actor,
    )
    return breach


def _number(at: dt.datetime) -> str:
    """Year and counter, such as V2026-003."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS_LOCK])
    year = timezone.localtime(at).year
    last = Breach.objects.filter(number__startswith=f"V{year}-").order_by("-number").first()
    return f"V{year}-{(int(last.number.rpartition('-')[2]) if last else 0) + 1:03}"


def _refused(title: str, *, code: str, status: int = 409) -> Refused:
    return Refused(title, what_to_do=_("Correct it on the page of the breach."), status=status, code=code)
