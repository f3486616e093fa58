from __future__ import annotations

from celery import shared_task

from retention import alarms, engine, lateness
from retention.models import Run


@shared_task
def purge_nightly() -> None:
    engine.purge(Run.Kind.NIGHT)


@shared_task
def purge_lightly() -> None:
    engine.purge(Run.Kind.LIGHT)


@shared_task
def look_for_what_is_late() -> None:
    """On its own, so that an engine that stands still is noticed."""
    lateness.check()
    last = Run.objects.exclude(kind=Run.Kind.FULL_DISK).order_by("-pk").first()
    if last is not None:
        alarms.judge(last)
