"""The rectangle a camera can have a say about, as a PostgreSQL box with a GiST index.

Each camera has its own rectangle, so one that sees for kilometres makes no other one slower to find.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GistIndex
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Field, FloatField, Func, Value
from django.db.models.functions import Greatest
from django.db.models.sql.compiler import SQLCompiler

from cameras.choosing import NEARBY_M
from places.geometry import METRES_PER_DEGREE_LAT, Point


def _reach() -> Func:
    """box(range_m around the camera, at least NEARBY_M), in terms a migration can hold."""
    metres = Greatest(F("range_m"), Value(NEARBY_M), output_field=FloatField())
    d_lat = metres / Value(METRES_PER_DEGREE_LAT)
    d_lon = d_lat / Greatest(Func(F("lat"), function="cosd"), Value(0.01), output_field=FloatField())
    return _box(
        _corner(F("lon") - d_lon, F("lat") - d_lat),
        _corner(F("lon") + d_lon, F("lat") + d_lat),
    )


def _box(a: Expression, b: Expression) -> Func:
    return Func(a, b, function="box", output_field=Field())


def _corner(x: Expression, y: Expression) -> Func:
    return Func(x, y, function="point", output_field=Field())


REACH_INDEX = GistIndex(_reach(), name="cameras_camera_reach")


def holds(lat: str, lon: str, range_m: str) -> str:
    """What `_reach` means as one piece of SQL, asked of longitude and latitude, twice.

    Taken apart into expressions, putting the question together took longer than answering it. A test sees that
    the index still answers.
    """
    d_lat = f"(greatest({range_m}, {NEARBY_M}) / {METRES_PER_DEGREE_LAT})"
    d_lon = f"({d_lat} / greatest(cosd({lat}), 0.01))"
    return (
        f"box(point({lon} - {d_lon}, {lat} - {d_lat}), point({lon} + {d_lon}, {lat} + {d_lat}))"
        " @> box(point(%s, %s), point(%s, %s))"
    )


class Holds(Func):
    """Whether the reach of a camera holds this point."""

    output_field = BooleanField()

    def __init__(self, point: Point) -> None:
        super().__init__(F("lat"), F("lon"), F("range_m"))
        self.spot = [point.lon, point.lat]

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **extra: Any
    ) -> tuple[str, Any]:
        lat, lon, range_m = (compiler.compile(source)[0] for source in self.get_source_expressions())
        return holds(lat, lon, range_m), self.spot * 2
