"""Where crews are: what is believed, what is dropped, who may see it (law P-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from patrols import actions
from patrols.fixes import Fix
from patrols.models import LastPosition, TrackPoint, Unit
from places.geometry import Point, destination
from tests.cast import person

pytestmark = pytest.mark.django_db
MASSENA = Point(43.6972, 7.2706)


def unit(call_sign: str = "P7", **fields: Any) -> Unit:
    return Unit.objects.create(call_sign=call_sign, **fields)


def fix(unit: Unit, point: Point = MASSENA, ago_s: float = 0, **fields: Any) -> Fix:
    return Fix(unit_id=unit.pk, point=point, at=timezone.now() - dt.timedelta(seconds=ago_s), **fields)


def test_a_position_is_written_down_and_replaced() -> None:
    p7 = unit()
    actions.record_positions(batch=[fix(p7, ago_s=10, speed_kmh=30.0, heading_deg=360.0, accuracy_m=5.0)])
    further = destination(MASSENA, 90, 80)
    assert actions.record_positions(batch=[fix(p7, further)]) == (1, 0)
    row = LastPosition.objects.get()
    assert (row.point, row.speed_kmh, row.heading_deg) == (further, None, None)


def test_a_whole_fleet_is_one_question_one_upsert_and_one_insert() -> None:
    fleet = [unit(f"P{n}") for n in range(200)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert actions.record_positions(batch=[fix(u, accuracy_m=4.0) for u in fleet]).kept == 200
    assert len(queries) == 3


def test_a_track_keeps_one_point_in_five_seconds_and_only_what_is_believed() -> None:
    p7 = unit()
    begin = timezone.now().replace(second=0, microsecond=0) - dt.timedelta(minutes=2)
    told = [Fix(unit_id=p7.pk, point=MASSENA, at=begin + dt.timedelta(seconds=n)) for n in range(20)]
    far = Fix(unit_id=p7.pk, point=destination(MASSENA, 0, 9_000), at=begin + dt.timedelta(seconds=20.5))
    actions.record_positions(batch=[*told[:12], far])
    actions.record_positions(batch=told[12:])
    kept = TrackPoint.objects.order_by("at").values_list("at", flat=True)
    assert [(at - begin).total_seconds() for at in kept] == [0, 5, 10, 15]
    assert not TrackPoint.objects.visible_to(person("operator")).exists()
    assert TrackPoint.objects.visible_to(person("shift_lead")).count() == 4


def test_nothing_goes_to_the_log() -> None:
    actions.record_positions(batch=[fix(unit())])
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ago_s": 30},  # older than the last
        {"accuracy_m": 101.0},
        {"speed_kmh": 217.0},
        {"ago_s": -200},  # from the future
        {"point": destination(MASSENA, 0, 2_000)},  # 2 km in 10 s
    ],
)
def test_a_fix_nobody_can_believe_is_dropped(wrong: dict[str, Any]) -> None:
    p7 = unit()
    actions.record_positions(batch=[fix(p7, ago_s=10)])
    assert actions.record_positions(batch=[fix(p7, **wrong)]) == (0, 1)
    assert LastPosition.objects.get().point == MASSENA


def test_a_late_batch_in_any_order_ends_on_its_newest_fix() -> None:
    p7 = unit()
    way = [(destination(MASSENA, 0, 10 * n), 20 - n) for n in range(20)]
    batch = [fix(p7, point, ago_s=ago) for point, ago in reversed(way)]
    assert actions.record_positions(batch=batch) == (20, 0)
    assert LastPosition.objects.get().point == way[-1][0]


def test_two_fixes_a_moment_apart_are_not_a_race_car() -> None:
    p7 = unit()
    actions.record_positions(batch=[fix(p7, ago_s=0.2, accuracy_m=12.0)])
    assert actions.record_positions(batch=[fix(p7, destination(MASSENA, 0, 20), accuracy_m=12.0)]).kept == 1


def test_a_screen_asks_for_what_moved_since() -> None:
    p7, m4 = unit(), unit("M4", kind=Unit.Kind.MOTO)
    actions.record_positions(batch=[fix(p7)])
    seen = LastPosition.objects.get().received_at
    actions.record_positions(batch=[fix(m4)])
    with CaptureQueriesContext(connection) as queries:
        moved = [row.unit.call_sign for row in LastPosition.objects.moved_since(seen)]
    assert moved == ["M4"]
    assert len(queries) == 1


def test_it_is_stale_after_a_minute_and_lost_after_five() -> None:
    p7 = unit()
    actions.record_positions(batch=[fix(p7)])
    row = LastPosition.objects.get()
    assert not row.is_stale
    row.received_at -= dt.timedelta(seconds=61)
    assert row.is_stale
    assert not row.is_lost
    row.received_at -= dt.timedelta(minutes=5)
    row.save()
    assert row.is_lost
    assert not LastPosition.objects.heard().exists()


def test_only_the_room_sees_where_crews_are() -> None:
    actions.record_positions(batch=[fix(unit())])
    assert LastPosition.objects.visible_to(person("operator")).exists()
    assert not LastPosition.objects.visible_to(person("technician")).exists()
    assert not Unit.objects.visible_to(person("site_contact")).exists()


def test_a_position_off_the_earth_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError):
        actions.record_positions(batch=[fix(unit(), Point(95.0, 7.0))])
