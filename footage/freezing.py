"""Minutes that must not be destroyed while they wait to be copied out (law W-11, L-05, L-61).

The rolling store is not frozen for good: a freeze ends when its copy is sealed or refused, and with the month of the
law whatever happens. Whatever destroys recordings asks `Freeze.objects.holding()` first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from footage.models import Freeze

if TYPE_CHECKING:
    from cameras.models import Camera
    from legal.why import Period

# L-04: no recording of the street lives longer, waiting or not.
LONGEST = dt.timedelta(days=30)
# A minute begins with the key frame before it.
LEAD = dt.timedelta(seconds=15)


def freeze(cameras: Iterable[Camera], period: Period, cause: str, at_most: dt.timedelta = LONGEST) -> None:
    """From now on, for so long at most. Asked twice for one cause it is done once."""
    Freeze.objects.bulk_create(
        [
            Freeze(
                camera=camera,
                since=period.start,
                until=period.end,
                cause=cause,
                ends_at=period.start + min(at_most, LONGEST),
            )
            for camera in cameras
        ],
        ignore_conflicts=True,
    )


def release(cause: str) -> None:
    """Copied, or refused: it goes on its day again."""
    Freeze.objects.filter(cause=cause, released_at=None).update(released_at=timezone.now())


def take_over(cause: str, by: str) -> None:
    """What was frozen for one cause is from now on frozen for another, without a moment between."""
    Freeze.objects.filter(cause=cause, released_at=None).update(cause=by)


def oldest_with(oldest: dict[int, dt.datetime], cause: str) -> dict[int, dt.datetime]:
    """How far back each camera may be read for this cause: what was frozen for it, past its day or not."""
    found = dict(oldest)
    for camera, since in Freeze.objects.holding().filter(cause=cause).values_list("camera_id", "since"):
        if camera in found:
            found[camera] = min(found[camera], since - LEAD)
    return found
