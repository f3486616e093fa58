"""Lines that are crossed, and the side somebody comes from."""

from __future__ import annotations

import math

from detection.sight.tracks import Track
from detection.sight.types import Polygon
from detection.sight.view import View

# To have crossed is to be so far past the line, in shares of one's own height: who stands on it has not.
PAST = 0.15


def side(point: tuple[float, float], line: Polygon, aspect: float) -> float:
    """Signed distance from the line, in picture widths: above 0 to the right of who walks along it."""
    (x0, y0), (x1, y1) = line[0], line[1]
    along = x1 - x0, (y1 - y0) / aspect
    length = max(math.hypot(*along), 1e-9)
    # Rows count downwards, so that the right hand of who walks along the line is where this is positive.
    return (along[0] * (point[1] - y0) / aspect - along[1] * (point[0] - x0)) / length


def beside(point: tuple[float, float], line: Polygon, aspect: float) -> bool:
    """Whether the foot of the perpendicular lies on the line, not beyond its ends."""
    (x0, y0), (x1, y1) = line[0], line[1]
    along = x1 - x0, (y1 - y0) / aspect
    share = (along[0] * (point[0] - x0) + along[1] * (point[1] - y0) / aspect) / max(
        along[0] ** 2 + along[1] ** 2, 1e-9
    )
    return -0.05 <= share <= 1.05


def crossed(track: Track, line: Polygon, view: View, past_m: float = 0.0) -> str:
    """ "to_right", "to_left", or "" while it has not crossed. `past_m` metres beyond the line at least."""
    if len(line) < 2:
        return ""
    now = side(track.box.foot, line, view.aspect)
    least = PAST * track.box.height / view.aspect
    if view.scale is not None:
        least = max(least, past_m * view.scale.per_metre(track.box.y1))
    if abs(now) < least or not beside(track.box.foot, line, view.aspect):
        return ""
    for step in track.steps:
        before = side(step.box.foot, line, view.aspect)
        if before * now < 0 and abs(before) >= least and beside(step.box.foot, line, view.aspect):
            return "to_right" if now > 0 else "to_left"
    return ""
