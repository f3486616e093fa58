from __future__ import annotations

from celery import shared_task

from cameras.steering import asking, returning
from cameras.tours import rounds


@shared_task
def hands_and_rounds() -> None:
    """What comes due by itself: see each sweep."""
    asking.sweep()
    returning.sweep()
    rounds.sweep()
