"""The exercise units drive on streets, at a believable pace, and are believed by the rules for real ones."""

from __future__ import annotations

import datetime as dt
import json
import random
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command
from django.utils import timezone

from patrols import streets
from patrols.driving import Fleet
from patrols.models import LastPosition, Unit

STREETS = Path(__file__).resolve().parents[2] / "static" / "basemap" / "streets.geojson"


@pytest.fixture(scope="module")
def city() -> streets.Network:
    return streets.read(STREETS)


def test_the_streets_of_the_base_map_are_one_network(city: streets.Network) -> None:
    drawn_m = sum(way.length_m for way in city.stretches) / 2
    assert drawn_m > 100_000
    assert {way.end for way in city.stretches} == set(city.leaving)


def test_a_crossing_leads_on_and_a_dead_end_leads_back(city: streets.Network) -> None:
    rng = random.Random(1)
    for way in city.stretches:
        following = city.after(way, rng)
        assert following.start == way.end
        if len(city.leaving[way.end]) > 1:
            assert following.points != way.points[::-1]


def test_units_stay_on_the_streets_at_the_pace_of_a_city(city: streets.Network) -> None:
    fleet = Fleet(city, random.Random(7))
    fleet.crew([Unit(pk=1, call_sign="P1"), Unit(pk=2, call_sign="A1", kind=Unit.Kind.FOOT)])
    drawn = shapely.MultiLineString(
        [feature["geometry"]["coordinates"] for feature in json.loads(STREETS.read_text())["features"]]
    )
    at = timezone.now()
    speeds: dict[int, list[float]] = {1: [], 2: []}
    for second in range(0, 600, 2):
        for fix in fleet.go_on(2.0, at + dt.timedelta(seconds=second)):
            assert drawn.distance(shapely.Point(fix.point.lon, fix.point.lat)) < 5e-5
            speeds[fix.unit_id].append(fix.speed_kmh or 0)
    assert 20 < max(speeds[1]) < 60
    assert max(speeds[2]) < 6


def test_one_seed_drives_one_way(city: streets.Network) -> None:
    fleets = [Fleet(city, random.Random(3)) for _n in range(2)]
    at = timezone.now()
    for fleet in fleets:
        fleet.crew([Unit(pk=1, call_sign="P1")])
    assert fleets[0].go_on(60, at) == fleets[1].go_on(60, at)


@pytest.mark.django_db
def test_the_process_drives_exercise_units_and_no_others() -> None:
    Unit.objects.create(call_sign="P1", exercise=True)
    Unit.objects.create(call_sign="P2")
    call_command("drive_demo", "--for", "0.5", "--every", "0.1", "--seed", "1")
    row = LastPosition.objects.get()
    assert row.unit.call_sign == "P1"
    assert row.speed_kmh is not None
