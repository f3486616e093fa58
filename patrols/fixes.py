"""Which fixes can be believed (law P-04): pure functions, no query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from places.geometry import Point, distance_m

WORST_ACCURACY_M = 100.0
FASTEST_M_S = 60.0
EARLY = dt.timedelta(seconds=120)  # how far a device's clock may be ahead
EXPECTED_ACCURACY_M = 15.0  # of a fix that does not tell
TRACK_S = 5  # of a track no more is kept than one point in so many seconds


@dataclass(frozen=True, kw_only=True)
class Fix:
    """One message of a unit's receiver."""

    unit_id: int
    point: Point
    at: dt.datetime
    speed_kmh: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None


class Known(NamedTuple):
    """The last fix that was believed."""

    point: Point
    at: dt.datetime
    accuracy_m: float | None


class Sorted(NamedTuple):
    """The last fix of each unit, how many fixes were believed and dropped, and which make its track."""

    last: dict[int, Fix]
    kept: int
    dropped: int
    track: list[Fix]


def sort_out(fixes: Iterable[Fix], known: dict[int, Known], now: dt.datetime) -> Sorted:
    """Walk the fixes in the order they were taken; each must be believable after the one before it."""
    before, last, kept, dropped = dict(known), dict[int, Fix](), 0, 0
    track: list[Fix] = []
    for fix in sorted(fixes, key=lambda fix: fix.at):
        if not is_believable(fix, before.get(fix.unit_id), now):
            dropped += 1
            continue
        kept += 1
        last[fix.unit_id] = fix
        if _goes_on(fix, before.get(fix.unit_id)):
            track.append(fix)
        before[fix.unit_id] = Known(fix.point, fix.at, fix.accuracy_m)
    return Sorted(last, kept, dropped, track)


def _goes_on(fix: Fix, before: Known | None) -> bool:
    """The first of its five seconds."""
    return before is None or fix.at.timestamp() // TRACK_S != before.at.timestamp() // TRACK_S


def is_believable(fix: Fix, before: Known | None, now: dt.datetime) -> bool:
    if fix.accuracy_m is not None and fix.accuracy_m > WORST_ACCURACY_M:
        return False
    if fix.speed_kmh is not None and fix.speed_kmh > FASTEST_M_S * 3.6:
        return False
    if fix.at > now + EARLY:
        return False
    if before is None:
        return True
    if fix.at <= before.at:
        return False
    # Two honest fixes a moment apart differ by their accuracies: that is no speed.
    blur_m = _blur_m(fix.accuracy_m) + _blur_m(before.accuracy_m)
    moved_m = max(0.0, distance_m(before.point, fix.point) - blur_m)
    return moved_m <= FASTEST_M_S * (fix.at - before.at).total_seconds()


def _blur_m(accuracy_m: float | None) -> float:
    return EXPECTED_ACCURACY_M if accuracy_m is None else accuracy_m
