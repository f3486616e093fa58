"""The files of the demonstration, before anything is loaded."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import shapely

from nice_supervision.demo.files import document, table
from places.geometry import Plane, Point

STREETS = Path(__file__).resolve().parents[2] / "static" / "basemap" / "streets.geojson"


def test_cameras_stand_on_streets_and_squares_and_sites_beside_them() -> None:
    plane = Plane(Point(43.70, 7.26))
    lines = [f["geometry"]["coordinates"] for f in json.loads(STREETS.read_text())["features"]]
    drawn = shapely.MultiLineString([[plane.xy_m(Point(lat, lon)) for lon, lat in line] for line in lines])
    far = set()
    for row in [*table("cameras.csv"), *table("sites.csv")]:
        place = shapely.Point(plane.xy_m(Point(float(row["lat"]), float(row["lon"]))))
        if drawn.distance(place) > 80:
            far.add(row["name"])
    # Thermal cameras watch woods and water, from where these are seen.
    assert {name for name in far if not name.startswith("Thermique")} == {"Gare de Saint-Augustin, parvis"}


def test_every_site_and_camera_lies_in_the_sector_it_names() -> None:
    sectors = {
        feature["properties"]["code"]: shapely.Polygon(feature["geometry"]["coordinates"][0])
        for feature in document("sectors.geojson")["features"]
    }
    named = [(row, row["sector"]) for row in table("cameras.csv")]
    named += [(row, row["sector_code"]) for row in table("sites.csv")]
    for row, sector in named:
        assert sectors[sector].covers(shapely.Point(float(row["lon"]), float(row["lat"]))), row["code"]


def test_sectors_do_not_overlap() -> None:
    areas = [
        shapely.Polygon(f["geometry"]["coordinates"][0]) for f in document("sectors.geojson")["features"]
    ]
    assert sum(area.area for area in areas) == pytest.approx(shapely.union_all(areas).area, rel=1e-3)


def test_telephone_numbers_are_of_the_range_kept_for_fiction() -> None:
    numbers = [row["phone"] for name in ("sites.csv", "contacts.csv") for row in table(name)]
    assert all(re.fullmatch(r"04 65 71 \d\d \d\d", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_people_are_functions_and_never_names() -> None:
    assert all(re.search(r" \d$", row["name"]) for row in table("people.csv"))


def test_steps_of_procedures_fit_on_a_line() -> None:
    for sheet in document("procedures.json"):
        assert 5 <= len(sheet["steps"]) <= 8
        assert all(len(step) <= 120 for step in sheet["steps"])


def test_there_is_one_of_each_kind() -> None:
    cameras = table("cameras.csv")
    assert {row["kind"] for row in cameras} == {"fixed", "dome", "panoramic", "thermal", "third_party"}
    assert {"lost", "maintenance", "to_declare", "live"} == {row["state"] for row in cameras}
    assert {"no", "yes"} == {row["seen"] for row in table("sites.csv")}
