from __future__ import annotations

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from footage.extraction import copies
from footage.extraction.building import build, owed
from footage.health.availability import keep_days
from footage.health.rounds import go_round

logger = logging.getLogger(__name__)


def start_building(pk: int) -> None:
    """Without a broker it starts a little later: the clock looks for what is owed."""
    try:
        build_extraction.delay(pk)
    except OperationalError:
        logger.warning("no broker: the extraction is built when the clock finds it", extra={"extraction": pk})


@shared_task
def build_extraction(pk: int) -> None:
    build(pk)
    copies.build(pk)


@shared_task
def build_owed_extractions() -> None:
    """Those a worker left when it died, and those whose message was lost."""
    for pk in owed():
        build(pk)
    for pk in copies.owed():
        copies.build(pk)


@shared_task
def look_after_cameras() -> None:
    """Faults that no picture shows: offline, not recorded, a wrong clock, one that comes and goes."""
    go_round()


@shared_task
def keep_camera_days() -> None:
    """What availability is reckoned from, before the recordings it is counted from are destroyed."""
    keep_days()
