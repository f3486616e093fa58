from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from cameras.actions import steer_towards
from cameras.models import Preset, Steering, SteeringOrder
from doors.problems import NotAllowed
from events.models import Event
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import operator, outsider

pytestmark = pytest.mark.django_db


def told() -> list[dict[str, Any]]:
    return list(
        Event.objects.filter(kind="cameras.steering_ordered").order_by("id").values_list("data", flat=True)
    )


def preset_of(code: str, number: int = 1, **fields: Any) -> Preset:
    return Preset.objects.create(camera=code, number=number, name="Gate", site_codes=["ECOLE-12"], **fields)


def test_at_most_four_cameras_are_ordered_the_best_first() -> None:
    for metres in (15, 25, 35, 45, 55, 65):
        camera(f"C{metres}", from_place=(metres, metres))
    orders = steer_towards(point=PLACE, cause="incident:5")
    assert [(order.rank, order.camera.code) for order in orders] == [
        (1, "C15"),
        (2, "C25"),
        (3, "C35"),
        (4, "C45"),
    ]
    assert {order.state for order in orders} == {"ordered"}
    assert {order.priority for order in orders} == {SteeringOrder.Priority.ALARM}


def test_the_fact_holds_what_a_screen_needs() -> None:
    dome("C885", from_place=(180, 38), hfov_tele_deg=13.6)
    camera("C117", from_place=(0, 60), state="lost")
    [order] = steer_towards(point=PLACE, cause="incident:5")
    [fact] = told()
    event = Event.objects.get(kind="cameras.steering_ordered")
    assert event.about == ["incident:5", f"camera:{order.camera_id}"]
    assert fact["orders"] == [
        {
            "order_id": order.pk,
            "camera_id": order.camera_id,
            "code": "C885",
            "name": "Camera C885",
            "kind": "dome",
            "lat": order.camera.lat,
            "lon": order.camera.lon,
            "bearing_deg": 0.0,
            "distance_m": 38.0,
            "density_px_m": 211.9,
            "band": "recognise",
            "preset": "",
            "why": fact["orders"][0]["why"],
            "reason": order.why,
        }
    ]
    assert [(out["code"], out["reason"]["code"]) for out in fact["left_out"]] == [("C117", "lost")]
    assert "38 m · 212 px/m" in fact["orders"][0]["why"]


def test_asking_again_gives_the_same_orders_and_says_nothing() -> None:
    camera("C1")
    first = steer_towards(point=PLACE, cause="incident:5")
    camera("C2", from_place=(90, 10))
    again = steer_towards(point=PLACE, cause="incident:5")
    assert [order.pk for order in again] == [order.pk for order in first]
    assert len(told()) == 1


def test_when_nothing_sees_the_place_it_says_so_once() -> None:
    camera("C1", state="maintenance")
    assert steer_towards(point=PLACE, cause="incident:5") == []
    assert steer_towards(point=PLACE, cause="incident:5") == []
    assert [(fact["orders"], fact["left_out"][0]["code"]) for fact in told()] == [([], "C1")]
    assert Steering.objects.get().left_out[0]["reason"]["code"] == "maintenance"


def test_another_cause_gets_its_own_orders() -> None:
    camera("C1")
    steer_towards(point=PLACE, cause="incident:5")
    steer_towards(point=PLACE, cause="incident:6")
    assert SteeringOrder.objects.count() == 2


def test_presets_of_the_site_come_first_however_far() -> None:
    near = camera("NEAR", from_place=(0, 20))
    far = dome("FAR", from_place=(90, 400), range_m=300)
    gate = preset_of(far)
    orders = steer_towards(point=PLACE, cause="incident:5", site_code="ECOLE-12")
    assert [(order.camera, order.preset) for order in orders] == [(far, gate), (near, None)]
    assert orders[0].why["code"] == "preset"
    assert told()[0]["orders"][0]["preset"] == "Gate"


def test_a_camera_with_two_presets_for_the_site_is_ordered_once() -> None:
    far = dome("FAR")
    preset_of(far, 2)
    first = preset_of(far, 1)
    [order] = steer_towards(point=PLACE, cause="incident:5", site_code="ECOLE-12")
    assert order.preset == first


def test_a_preset_of_a_lost_camera_is_left_out_with_its_reason() -> None:
    preset_of(dome("FAR", from_place=(90, 400), state="lost"))
    assert steer_towards(point=PLACE, cause="incident:5", site_code="ECOLE-12") == []
    assert told()[0]["left_out"][0]["code"] == "FAR"


def test_a_person_needs_the_right_to_steer() -> None:
    camera("C1")
    with pytest.raises(NotAllowed):
        steer_towards(point=PLACE, cause="operator:1", actor=outsider())
    assert not SteeringOrder.objects.exists()
    assert told() == []


def test_an_operator_may_steer() -> None:
    camera("C1")
    who = operator()
    [order] = steer_towards(point=PLACE, cause="operator:1", priority=50, actor=who)
    assert order.priority == SteeringOrder.Priority.OPERATOR
    assert Event.objects.get().actor == who


@pytest.mark.django_db(transaction=True)
def test_two_processes_with_one_cause_make_one_choice() -> None:
    for metres in (15, 25, 35):
        camera(f"C{metres}", from_place=(metres, metres))
    seen: list[list[int]] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            seen.append([order.pk for order in steer_towards(point=PLACE, cause="incident:5")])
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert all(ids == seen[0] for ids in seen)
    assert len(told()) == 1
