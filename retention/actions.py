"""What a person decides of retention: how long, under what the law and the prefect's orders allow (L-04)."""

from __future__ import annotations

import datetime as dt
import logging

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from doors.problems import Refused
from events.log import publish
from retention import facts
from retention.models import Limit
from retention.rules import days_of, rules

logger = logging.getLogger(__name__)


@transaction.atomic
def set_limit(*, what: str, days: int, source: str, review_on: dt.date, actor: User | None) -> Limit:
    """Keep these so many days from now on. What is older by then goes at the next run, for good.

    Raises NotAllowed, or Refused with what the law, the orders or the log itself allow.
    """
    require(actor, Right.MANAGE_HABILITATIONS)
    rule = rules()[what]
    before = days_of(what)
    limit = Limit.objects.select_for_update(no_key=True).filter(what=what).first() or Limit(
        what=what, family=rule.family
    )
    limit.days, limit.source, limit.review_on, limit.set_at = days, source, review_on, timezone.now()
    try:
        limit.full_clean()
    except ValidationError as error:
        raise Refused(
            " ".join(error.messages),
            what_to_do=_("Choose a shorter time, or have the prefect's order changed first."),
            status=409,
            code="limit-not-lawful",
        ) from error
    limit.save()
    logger.info("limit set", extra={"what": what, "days": days, "before": before})
    publish(facts.LimitSet(what=what, days=days, before=before), actor=actor)
    return limit
