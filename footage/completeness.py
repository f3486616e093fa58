"""How much of what was to be recorded has been: per camera and day, in seconds (law L-11)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from footage.models import RecordingDuty, Segment


@dataclass(frozen=True)
class Completeness:
    camera_id: int
    day: dt.date
    recorded_s: float
    due_s: float

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None when nothing was due."""
        return min(1.0, self.recorded_s / self.due_s) if self.due_s > 0 else None

    @property
    def missing_s(self) -> float:
        return max(0.0, self.due_s - self.recorded_s)


def completeness(day: dt.date, camera_ids: list[int] | None = None) -> list[Completeness]:
    """Of one UTC day, as the folders are; today counts to now. One query each for rows and duties."""
    begins = dt.datetime.combine(day, dt.time(), dt.UTC)
    now = timezone.now()
    ends = min(begins + dt.timedelta(days=1), now)
    segments = Segment.objects.of_day(day).readable()
    duties = RecordingDuty.within(begins, ends)
    if camera_ids is not None:
        segments = segments.filter(camera_id__in=camera_ids)
        duties = duties.filter(camera_id__in=camera_ids)
    recorded: dict[int, float] = defaultdict(float)
    closed = segments.exclude(state=Segment.State.OPEN).order_by()
    for camera_id, seconds in closed.values_list("camera_id").annotate(Sum("seconds")):
        recorded[camera_id] += seconds
    # An open file is being written: what it holds is counted when it closes, until then by the clock.
    for camera_id, started_at in segments.filter(state=Segment.State.OPEN).values_list(
        "camera_id", "started_at"
    ):
        recorded[camera_id] += max(0.0, (now - started_at).total_seconds())
    due: dict[int, float] = defaultdict(float)
    for duty in duties:
        due[duty.camera_id] += (min(duty.until or ends, ends) - max(duty.since, begins)).total_seconds()
    return [
        Completeness(camera_id, day, round(recorded[camera_id], 3), round(due[camera_id], 3))
        for camera_id in sorted(set(recorded) | set(due))
    ]
