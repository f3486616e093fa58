from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from places import areas
from places.geometry import Point, destination
from places.models import Sector

pytestmark = pytest.mark.django_db
NICE = Point(43.7, 7.27)


def test_the_sectors_a_point_lies_in_come_in_their_order() -> None:
    wide = Sector.objects.create(code="WIDE", name="Wide", order=2, area=areas.circle(NICE, 2000))
    core = Sector.objects.create(code="CORE", name="Core", order=1, area=areas.circle(NICE, 300))
    Sector.objects.create(code="LIST", name="Without a drawing")
    assert list(Sector.objects.containing(NICE)) == [core, wide]
    assert list(Sector.objects.containing(destination(NICE, 0, 1000))) == [wide]
    assert not Sector.objects.containing(destination(NICE, 0, 5000)).exists()


def test_a_crossed_drawing_is_refused() -> None:
    crossed = areas.area_of([Point(0, 0), Point(1, 1), Point(0, 1), Point(1, 0)])
    with pytest.raises(ValidationError) as refused:
        Sector(code="X", name="X", area=crossed).full_clean()
    assert "area" in refused.value.message_dict


def test_its_size_in_square_kilometres() -> None:
    assert Sector(area=areas.circle(NICE, 1000, corners=128)).area_km2 == pytest.approx(3.14, abs=0.02)
    assert Sector().area_km2 is None
