"""Drawn areas: GeoJSON polygons (RFC 7946, longitude first) and what is asked of them, in metres.

Everything outside these functions speaks `Point` (latitude first); everything stored speaks GeoJSON.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, TypedDict

import shapely
from django.utils.translation import gettext as _
from shapely.validation import explain_validity

from places.geometry import Plane, Point

MAX_CORNERS = 2_000


class Area(TypedDict):
    """A GeoJSON polygon: the outer ring, then the holes; each ring closes on its first position."""

    type: Literal["Polygon"]
    coordinates: list[list[list[float]]]


def area_of(corners: Sequence[Point]) -> Area:
    """The polygon that joins these corners in order."""
    ring = [[corner.lon, corner.lat] for corner in corners]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def circle(centre: Point, radius_m: float, corners: int = 32) -> Area:
    """A regular polygon drawn on the circle of this radius."""
    plane = Plane(centre)
    turns = [2 * math.pi * i / corners for i in range(corners)]
    return area_of([plane.point(radius_m * math.sin(t), radius_m * math.cos(t)) for t in turns])


def problem_with(value: Any) -> str:
    """What is wrong with a drawn area and what to draw instead; "" for a sound polygon on Earth."""
    if not isinstance(value, dict) or value.get("type") != "Polygon":
        return _("Write a GeoJSON geometry of type “Polygon”.")
    rings = value.get("coordinates")
    if not isinstance(rings, list) or not rings:
        return _("The polygon has no ring of positions.")
    if sum(len(ring) for ring in rings if isinstance(ring, list)) > MAX_CORNERS:
        return _("The polygon has more than %(most)s corners: draw it more simply.") % {"most": MAX_CORNERS}
    if problem := next(filter(None, map(_problem_with_ring, rings)), ""):
        return problem
    polygon = shapely.Polygon(rings[0], rings[1:])
    if not polygon.is_valid:
        return _("The polygon crosses itself or has a hole outside it (%(why)s): draw it again.") % {
            "why": explain_validity(polygon)
        }
    return "" if polygon.area > 0 else _("The polygon is flat: place at least three corners apart.")


def _problem_with_ring(ring: Any) -> str:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        return _("Each ring has at least four positions and ends on its first one.")
    wrong = next((position for position in ring if not _is_position(position)), None)
    if wrong is None:
        return ""
    return _("A position is [longitude, latitude] in degrees; this one is not: %(position)s.") % {
        "position": str(wrong)[:80]
    }


def _is_position(position: Any) -> bool:
    if not isinstance(position, list | tuple) or len(position) not in (2, 3):
        return False
    if not all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in position):
        return False
    return bool(abs(position[0]) <= 180 and abs(position[1]) <= 90)


def contains(area: Area, point: Point) -> bool:
    """Whether the point lies in the area, its border included."""
    return bool(_degrees(area).covers(shapely.Point(point.lon, point.lat)))


def area_m2(area: Area) -> float:
    return float(_metres(area, _first(area)).area)


def distance_to_area_m(area: Area, point: Point) -> float:
    """Metres from the point to the nearest part of the area; 0 inside it."""
    return float(_metres(area, point).distance(shapely.Point(0, 0)))


def middle(area: Area) -> Point:
    """A point for certain inside the area, where a label may stand."""
    inside = _degrees(area).representative_point()
    return Point(inside.y, inside.x)


def _first(area: Area) -> Point:
    lon, lat = area["coordinates"][0][0][:2]
    return Point(lat, lon)


def _degrees(area: Area) -> shapely.Polygon:
    shell, *holes = area["coordinates"]
    return shapely.Polygon(shell, holes)


def _metres(area: Area, origin: Point) -> shapely.Polygon:
    plane = Plane(origin)
    rings = [[plane.xy_m(Point(p[1], p[0])) for p in ring] for ring in area["coordinates"]]
    return shapely.Polygon(rings[0], rings[1:])
