from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from places import geometry
from places.geometry import Plane, Point

NICE = Point(43.6961, 7.2718)
MONACO = Point(43.7384, 7.4246)
PARIS = Point(48.8566, 2.3522)

points = st.builds(Point, st.floats(-80, 80), st.floats(-179.9, 179.9))
bearings = st.floats(0, 359.999)


def near(centre: Point) -> st.SearchStrategy[Point]:
    return st.builds(
        Point, st.floats(centre.lat - 0.1, centre.lat + 0.1), st.floats(centre.lon - 0.1, centre.lon + 0.1)
    )


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [(NICE, MONACO, 13_150), (NICE, PARIS, 686_000), (NICE, NICE, 0)],
    ids=["Monaco", "Paris", "itself"],
)
def test_known_distances(a: Point, b: Point, metres: float) -> None:
    assert geometry.distance_m(a, b) == pytest.approx(metres, rel=0.01, abs=1e-6)


def test_a_degree_of_latitude_is_some_111_km() -> None:
    assert geometry.distance_m(Point(43, 7), Point(44, 7)) == pytest.approx(111_195, abs=1)


@pytest.mark.parametrize(("d_lat", "d_lon", "bearing"), [(1, 0, 0), (0, 1, 90), (-1, 0, 180), (0, -1, 270)])
def test_the_four_bearings_on_the_equator(d_lat: float, d_lon: float, bearing: float) -> None:
    assert geometry.bearing_deg(Point(0, 0), Point(d_lat, d_lon)) == pytest.approx(bearing)


def test_monaco_lies_east_north_east_of_nice() -> None:
    assert geometry.bearing_deg(NICE, MONACO) == pytest.approx(69, abs=1)


@given(points, points)
def test_distance_is_the_same_both_ways(a: Point, b: Point) -> None:
    assert geometry.distance_m(a, b) == pytest.approx(geometry.distance_m(b, a))


@given(points, bearings, st.floats(1, 50_000))
def test_going_there_is_that_far_in_that_direction(start: Point, bearing: float, metres: float) -> None:
    there = geometry.destination(start, bearing, metres)
    assert geometry.distance_m(start, there) == pytest.approx(metres, rel=1e-6, abs=1e-3)
    assert abs(geometry.angle_between_deg(geometry.bearing_deg(start, there), bearing)) < 0.01


@given(st.floats(-720, 720), st.floats(-720, 720))
def test_a_turn_is_at_most_half_a_circle(a_deg: float, b_deg: float) -> None:
    turn = geometry.angle_between_deg(a_deg, b_deg)
    assert -180 <= turn <= 180
    off = (a_deg + turn - b_deg) % 360
    assert min(off, 360 - off) < 1e-6


@given(near(NICE), near(NICE))
def test_the_plane_agrees_with_the_sphere_over_a_city(a: Point, b: Point) -> None:
    x, y = Plane(a).xy_m(b)
    assert math.hypot(x, y) == pytest.approx(geometry.distance_m(a, b), rel=3e-3, abs=0.01)


@given(points, st.floats(-20_000, 20_000), st.floats(-20_000, 20_000))
def test_onto_the_plane_and_back(origin: Point, x_m: float, y_m: float) -> None:
    plane = Plane(origin)
    point = plane.point(x_m, y_m)
    assume(abs(point.lon) < 180)
    assert plane.xy_m(point) == pytest.approx((x_m, y_m), abs=1e-3)


@given(points, bearings, st.floats(0, 1))
def test_a_box_holds_all_that_is_within_its_radius(centre: Point, bearing: float, part: float) -> None:
    box = geometry.box_around(centre, 1000)
    inside = geometry.destination(centre, bearing, 990 * part)
    assume(abs(centre.lon) < 179)
    assert box.south <= inside.lat <= box.north
    assert box.west <= inside.lon <= box.east


def test_slant_and_field_by_hand() -> None:
    assert geometry.slant_distance_m(30, 40) == 50
    assert geometry.field_width_m(50, 90) == pytest.approx(100)
