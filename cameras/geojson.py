"""The estate as GeoJSON, for maps: five thousand cameras in one answer."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import connection
from django.db.models import QuerySet

from cameras.models import Camera

MEDIA_TYPE = "application/geo+json"
COLUMNS = (
    "id",
    "code",
    "name",
    "kind",
    "state",
    "mounting_azimuth_deg",
    "hfov_deg",
    "range_m",
    "exercise",
    "lat",
    "lon",
)


def features(cameras: QuerySet[Camera]) -> list[dict[str, Any]]:
    return [
        {
            "type": "Feature",
            "id": pk,
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {
                "id": pk,
                "code": code,
                "name": name,
                "kind": kind,
                "state": state,
                "azimuth_deg": azimuth,
                "hfov_deg": hfov,
                "range_m": range_m,
                "exercise": exercise,
            },
        }
        for pk, code, name, kind, state, azimuth, hfov, range_m, exercise, lat, lon in cameras.values_list(
            *COLUMNS
        )
    ]


def feature_collection(cameras: QuerySet[Camera]) -> bytes:
    """A FeatureCollection ready to be sent (RFC 7946)."""
    return orjson.dumps({"type": "FeatureCollection", "features": features(cameras)})


def estate_version() -> str:
    """Changes with every write to the estate by any door: PostgreSQL stamps each row with its writer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM cameras_camera")
        count, stamps = cursor.fetchone()
    return f"{count}-{stamps}"
