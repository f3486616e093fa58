"""The estate as a file that can be read back exactly."""

from __future__ import annotations

import csv
import io

import orjson
from django.db.models import QuerySet

from cameras.exchange.columns import COLUMNS, plain_row
from cameras.exchange.reading import PROPERTIES
from cameras.models import Camera
from places.models import Sector


def as_csv(cameras: QuerySet[Camera]) -> bytes:
    """Semicolons and a byte-order mark: what spreadsheets open by a double click, in France too."""
    sectors = dict(Sector.objects.values_list("pk", "code"))
    out = io.StringIO(newline="")
    lines = csv.writer(out, delimiter=";")
    lines.writerow(COLUMNS)
    for camera in cameras.order_by("code"):
        row = plain_row(camera, sectors)
        lines.writerow([COLUMNS[name].text(row[name]) for name in COLUMNS])
    return out.getvalue().encode("utf-8-sig")


def as_geojson(cameras: QuerySet[Camera]) -> bytes:
    sectors = dict(Sector.objects.values_list("pk", "code"))
    features = []
    for camera in cameras.order_by("code"):
        row = plain_row(camera, sectors)
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
                "properties": {name: row[name] for name in PROPERTIES},
            }
        )
    return orjson.dumps({"type": "FeatureCollection", "features": features})
