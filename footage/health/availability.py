"""How much of the time due each camera sent pictures, and how much was recorded: by day and by month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from cameras.models import Camera
from footage.completeness import completeness
from footage.health.away import Span, absences
from footage.models import CameraDay, RecordingDuty

TARGET = 0.98
# Recordings of so many days can still be counted (law L-04); a night that was missed is made up for.
STILL_THERE = 9
# Files are mended and closed late: the last days are reckoned again.
AGAIN = 2
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Availability:
    """Seconds of one camera over some days."""

    camera_id: int
    due_s: float
    away_s: float
    recorded_s: float
    losses: int

    @property
    def available(self) -> float | None:
        """Share of the time due in which pictures came; None when none were due."""
        return max(0.0, 1 - self.away_s / self.due_s) if self.due_s > 0 else None

    @property
    def recorded(self) -> float | None:
        return min(1.0, self.recorded_s / self.due_s) if self.due_s > 0 else None

    @property
    def meets(self) -> bool | None:
        return None if self.available is None else self.available >= TARGET


@dataclass(frozen=True)
class Month:
    begins: dt.date
    cameras: list[tuple[Camera, Availability]]

    @property
    def whole(self) -> Availability:
        """The estate: seconds added up, so that a camera in service for a day counts for a day."""
        rows = [row for _camera, row in self.cameras]
        return Availability(
            camera_id=0,
            due_s=sum(row.due_s for row in rows),
            away_s=sum(row.away_s for row in rows),
            recorded_s=sum(row.recorded_s for row in rows),
            losses=sum(row.losses for row in rows),
        )

    @property
    def below(self) -> int:
        return sum(row.meets is False for _camera, row in self.cameras)


def reckon(day: dt.date, camera_ids: list[int] | None = None) -> list[CameraDay]:
    """Rows of one UTC day, not saved; of today until now."""
    now = timezone.now()
    begins = dt.datetime.combine(day, dt.time(), dt.UTC)
    whole = Span(begins, min(begins + DAY, now))
    told = absences(whole, now)
    due: dict[int, list[Span]] = defaultdict(list)
    duties = RecordingDuty.within(whole.begins, whole.ends)
    if camera_ids is not None:
        duties = duties.filter(camera_id__in=camera_ids)
    for duty in duties:
        due[duty.camera_id].append(Span(duty.since, duty.until or whole.ends).within(whole))
    rows = []
    for row in completeness(day, camera_ids):
        spans = due[row.camera_id]
        away = (lost.within(span).seconds for lost in told.by_camera.get(row.camera_id, []) for span in spans)
        due_s = sum(span.seconds for span in spans)
        rows.append(
            CameraDay(
                camera_id=row.camera_id,
                day=day,
                due_s=round(due_s, 3),
                away_s=min(round(sum(away), 3), round(due_s, 3)),
                recorded_s=row.recorded_s,
                losses=told.losses.get(row.camera_id, 0),
            )
        )
    return rows


def keep_days(today: dt.date | None = None) -> int:
    """Writes down the days that are over, while their recordings can still be counted. Safe to repeat."""
    today = today or timezone.now().astimezone(dt.UTC).date()
    kept = set(CameraDay.objects.filter(day__gte=today - STILL_THERE * DAY).values_list("day", flat=True))
    days = [today - n * DAY for n in range(1, STILL_THERE + 1)]
    rows = [row for n, day in enumerate(days, 1) if n <= AGAIN or day not in kept for row in reckon(day)]
    CameraDay.objects.bulk_create(
        rows,
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["camera", "day"],
        update_fields=["due_s", "away_s", "recorded_s", "losses"],
    )
    return len(rows)


def of_month(begins: dt.date, cameras: Iterable[Camera]) -> Month:
    """Days kept, and today until now when it is in the month."""
    by_pk = {camera.pk: camera for camera in cameras}
    ends = (begins + 31 * DAY).replace(day=1)
    sums = {
        pk: Availability(pk, due, away, recorded, losses)
        for pk, due, away, recorded, losses in CameraDay.objects.filter(
            camera_id__in=by_pk, day__gte=begins, day__lt=ends
        )
        .order_by()
        .values_list("camera_id")
        .annotate(Sum("due_s"), Sum("away_s"), Sum("recorded_s"), Sum("losses"))
    }
    today = timezone.now().astimezone(dt.UTC).date()
    if begins <= today < ends:
        for row in reckon(today, list(by_pk)):
            sums[row.camera_id] = _added(sums.get(row.camera_id), row)
    found = [(by_pk[pk], row) for pk, row in sums.items() if row.due_s > 0]
    found.sort(key=lambda pair: (pair[1].available or 0.0, pair[0].code))
    return Month(begins, found)


def last_days(camera: Camera, count: int = 10) -> list[CameraDay]:
    """Oldest first, today last; a day on which nothing was due has a row of zeroes."""
    today = timezone.now().astimezone(dt.UTC).date()
    days = [today - n * DAY for n in range(count - 1, -1, -1)]
    kept = {row.day: row for row in CameraDay.objects.filter(camera=camera, day__gte=days[0])}
    rows = []
    for day in days:
        row = kept.get(day)
        if row is None or day == today:
            row = next(iter(reckon(day, [camera.pk])), None)
        rows.append(row or CameraDay(camera=camera, day=day, due_s=0, away_s=0, recorded_s=0))
    return rows


def _added(sum_: Availability | None, row: CameraDay) -> Availability:
    return Availability(
        camera_id=row.camera_id,
        due_s=row.due_s + (sum_.due_s if sum_ else 0),
        away_s=row.away_s + (sum_.away_s if sum_ else 0),
        recorded_s=row.recorded_s + (sum_.recorded_s if sum_ else 0),
        losses=row.losses + (sum_.losses if sum_ else 0),
    )
