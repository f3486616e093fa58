"""Evidence that was handed over, and its time after that (law §1.9): the package goes, its row stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Min, Q
from django.utils import timezone

from footage.models import BlurredCopy, Extraction
from footage.models.extraction import root
from retention import disk
from retention.keepers import Doomed, Late, OfOneDay
from retention.rules import days_of


class _OfPackages:
    """What was made of recordings, and went out, is told with the recordings."""

    def doom_orphans(self, *, now: dt.datetime) -> Doomed | None:
        return None

    def kept(self, since: dt.date, until: dt.date, subject: str) -> list[OfOneDay]:
        return []

    def handed_over(self, since: dt.date, until: dt.date, subject: str) -> list[tuple[str, dt.date, str]]:
        return []


class PackageKeeper(_OfPackages):
    """One package at a time: its name is the scope, its manifest's hash what the register keeps of its files."""

    def doom(self, *, now: dt.datetime, at_most: int) -> Doomed | None:
        days = days_of(Extraction._meta.label)
        row = packages(now, days).select_for_update(skip_locked=True).order_by("pk").first()
        if row is None:
            return None
        Extraction.objects.filter(pk=row.pk).update(folder="")
        # A copy for the person concerned never outlives what it was made of.
        BlurredCopy.objects.filter(pk=row.pk).update(bytes=0)
        # The end of a hold was said for it alone: no limit in days.
        limit = None if row.kept_until else days
        return _doomed(row, row.number, row.since, row.until, limit)

    def destroy(self, scope: str) -> int:
        disk.remove_tree(root(), scope)
        disk.remove_tree(root(), BlurredCopy.number_for(scope))
        return 0

    def late(self, *, before: dt.timedelta, now: dt.datetime) -> Late:
        rows = packages(now - before, days_of(Extraction._meta.label))
        return _late(rows)


class BlurredKeeper(_OfPackages):
    def doom(self, *, now: dt.datetime, at_most: int) -> Doomed | None:
        days = days_of(BlurredCopy._meta.label)
        rows = (
            copies(now, days).select_related("extraction").select_for_update(skip_locked=True, of=("self",))
        )
        row = rows.order_by("handed_at").first()
        if row is None:
            return None
        BlurredCopy.objects.filter(pk=row.pk).update(bytes=0)
        return _doomed(row, row.number, row.extraction.since, row.extraction.until, days)

    def destroy(self, scope: str) -> int:
        disk.remove_tree(root(), scope)
        return 0

    def late(self, *, before: dt.timedelta, now: dt.datetime) -> Late:
        return _late(copies(now - before, days_of(BlurredCopy._meta.label)))


def packages(now: dt.datetime, days: int) -> Any:
    """Handed over longer ago than that, or at the end said for it, and still there."""
    sealed = Extraction.objects.filter(state__in=[Extraction.State.SEALED, Extraction.State.HANDED_OVER])
    handed = Q(kept_until=None, handed_at__lt=now - dt.timedelta(days=days))
    return sealed.exclude(folder="").filter(handed | Q(kept_until__lt=now))


def copies(now: dt.datetime, days: int) -> Any:
    return BlurredCopy.objects.filter(handed_at__lt=now - dt.timedelta(days=days), bytes__gt=0)


def is_past(row: Extraction | BlurredCopy) -> bool:
    """Whether it may no longer be given out, be it there or not."""
    if isinstance(row, Extraction) and row.kept_until is not None:
        return row.kept_until < timezone.now()
    if row.handed_at is None:
        return False
    return row.handed_at < timezone.now() - dt.timedelta(days=days_of(row._meta.label))


def _doomed(row: Any, name: str, since: dt.datetime, until: dt.datetime, days: int | None) -> Doomed:
    return Doomed(
        items=0,
        files=sum(1 for _ in disk.walk(root(), name)),
        bytes=row.bytes,
        oldest=since,
        newest=until,
        names_sha256=row.manifest_sha256,
        days=days,
        scope=name,
    )


def _late(rows: Any) -> Late:
    return Late(rows.count(), rows.aggregate(oldest=Min("handed_at"))["oldest"])
