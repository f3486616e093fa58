from __future__ import annotations

from celery import shared_task

from events import deliveries
from events.models import Pulse


@shared_task
def sweep() -> None:
    """Deliver whatever a crash left behind, and say that the clock and the worker are alive."""
    Pulse.beat("sweep")
    deliveries.sweep()
