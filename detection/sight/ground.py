"""Metres in a picture.

On flat ground the pixels a metre takes grow evenly with the row, from none at the horizon (1/depth is a linear function
of the row, whatever the tilt). So two known lengths at two rows say it everywhere. Where nobody has measured, people
do: they are 1.7 m high, and a straight line through their heights by the row they stand on says nearly the same.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from detection.sight.types import Box, Calibration

PERSON_M = 1.7
# Somebody may be cut off by the edge of the picture, sit or bend: the lower the box, the less it says.
EDGE = 0.012
KEPT = 200
LEAST_SPREAD = 0.12
SLOPE_LEAST_SEEN = 12


@dataclass(frozen=True)
class Scale:
    """Fractions of the picture's width that one metre takes, by the row: `at_top + slope * row`."""

    at_top: float
    slope: float
    aspect: float  # width / height of the picture
    hfov_deg: float = 60.0
    measured: bool = False

    def per_metre(self, row: float) -> float:
        """Widths of the picture for a metre across, for something that stands on this row."""
        nearest = self.at_top + self.slope
        return max(self.at_top + self.slope * row, nearest * 0.05, 1e-4)

    def height_m(self, box: Box) -> float:
        return box.height / self.aspect / self.per_metre(box.y1)

    def width_m(self, box: Box) -> float:
        return box.width / self.per_metre(box.y1)

    def ground(self, foot: tuple[float, float]) -> tuple[float, float]:
        """Metres across and away from the camera of a point on the ground."""
        x, row = foot
        per_metre = self.per_metre(row)
        focal = 0.5 / math.tan(math.radians(self.hfov_deg) / 2)
        depth = focal / per_metre
        return (x - 0.5) / per_metre, depth / self._cos_tilt(focal)

    def apart_m(self, one: tuple[float, float], other: tuple[float, float]) -> float:
        """Metres on the ground between two foot points."""
        if abs(self.slope) < 1e-6:  # seen from straight above, or nothing known of the depth
            per_metre = self.per_metre((one[1] + other[1]) / 2)
            return math.hypot(one[0] - other[0], 2 * (one[1] - other[1]) / self.aspect) / per_metre
        (x0, z0), (x1, z1) = self.ground(one), self.ground(other)
        return math.hypot(x0 - x1, z0 - z1)

    def area_m2(self, polygon: tuple[tuple[float, float], ...]) -> float:
        corners = _dense(polygon or ((0, 0), (1, 0), (1, 1), (0, 1)))
        if abs(self.slope) < 1e-6:
            points = [(x / self.at_top, y / self.aspect / self.at_top) for x, y in corners]
        else:
            points = [self.ground(point) for point in corners]
        shifted = [*points[1:], points[0]]
        return abs(sum(x0 * z1 - x1 * z0 for (x0, z0), (x1, z1) in zip(points, shifted, strict=True))) / 2

    def _cos_tilt(self, focal: float) -> float:
        """From where the horizon lies: above the picture's middle by tan(tilt) focal lengths."""
        horizon = -self.at_top / self.slope if self.slope > 0 else -10.0
        tangent = max(0.0, (0.5 - horizon) / self.aspect / focal)
        return 1 / math.sqrt(1 + min(tangent, 3.0) ** 2)


def calibrated(known: Calibration, aspect: float) -> Scale | None:
    """The scale from one or two known lengths; None when they say nothing."""
    rows, sizes = [], []
    for length in known.lengths:
        (x0, y0), (x1, y1) = length.ends
        span = math.hypot(x1 - x0, (y1 - y0) / aspect)
        if length.metres > 0 and span > 0:
            rows.append((y0 + y1) / 2)
            sizes.append(span / length.metres)
    if not rows:
        return None
    if len(rows) == 1 or max(rows) - min(rows) < 0.02:
        return Scale(sum(sizes) / len(sizes), 0.0, aspect, known.hfov_deg, True)
    slope, at_top = np.polyfit(rows, sizes, 1)
    return Scale(float(at_top), float(max(0.0, slope)), aspect, known.hfov_deg, True)


class PeopleAsRulers:
    """The scale of a picture nobody has measured, from the people who walk in it."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._scale: Scale | None = None

    def take(self, box: Box, aspect: float) -> None:
        """A person who stands or walks, whole in the picture."""
        upright = box.height / aspect > 1.4 * box.width
        whole = box.y0 > EDGE and box.y1 < 1 - EDGE and box.x0 > EDGE and box.x1 < 1 - EDGE
        if upright and whole:
            self._seen.append((box.y1, box.height / aspect / PERSON_M))
            self._scale = None

    def cut_off(self, box: Box, aspect: float) -> None:
        """A person of whom the edge hides a part: at least so high, better than nothing."""
        if not self._seen and box.height / aspect > 1.4 * box.width:
            self._scale = Scale(box.height / aspect / PERSON_M, 0.0, aspect)

    def scale(self, aspect: float) -> Scale | None:
        if self._scale is None and self._seen:
            self._scale = self._fit(aspect)
        return self._scale

    def _fit(self, aspect: float) -> Scale:
        rows = np.array([row for row, _ in self._seen])
        sizes = np.array([size for _, size in self._seen])
        middle = float(np.median(sizes))
        spread = float(np.quantile(rows, 0.9) - np.quantile(rows, 0.1))
        if len(rows) < SLOPE_LEAST_SEEN or spread < LEAST_SPREAD:
            return Scale(middle, 0.0, aspect)
        # Middle slope of many pairs (Theil and Sen): sitting and bending people do not tilt the ground.
        pick = np.random.default_rng(len(rows)).integers(0, len(rows), (400, 2))
        apart = rows[pick[:, 0]] - rows[pick[:, 1]]
        usable = np.abs(apart) > LEAST_SPREAD / 2
        if usable.sum() < 20:
            return Scale(middle, 0.0, aspect)
        slopes = (sizes[pick[:, 0]] - sizes[pick[:, 1]])[usable] / apart[usable]
        slope = max(0.0, float(np.median(slopes)))
        return Scale(float(np.median(sizes - slope * rows)), slope, aspect)


def _dense(polygon: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """More points along its sides: a straight side of the picture is straight on the ground, but not evenly so."""
    points = []
    for (x0, y0), (x1, y1) in zip(polygon, [*polygon[1:], polygon[0]], strict=True):
        points += [(x0 + (x1 - x0) * n / 8, y0 + (y1 - y0) * n / 8) for n in range(8)]
    return points
