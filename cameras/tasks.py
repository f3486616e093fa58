from __future__ import annotations

from celery import shared_task

from cameras import asking, returning, rounds


@shared_task
def hands_and_rounds() -> None:
    """What comes due by itself: see each sweep."""
    asking.sweep()
    returning.sweep()
    rounds.sweep()
