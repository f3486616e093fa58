from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from doors.problems import Refused
from evidence.requisitions import actions

logger = logging.getLogger(__name__)


@shared_task
def end_holds() -> None:
    """Holds whose day has come: their packages go with the next pass of retention, registered."""
    for hold in actions.ended(timezone.now()):
        try:
            actions.end(requisition=hold)
        except Refused as refused:
            logger.info("%s was ended by somebody else: %s", hold.number, refused.code)
