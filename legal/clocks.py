"""What the law's calendar says of itself: ends of orders and agreements, hours of breaches (L-01, L-09, L-63)."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.utils import timezone

from events.log import publish
from legal import facts
from legal.models import (
    AgreementWarning,
    AuthorisationWarning,
    Breach,
    PrefecturalAuthorisation,
    RecipientAgreement,
)
from legal.models.authorisation import WARN_MONTHS, months_after

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


def tell_of_agreements(on: dt.date | None = None) -> list[AgreementWarning]:
    """As for orders: an agreement that ends unseen leaves a service without its pictures one morning."""
    today = on or timezone.localdate()
    rows = RecipientAgreement.objects.select_related("authorisation")
    near = [(one, _months(one.ends_on, today)) for one in rows.expiring(today)]
    lately = rows.filter(ended_on=None, ends_on__lt=today, ends_on__gte=today - ENDED_LATELY)
    told = [_tell_of_agreement(one, months) for one, months in [*near, *((one, 0) for one in lately)]]
    return [one for one in told if one is not None]


def _months(ends_on: dt.date, today: dt.date) -> int:
    return next(months for months in WARN_MONTHS if ends_on < months_after(today, months))


@transaction.atomic
def _tell_of_agreement(agreement: RecipientAgreement, months: int) -> AgreementWarning | None:
    # Race: as above.
    warning, new = AgreementWarning.objects.get_or_create(
        agreement=agreement, months=months, ends_on=agreement.ends_on
    )
    if not new:
        return None
    ends_on = agreement.ends_on.isoformat()
    logger.warning(
        "an agreement with a recipient ends", extra={"agreement": agreement.pk, "ends_on": ends_on}
    )
    publish(facts.AgreementEnding(agreement_id=agreement.pk, months=months, ends_on=ends_on))
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
