"""What the law's calendar says of itself: ends of orders, hours of breaches. Each is told once (L-01, L-63)."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from events.log import publish
from legal import facts
from legal.models import AuthorisationWarning, Breach, PrefecturalAuthorisation

logger = logging.getLogger(__name__)
# An order that ended longer ago than this when the centre was installed is history, not news.
ENDED_LATELY = dt.timedelta(days=31)
DAY_LEFT = dt.timedelta(hours=24)


def tell_of_ends(on: dt.date | None = None) -> list[AuthorisationWarning]:
    """Six, three and one months before the end of an order, and when it has ended: a fact each, once."""
    today = on or timezone.localdate()
    rows = PrefecturalAuthorisation.objects
    near = [(act, act.warning(today)) for act in rows.expiring(today)]
    over = [(act, 0) for act in rows.filter(expires_on__lt=today, expires_on__gte=today - ENDED_LATELY)]
    told = [_tell(act, months) for act, months in [*near, *over] if months is not None]
    return [one for one in told if one is not None]


@transaction.atomic
def _tell(act: PrefecturalAuthorisation, months: int) -> AuthorisationWarning | None:
    # Race: two clocks look at once; the constraint lets one of them tell.
    warning, new = AuthorisationWarning.objects.get_or_create(
        authorisation=act, months=months, expires_on=act.expires_on
    )
    if not new:
        return None
    logger.warning(
        "an authorisation of the prefect ends",
        extra={"number": act.number, "months": months, "expires_on": str(act.expires_on)},
    )
    publish(
        facts.AuthorisationEnding(
            authorisation_id=act.pk, number=act.number, months=months, expires_on=act.expires_on.isoformat()
        )
    )
    return warning


def tell_of_breaches(now: dt.datetime | None = None) -> list[str]:
    """A day before the 72 hours are over, and when they are: a fact each, once."""
    moment = now or timezone.now()
    told = []
    for breach in Breach.objects.running():
        left = breach.due_at - moment
        when = "over" if left < dt.timedelta(0) else "day_left" if left <= DAY_LEFT else ""
        if when and _tell_of(breach.pk, when):
            told.append(f"{breach.number} {when}")
    return told


@transaction.atomic
def _tell_of(pk: int, when: str) -> bool:
    breach = Breach.objects.select_for_update(no_key=True).get(pk=pk)
    if when in breach.warned or breach.state != Breach.State.OPEN:
        return False
    breach.warned = [*breach.warned, when]
    breach.save(update_fields=["warned"])
    logger.error("the 72 hours of a data breach", extra={"number": breach.number, "when": when})
    publish(
        facts.BreachDue(
            breach_id=breach.pk, number=breach.number, when=when, due_at=breach.due_at.isoformat()
        )
    )
    return True
