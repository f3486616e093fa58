"""What stays sharp in a blurred copy: areas somebody drew on the picture, each at a moment, joined to tracks. Pure.

Parts of the picture (0 to 1) and moments, never pixels and frames: the same areas serve whatever the camera sent.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MOST_TRACKS, MOST_POINTS = 4, 60
LEAST = 0.01


class BadArea(ValueError):
    """What was sent is no area of a picture."""


@dataclass(frozen=True)
class Point:
    at: dt.datetime
    # Left, top, width, height in parts of the picture.
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Track:
    """One point: that area, in the whole film. Several: it moves from point to point, and is gone before and after."""

    points: tuple[Point, ...]

    @property
    def moves(self) -> bool:
        return len(self.points) > 1

    def pixels(self, width: int, height: int) -> tuple[int, int, list[tuple[dt.datetime, int, int]]]:
        """(width, height, [(moment, left, top)]) of a window as large as its largest area, inside the picture."""
        wide = min(width, _even(max(point.box[2] for point in self.points) * width))
        high = min(height, _even(max(point.box[3] for point in self.points) * height))
        places = []
        for point in self.points:
            left, top, box_wide, box_high = point.box
            x = (left + box_wide / 2) * width - wide / 2
            y = (top + box_high / 2) * height - high / 2
            places.append((point.at, _within(x, width - wide), _within(y, height - high)))
        return wide, high, places


def _even(length: float) -> int:
    return max(2, math.ceil(length / 2) * 2)


def _within(place: float, most: int) -> int:
    return max(0, min(most, round(place))) // 2 * 2


def cleaned(said: Any, codes: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """As it is kept. Raises BadArea for anything else than areas of these cameras."""
    if not isinstance(said, dict):
        raise BadArea("areas by camera")
    known, found = set(codes), {}
    for code, rows in said.items():
        if code not in known or not isinstance(rows, list) or len(rows) > MOST_POINTS:
            raise BadArea(str(code)[:40])
        if rows:
            found[code] = [_cleaned(row) for row in rows]
            if len({row["track"] for row in found[code]}) > MOST_TRACKS:
                raise BadArea("too many tracks")
    return found


def _cleaned(row: Any) -> dict[str, Any]:
    try:
        at = dt.datetime.fromisoformat(row["at"])
        left, top, wide, high = (float(part) for part in row["box"])
        track = int(row.get("track", 1))
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise BadArea("at and box") from error
    inside = all(math.isfinite(part) for part in (left, top, wide, high)) and (
        left >= 0
        and top >= 0
        and wide >= LEAST
        and high >= LEAST
        and left + wide <= 1.001
        and top + high <= 1.001
    )
    if at.tzinfo is None or not inside or not 1 <= track <= 99:
        raise BadArea("outside of the picture")
    return {"at": at.isoformat(), "box": [round(part, 4) for part in (left, top, wide, high)], "track": track}


def tracks(rows: Iterable[dict[str, Any]]) -> list[Track]:
    """From what is kept, in the order of time."""
    by_track: dict[int, list[Point]] = {}
    for row in rows:
        left, top, wide, high = row["box"]
        point = Point(dt.datetime.fromisoformat(row["at"]), (left, top, wide, high))
        by_track.setdefault(row["track"], []).append(point)
    return [
        Track(tuple(sorted(points, key=lambda point: point.at)))
        for _number, points in sorted(by_track.items())
    ]
