"""What ffmpeg is told to blacken covers every point of the drawn area, and not much else (L-03)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LinearRing, box
from shapely.geometry import Polygon as Shape
from shapely.ops import polygonize, unary_union

from cameras.models.mask import Polygon
from footage.masking.burning import STRIPS, boxes, filter_of

WINDOW = ((0.2, 0.1), (0.4, 0.1), (0.4, 0.3), (0.2, 0.3))
PART = st.integers(0, 10_000).map(lambda n: n / 10_000)


def covered(area: Polygon) -> Shape:
    # A hair wider: sums of floating parts do not meet to the last bit. A pixel is a thousand times that.
    return unary_union(
        [box(b.left - 1e-6, b.top - 1e-6, b.right + 1e-6, b.bottom + 1e-6) for b in boxes([area])]
    )


def test_a_rectangle_is_one_box() -> None:
    (only,) = boxes([WINDOW])
    assert only.left == pytest.approx(0.2)
    assert only.right == pytest.approx(0.4)
    assert only.top == pytest.approx(0.1, abs=1 / STRIPS)
    assert only.bottom == pytest.approx(0.3, abs=1 / STRIPS)
    assert filter_of([WINDOW]).count("drawbox") == 1


def test_a_yard_between_two_wings_stays_visible() -> None:
    wings = ((0, 0), (1, 0), (1, 1), (0.9, 1), (0.9, 0.2), (0.1, 0.2), (0.1, 1), (0, 1))
    assert not covered(wings).intersects(Shape([(0.2, 0.3), (0.8, 0.3), (0.8, 0.9), (0.2, 0.9)]))


def winding(area: Polygon, x: float, y: float) -> int:
    count = 0
    for (ax, ay), (bx, by) in zip(area, (*area[1:], area[0]), strict=True):
        if (ay <= y) != (by <= y) and ax + (bx - ax) * (y - ay) / (by - ay) > x:
            count += 1 if by > ay else -1
    return count


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(PART, PART), min_size=3, max_size=8, unique=True))
def test_no_point_of_an_area_shows_whatever_its_form(corners: list[tuple[float, float]]) -> None:
    """Sides may cross: what is filled is what the page fills, all that the line goes round."""
    area = tuple(corners)
    faces = polygonize(unary_union(LinearRing(area)))
    for face in faces:
        point = face.representative_point()
        if winding(area, point.x, point.y):
            assert covered(area).buffer(2e-5).covers(face)
