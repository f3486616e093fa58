from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places import areas
from places.geometry import Point, destination, distance_m

NICE = Point(43.7, 7.27)
SQUARE = areas.area_of([destination(NICE, bearing, 100 * math.sqrt(2)) for bearing in (45, 135, 225, 315)])
bearings = st.floats(0, 359.999)


def ring(*positions: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(positions)]}


def test_a_square_of_200_m_is_4_hectares() -> None:
    assert areas.area_m2(SQUARE) == pytest.approx(40_000, rel=0.005)


def test_a_hole_counts_off() -> None:
    hole = areas.circle(NICE, 50)["coordinates"][0]
    holed: areas.Area = {"type": "Polygon", "coordinates": [SQUARE["coordinates"][0], hole]}
    assert areas.problem_with(holed) == ""
    assert not areas.contains(holed, NICE)
    assert areas.distance_to_area_m(holed, NICE) == pytest.approx(50, rel=0.02)


def test_metres_to_the_border() -> None:
    assert areas.distance_to_area_m(SQUARE, destination(NICE, 90, 350)) == pytest.approx(250, rel=0.005)
    assert areas.distance_to_area_m(SQUARE, NICE) == 0


@given(bearings, st.floats(0, 0.98))
def test_a_circle_holds_what_is_nearer_than_its_radius(bearing: float, part: float) -> None:
    assert areas.contains(areas.circle(NICE, 500, corners=64), destination(NICE, bearing, 500 * part))


@given(bearings, st.floats(1.01, 20))
def test_and_nothing_farther(bearing: float, times: float) -> None:
    circle, far = areas.circle(NICE, 500, corners=64), destination(NICE, bearing, 500 * times)
    assert not areas.contains(circle, far)
    assert areas.distance_to_area_m(circle, far) == pytest.approx(
        distance_m(NICE, far) - 500, rel=0.01, abs=5
    )


@given(st.floats(10, 5000))
def test_the_area_of_a_circle(radius_m: float) -> None:
    assert areas.area_m2(areas.circle(NICE, radius_m, corners=128)) == pytest.approx(
        math.pi * radius_m**2, rel=0.01
    )


def test_the_middle_lies_inside() -> None:
    crescent = areas.area_of(
        [
            Point(0, 0),
            Point(0, 3),
            Point(3, 3),
            Point(3, 0),
            Point(2, 0),
            Point(2, 2),
            Point(1, 2),
            Point(1, 0),
        ]
    )
    assert areas.contains(crescent, areas.middle(crescent))


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        [],
        "POLYGON((0 0))",
        {"type": "Point", "coordinates": [7, 43]},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [7]},
        ring([0, 0], [1, 0], [0, 0]),
        ring([0, 0], [1, 0], [1, 1], [0, 1]),
        ring([0, 0], [1, 1], [1, 0], [0, 1], [0, 0]),
        ring([0, 0], [1, 0], [2, 0], [0, 0]),
        ring([0, 0], [1, 0], [1, 95], [0, 0]),
        ring([0, 0], [1, 0], ["1", 1], [0, 0]),
        ring([0, 0], [1, 0], [math.nan, 1], [0, 0]),
        ring([0, 0], [1, 0], [True, 1], [0, 0]),
        ring(*([[i / 1e5, 0] for i in range(2100)] + [[0, 1], [0, 0]])),
    ],
    ids=lambda value: str(value)[:50],
)
def test_what_is_no_sound_polygon_is_said(wrong: Any) -> None:
    assert areas.problem_with(wrong)


def test_a_sound_one_has_no_problem() -> None:
    assert areas.problem_with(SQUARE) == ""
