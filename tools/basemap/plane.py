"""A flat plane in metres around the centre of Nice, and hand-entered lines read from text."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from shapely import transform
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

ORIGIN_LAT = 43.70
ORIGIN_LON = 7.26
METRES_PER_LAT = 111_120.0
METRES_PER_LON = 111_320.0 * math.cos(math.radians(ORIGIN_LAT))

Coordinates: TypeAlias = NDArray[np.float64]


def to_plane(lat: float, lon: float) -> tuple[float, float]:
    return (lon - ORIGIN_LON) * METRES_PER_LON, (lat - ORIGIN_LAT) * METRES_PER_LAT


def points(text: str) -> list[tuple[float, float]]:
    """Reads `lat lon, lat lon, …` into metres."""
    pairs = (pair.split() for pair in text.split(","))
    return [to_plane(float(lat), float(lon)) for lat, lon in pairs]


def line(text: str, *, curved: bool = False) -> LineString:
    drawn = points(text)
    return LineString(rounded(drawn) if curved else drawn)


def rounded(drawn: list[tuple[float, float]], steps: int = 5) -> list[tuple[float, float]]:
    """A Catmull-Rom curve through the points entered by hand."""
    if len(drawn) < 3:
        return drawn
    padded = np.array([drawn[0], *drawn, drawn[-1]])
    curve: list[tuple[float, float]] = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for t in np.arange(steps) / steps:
            bent = 0.5 * (
                2 * start
                + (end - before) * t
                + (2 * before - 5 * start + 4 * end - after) * t**2
                + (3 * start - before - 3 * end + after) * t**3
            )
            curve.append((float(bent[0]), float(bent[1])))
    return [*curve, drawn[-1]]


def to_degrees(geometry: BaseGeometry) -> BaseGeometry:
    def back(xy: Coordinates) -> Coordinates:
        lon = xy[:, 0] / METRES_PER_LON + ORIGIN_LON
        lat = xy[:, 1] / METRES_PER_LAT + ORIGIN_LAT
        rounded_off: Coordinates = np.asarray(np.round(np.column_stack([lon, lat]), 5), dtype=np.float64)
        return rounded_off

    moved: Callable[..., Any] = transform
    result: BaseGeometry = moved(geometry, back)
    return result
