"""Recordings whose day has come: what the retention engine asks of this app (retention/keepers.py).

A day all of whose recordings have expired goes whole, its folder and its partition. What expires in the course of
a day, or earlier for some cameras, is marked row by row. Files lie on the disks of several machines: each destroys
what is on its own.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from cameras.models import Camera
from footage.lease import is_of_this_machine, this_machine
from footage.models import Extraction, Freeze, Segment, SegmentQuerySet, ShardLease
from footage.replay import limits
from retention import disk, partitions
from retention.keepers import Doomed, Late, OfOneDay, hash_of

logger = logging.getLogger(__name__)
TABLE = Segment._meta.db_table
STRAYS = "strays until "
AT_ONCE = 2_000
# Held by nothing for longer than that: one calendar month at most (L-04).
NEVER_LONGER = 31
# A node that held no lease for so long is gone for good, and its disk with it.
GONE = dt.timedelta(hours=1)

_OF_DAY = """
SELECT c.code, count(*), min(s.started_at), max(s.ended_at), sum(s.bytes)::bigint,
       count(*) FILTER (WHERE s.state <> 'missing')
FROM {part} s JOIN cameras_camera c ON c.id = s.camera_id GROUP BY c.code
"""
_NAMES = """
SELECT encode(sha256(convert_to(string_agg(path, E'\\n' ORDER BY path COLLATE "C"), 'UTF8')), 'hex') FROM {part}
"""


class SegmentKeeper:
    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.FOOTAGE_ROOT)
        self._read: dict[dt.datetime, Shorter] = {}

    def _shorter(self, now: dt.datetime) -> Shorter:
        """Read once for all the batches of a run: there are thousands of cameras."""
        if now not in self._read:
            self._read = {now: Shorter.read(now)}
        return self._read[now]

    def doom(self, *, now: dt.datetime, at_most: int) -> Doomed | None:
        shorter = self._shorter(now)
        whole = self._doom_day(now, shorter.longest)
        if whole is not None:
            return whole
        for days, cameras in shorter.groups():
            due = _expired(now, days, cameras).exclude(state=Segment.State.GOING).filter(~held(now))
            rows = list(
                due.order_by("started_at").select_for_update(skip_locked=True, of=("self",))[:at_most]
            )
            if rows:
                return doom(rows, days)
        return None

    def destroy(self, scope: str) -> int:
        if scope.startswith("day "):
            return self._destroy_day(dt.date.fromisoformat(scope.removeprefix("day ")))
        if scope.startswith(STRAYS):
            until = dt.datetime.fromisoformat(scope.removeprefix(STRAYS))
            disk.remove_all(self.root, [name for name, _ in self._strays(until)])
            return 0
        destroy_going(self.root)
        return Segment.objects.filter(state=Segment.State.GOING).count()

    def doom_orphans(self, *, now: dt.datetime) -> Doomed | None:
        until = limits.cut(now, self._shorter(now).longest).replace(microsecond=0)
        found = list(self._strays(until))
        if not found:
            return None
        names = [name for name, _ in found]
        logger.warning("%s files past their limit have no row, such as %s", len(names), names[0])
        hours = [_hour_of(name) or now for name in names]
        return Doomed(
            items=0,
            files=len(found),
            bytes=sum(size for _, size in found),
            oldest=min(hours),
            newest=max(hours),
            names_sha256=hash_of(names),
            days=limits.kept_days(),
            scope=f"{STRAYS}{until.astimezone(dt.UTC).isoformat()}",
        )

    def late(self, *, before: dt.timedelta, now: dt.datetime) -> Late:
        items, oldest, shorter = 0, None, self._shorter(now)
        for days, cameras in shorter.groups():
            rows = _expired(now - before, days, cameras).filter(~held(now))
            found = rows.aggregate(items=Count("pk"), oldest=Min("started_at"))
            items += found["items"]
            oldest = min(filter(None, (oldest, found["oldest"])), default=None)
        until = limits.cut(now - before, shorter.longest)
        strays = [name for name, _ in self._strays(until)]
        hours = [hour for name in strays if (hour := _hour_of(name))]
        return Late(items + len(strays), min(filter(None, [oldest, *hours]), default=None), len(strays))

    def kept(self, since: dt.date, until: dt.date, subject: str) -> Iterator[OfOneDay]:
        return kept(since, until, subject)

    def handed_over(self, since: dt.date, until: dt.date, subject: str) -> Iterator[tuple[str, dt.date, str]]:
        return handed_over(since, until, subject)

    def _doom_day(self, now: dt.datetime, longest: int) -> Doomed | None:
        """The oldest day that has expired whole, when all of its files are here and nothing holds them."""
        for day in partitions.days(TABLE):
            begins = dt.datetime.combine(day, dt.time(), dt.UTC)
            ends = begins + dt.timedelta(days=1)
            if ends > limits.cut(now, longest):
                return None
            rows = Segment.objects.of_day(day)
            if not rows.exists():
                continue
            held = Freeze.objects.holding(now).filter(
                since__lt=ends + dt.timedelta(hours=1), until__gt=begins
            )
            nodes = rows.order_by().values_list("node", flat=True).distinct()
            if held.exists() or rows.filter(state=Segment.State.GOING).exists() or not self._all_here(nodes):
                continue
            return self._of_day(day, longest)
        return None

    def _of_day(self, day: dt.date, longest: int) -> Doomed:
        part = connection.ops.quote_name(partitions.name_of(TABLE, day))
        with connection.cursor() as cursor:
            cursor.execute(_OF_DAY.format(part=part))
            found = cursor.fetchall()
            cursor.execute(_NAMES.format(part=part))
            (names,) = cursor.fetchone() or ("",)
        of_days = [
            OfOneDay(code, day, first, last, items, size) for code, items, first, last, size, _ in found
        ]
        return Doomed(
            items=sum(one.items for one in of_days),
            files=sum(row[5] for row in found),
            bytes=sum(one.bytes for one in of_days),
            oldest=min(one.first_at for one in of_days),
            newest=max(one.last_at for one in of_days),
            names_sha256=names,
            days=longest,
            scope=f"day {day}",
            of_days=of_days,
        )

    def _destroy_day(self, day: dt.date) -> int:
        """Files first; the partition goes with their rows. Each step may find the work of a dead one done."""
        disk.remove_tree(self.root, str(day))
        if day in partitions.days(TABLE):
            partitions.drop(TABLE, day)
        return 0

    def _all_here(self, nodes: object) -> bool:
        alive = _other_machines()
        return all(_machine(str(node)) not in alive for node in nodes)  # type: ignore[attr-defined]

    def _strays(self, until: dt.datetime) -> Iterator[tuple[str, int]]:
        """What lies in hours that ended before and no row knows, oldest first."""
        past = (
            one
            for name in self._past_folders(until)
            for one in disk.walk(self.root, *name.split("/"))
            if _is_past(one[0], until)
        )
        while some := list(islice(past, AT_ONCE)):
            names = [one for one, _ in some]
            known = set(Segment.objects.filter(path__in=names).values_list("path", flat=True))
            yield from (one for one in some if one[0] not in known)

    def _past_folders(self, until: dt.datetime) -> Iterator[str]:
        """Days and, in the one that is not over, hours: what is not past need not be read."""
        last = until.astimezone(dt.UTC).date()
        for name in disk.names_in(self.root):
            day = _day_of(name)
            if day is None or day > last:
                continue
            if day < last:
                yield name
            else:
                hours = (f"{name}/{hour}" for hour in disk.names_in(self.root, name))
                yield from (hour for hour in hours if _is_past(hour, until))


class Shorter:
    """Which cameras' orders allow less than the longest limit of all."""

    def __init__(self, longest: int, by_days: dict[int, list[int]]) -> None:
        self.longest = longest
        self._by_days = by_days

    @classmethod
    def read(cls, now: dt.datetime) -> Shorter:
        found = limits.days_by_camera(Camera.objects.select_related("sector"), now)
        longest = max(found.values(), default=limits.kept_days())
        by_days = defaultdict(list)
        for pk, days in found.items():
            if days < longest:
                by_days[days].append(pk)
        return cls(longest, dict(by_days))

    def groups(self) -> Iterator[tuple[int, list[int] | None]]:
        """None stands for every camera, also one that is in no group."""
        yield self.longest, None
        yield from self._by_days.items()


def doom(rows: list[Segment], days: int | None, node: str = "") -> Doomed:
    """Mark these, which the caller has locked: nothing shows them any more. With `node`, in its name."""
    going = {"state": Segment.State.GOING} | ({"node": node} if node else {})
    _of_rows([(row.pk, row.started_at) for row in rows]).update(**going)
    codes = dict(Camera.objects.filter(pk__in={row.camera_id for row in rows}).values_list("pk", "code"))
    of_days: dict[tuple[str, dt.date], list[Segment]] = defaultdict(list)
    for row in rows:
        of_days[codes[row.camera_id], row.started_at.astimezone(dt.UTC).date()].append(row)
    return Doomed(
        items=len(rows),
        files=sum(row.state != Segment.State.MISSING for row in rows),
        bytes=sum(row.bytes for row in rows),
        oldest=min(row.started_at for row in rows),
        newest=max(row.ended_at for row in rows),
        names_sha256=hash_of(row.path for row in rows),
        days=days,
        of_days=[
            OfOneDay(
                subject=code,
                day=day,
                first_at=min(row.started_at for row in some),
                last_at=max(row.ended_at for row in some),
                items=len(some),
                bytes=sum(row.bytes for row in some),
            )
            for (code, day), some in of_days.items()
        ],
    )


def destroy_going(root: Path) -> int:
    """Files of marked rows that are on this machine, or on none that still works; then the rows. How many."""
    rows = Segment.objects.filter(state=Segment.State.GOING)
    alive = _other_machines()
    ours = [
        (pk, at, path)
        for pk, at, path, node in rows.values_list("pk", "started_at", "path", "node")
        if is_of_this_machine(node) or (root / path).is_file() or _machine(node) not in alive
    ]
    if ours:
        disk.remove_all(root, [path for _, _, path in ours])
        with transaction.atomic():
            _of_rows([(pk, at) for pk, at, _ in ours]).filter(state=Segment.State.GOING).delete()
    return len(ours)


def _of_rows(rows: list[tuple[int, dt.datetime]]) -> SegmentQuerySet:
    """By number; their time says which days PostgreSQL has to look into."""
    times = [at for _, at in rows]
    return Segment.objects.filter(
        pk__in=[pk for pk, _ in rows], started_at__gte=min(times), started_at__lte=max(times)
    )


def is_past_its_day(name: str) -> bool:
    """Whether a file of this name would be past the longest limit of all by now."""
    now, hour = timezone.now(), _hour_of(name)
    if hour is None or hour > now - dt.timedelta(days=1):
        return False  # nothing is kept for less than a day: most files, without reading any order
    return _is_past(name, limits.cut(now, Shorter.read(now).longest))


def _expired(now: dt.datetime, days: int, cameras: list[int] | None) -> SegmentQuerySet:
    rows = Segment.objects.filter(started_at__lt=limits.cut(now, days))
    return rows if cameras is None else rows.filter(camera_id__in=cameras)


def held(now: dt.datetime) -> Q:
    """Frozen until it is copied out (L-05), and never past the month of the law."""
    freezes = Freeze.objects.holding(now).filter(
        camera=OuterRef("camera"), since__lt=OuterRef("ended_at"), until__gt=OuterRef("started_at")
    )
    return Q(Exists(freezes)) & Q(started_at__gt=limits.cut(now, NEVER_LONGER))


def _other_machines() -> set[str]:
    """Those that take pictures now, or did an hour ago: what is on their disks they destroy themselves."""
    recent = ShardLease.objects.filter(until__gt=timezone.now() - GONE).values_list("holder", flat=True)
    return {_machine(holder) for holder in recent} - {this_machine(), ""}


def _machine(node: str) -> str:
    return node.rpartition("/")[0]


def _hour_of(name: str) -> dt.datetime | None:
    """The hour a file's folders say it is of."""
    try:
        return dt.datetime.strptime(name[:13], "%Y-%m-%d/%H").replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def _day_of(name: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(name) if len(name) == len("2026-11-22") else None
    except ValueError:
        return None


def _is_past(name: str, until: dt.datetime) -> bool:
    """Whether all that a folder of this name may hold is past; what is in no hour counts by its day."""
    hour = _hour_of(name)
    if hour is not None:
        return hour + dt.timedelta(hours=1) <= until
    day = _day_of(name[:10])
    return day is not None and day < until.astimezone(dt.UTC).date()


def kept(since: dt.date, until: dt.date, code: str) -> Iterator[OfOneDay]:
    """Recordings still there, by camera and UTC day."""
    rows = Segment.objects.readable().filter(
        started_at__gte=dt.datetime.combine(since, dt.time(), dt.UTC),
        started_at__lt=dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), dt.UTC),
    )
    if code:
        rows = rows.filter(camera__code=code)
    found = rows.order_by().values("camera__code", day=TruncDate("started_at", tzinfo=dt.UTC))
    for row in found.annotate(
        first=Min("started_at"), last=Max("ended_at"), items=Count("pk"), size=Sum("bytes")
    ):
        yield OfOneDay(row["camera__code"], row["day"], row["first"], row["last"], row["items"], row["size"])


def handed_over(since: dt.date, until: dt.date, code: str) -> Iterator[tuple[str, dt.date, str]]:
    """Which minutes of which camera were handed to whom, by UTC day (L-06)."""
    begins = dt.datetime.combine(since, dt.time(), dt.UTC)
    ends = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), dt.UTC)
    rows = Extraction.objects.filter(handed_at__isnull=False, since__lt=ends, until__gt=begins)
    for row in rows.prefetch_related("cameras").order_by("pk"):
        first, last = max(row.since, begins), min(row.until, ends - dt.timedelta(microseconds=1))
        days = range((last.astimezone(dt.UTC).date() - first.astimezone(dt.UTC).date()).days + 1)
        words = f"{row.number} · {row.reference} · {row.recipient} · {row.handed_at:%Y-%m-%d %H:%M}Z"
        for camera in row.cameras.all():
            if not code or camera.code == code:
                for n in days:
                    yield camera.code, first.astimezone(dt.UTC).date() + dt.timedelta(days=n), words
