"""Room on the disk. When it runs short the oldest recordings go before their day: registered, and loudly."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from events.log import publish
from footage import destroying, facts
from footage.models import Segment
from retention.engine import finish
from retention.models import Destruction
from retention.register import enter_early
from retention.rules import rules

logger = logging.getLogger(__name__)
BATCH = 50
# Purged until there is so much more than the limit, so that it does not begin again at the next fragment.
MARGIN_PERCENT = 0.5
_told_full = False


def free_percent(root: Path) -> float:
    """Of what this user may use of the disk."""
    disk = os.statvfs(root)
    return 100.0 * disk.f_bavail / max(1, disk.f_blocks - disk.f_bfree + disk.f_bavail)


def keep_room(root: Path, node: str) -> list[Destruction]:
    """Called every few seconds; nearly always there is room and nothing happens."""
    global _told_full
    limit = settings.FOOTAGE_FREE_PERCENT
    purges: list[Destruction] = []
    if free_percent(root) >= limit:
        _told_full = False
        return purges
    while free_percent(root) < limit + MARGIN_PERCENT:
        purge = purge_oldest(root, node=node, why=f"less than {limit:g} % of the disk is free")
        if purge is None:
            if not _told_full:
                _told_full = True
                _tell_full(node, free_percent(root))
            break
        purges.append(purge)
    return purges


def purge_oldest(root: Path, *, node: str, why: str) -> Destruction | None:
    """Destroys the oldest files, at most BATCH. First the register and the mark, then the files, then the rows:

    whatever step a crash falls on, the next run finishes it and nothing goes unaccounted.
    """
    purge = _mark(root, node, why)
    if purge is not None:
        finish(rules()[purge.what], destroying.SegmentKeeper(root))
    return purge


@transaction.atomic
def _mark(root: Path, node: str, why: str) -> Destruction | None:
    rows = _oldest_here(root)
    if not rows:
        return None
    # In this node's name from now on: whoever finishes it after a crash is on this machine.
    doomed = destroying.doom(rows, None, node=node)
    purge = enter_early(rules()[Segment._meta.label], doomed, node=node, why=why)
    logger.error("the disk is full: %s recordings destroyed before their day", purge.files)
    publish(
        facts.PurgedEarly(
            purge_id=purge.pk,
            node=node,
            files=purge.files,
            bytes=purge.bytes,
            oldest=purge.oldest.isoformat(),
            newest=purge.newest.isoformat(),
        )
    )
    return purge


def _oldest_here(root: Path) -> list[Segment]:
    """Locked; of those whose files are on this disk (other machines may have disks of their own)."""
    kept = (
        Segment.objects.filter(state__in=[Segment.State.CLOSED, Segment.State.MENDED])
        .exclude(destroying.held(timezone.now()))
        .order_by("started_at")
    )
    found: list[int] = []
    for pk, path in kept.values_list("pk", "path").iterator(chunk_size=500):
        if (root / path).is_file():
            found.append(pk)
            if len(found) == BATCH:
                break
    return list(kept.filter(pk__in=found).select_for_update(skip_locked=True))


@transaction.atomic
def _tell_full(node: str, percent: float) -> None:
    logger.error("the disk is full and nothing may be destroyed: recording will stop")
    publish(facts.DiskFull(node=node, free_percent=round(percent, 2)))
