"""The rectangle a camera can have a say about, as a PostgreSQL box with a GiST index.

Each camera has its own rectangle, so one that sees for kilometres makes no other one slower to find.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GistIndex
from django.db.models import BooleanField, Expression, F, Field, FloatField, Func, Value
from django.db.models.functions import Greatest

from cameras.choosing import NEARBY_M
from places.geometry import METRES_PER_DEGREE_LAT, Point


def reach() -> Func:
    """box(range_m around the camera, at least NEARBY_M). Index and question must write it alike."""
    metres = Greatest(F("range_m"), Value(NEARBY_M), output_field=FloatField())
    d_lat = metres / Value(METRES_PER_DEGREE_LAT)
    d_lon = d_lat / Greatest(Func(F("lat"), function="cosd"), Value(0.01), output_field=FloatField())
    return _box(
        _corner(F("lon") - d_lon, F("lat") - d_lat),
        _corner(F("lon") + d_lon, F("lat") + d_lat),
    )


def holds(point: Point) -> Func:
    """Whether the reach of a camera holds this point."""
    spot = _corner(Value(point.lon), Value(point.lat))
    return Func(
        reach(), _box(spot, spot), template="%(expressions)s", arg_joiner=" @> ", output_field=BooleanField()
    )


def _box(a: Expression, b: Expression) -> Func:
    return Func(a, b, function="box", output_field=Field())


def _corner(x: Expression, y: Expression) -> Func:
    return Func(x, y, function="point", output_field=Field())


REACH_INDEX = GistIndex(reach(), name="cameras_camera_reach")
