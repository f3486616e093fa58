"""Who gets which camera: alarms, operators and tours; in turn, with the reason of each change."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cameras.actions import steer_towards
from cameras.models import Camera, CameraLock, Preset, Steering, SteeringOrder
from cameras.steering import returning
from cameras.steering.locks import Hand, take_by_hand
from doors.problems import Conflict
from events.models import Event
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import operator

pytestmark = pytest.mark.django_db


def alarm(number: int, *, urgency: int = 1) -> list[str]:
    orders = steer_towards(point=PLACE, cause=f"incident:{number}", urgency=urgency, label=f"School {number}")
    return [order.camera.code for order in orders]


def held() -> dict[str, str]:
    return dict(CameraLock.objects.held().values_list("camera__code", "cause"))


def changes() -> list[dict[str, Any]]:
    facts = Event.objects.filter(kind="cameras.lock_taken").order_by("id")
    return [lock for fact in facts for lock in fact.data["locks"]]


def lease_over(**fields: Any) -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    CameraLock.objects.held().filter(**fields).update(until=past)


def domes(count: int) -> list[Camera]:
    return [dome(f"D{n}", from_place=(n * 360 / count, 40)) for n in range(count)]


def test_a_place_is_seen_from_several_sides_before_twice_from_one() -> None:
    for n in range(4):
        dome(f"NORTH{n}", from_place=(n, 30 + n))
    dome("EAST", from_place=(90, 60))
    dome("SOUTH", from_place=(180, 60))
    dome("WEST", from_place=(270, 60))
    assert set(alarm(1)) == {"NORTH0", "EAST", "SOUTH", "WEST"}
    left_out = {out["code"]: out["reason"] for out in Steering.objects.get().left_out}
    assert left_out["NORTH1"] == {"code": "same_side", "figures": {"code": "NORTH0"}}


def test_an_alarm_takes_a_camera_from_an_operator_and_both_are_told_why() -> None:
    [one] = domes(1)
    who = operator()
    take_by_hand(camera=one, hand=Hand.of(who, "poste-3", "Poste 3"))
    assert alarm(5) == ["D0"]
    taken = changes()[-1]
    assert (taken["by"], taken["from_by"], taken["kind"]) == ("School 5", "Poste 3", "alarm")
    assert taken["why"] == "it goes before Poste 3"
    with pytest.raises(Conflict) as refused:
        take_by_hand(camera=one, hand=Hand.of(who, "poste-3", "Poste 3"))
    assert refused.value.code == "camera-held"


def test_the_hand_that_works_on_the_alarm_keeps_its_camera() -> None:
    [one] = domes(1)
    alarm(5)
    take_by_hand(camera=one, hand=Hand.of(operator(), "poste-3", "Poste 3"), cause="incident:5")
    lock = CameraLock.objects.get()
    assert (lock.priority, lock.cause, lock.holder) == (100, "incident:5", "seat:poste-3")
    assert SteeringOrder.objects.get().state == "superseded"
    assert alarm(6) == []


def test_an_alarm_with_nothing_takes_one_from_an_equal_that_has_several() -> None:
    domes(3)
    assert len(alarm(1)) == 3
    assert len(alarm(2)) == 1
    assert Counter(held().values()) == {"incident:1": 2, "incident:2": 1}
    assert changes()[-1]["why"] == "School 1 had 3 cameras, this alarm none"


def test_the_more_urgent_takes_even_the_only_camera_and_the_other_waits_for_the_next() -> None:
    [one] = domes(1)
    alarm(1, urgency=3)
    assert alarm(2, urgency=1) == ["D0"]
    assert Steering.objects.waiting().get().cause == "incident:1"
    assert Event.objects.filter(kind="cameras.alarm_waits").get().data["cause"] == "incident:1"
    returning.case_over("incident:2")
    assert held() == {"D0": "incident:1"}
    assert SteeringOrder.objects.get(cause="incident:1").state == "ordered"
    assert (
        SteeringOrder.objects.get(cause="incident:1").lock_serial == CameraLock.objects.get(camera=one).serial
    )


def test_at_the_end_of_a_lease_a_camera_goes_back_to_where_it_was() -> None:
    [one] = domes(1)
    Preset.objects.create(camera=one, number=1, name="Gate")
    square = Preset.objects.create(camera=one, number=2, name="Square", pan_deg=90)
    SteeringOrder.objects.create(
        camera=one, cause="tour:1:1", rank=1, lat=one.lat, lon=one.lon, priority=10, preset=square,
        bearing_deg=0, distance_m=1, density_px_m=1, why={"code": "free"}, state="done",
        ordered_at=timezone.now() - dt.timedelta(hours=1),
    )  # fmt: skip
    alarm(1)
    lease_over()
    assert returning.sweep() == 1
    assert held() == {}
    back = SteeringOrder.objects.get(cause__startswith="return:")
    assert (back.preset, back.state, back.priority) == (square, "ordered", 10)
    assert list(SteeringOrder.objects.owed()) == [back]
    assert Event.objects.get(kind="cameras.lock_released").data["returns_to"] == "Square"


def test_a_closed_incident_asks_for_nothing_more() -> None:
    domes(1)
    alarm(1)
    alarm(2)
    returning.case_over("incident:2")
    lease_over()
    returning.sweep()
    assert held() == {}


def test_twenty_alarms_with_twelve_cameras_each_has_its_turn_and_each_decision_its_reason() -> None:
    """20 alarms in one district sharing 12 cameras, one of them more urgent than the others."""
    domes(12)
    for number in range(1, 20):
        alarm(number, urgency=2)
    assert alarm(20, urgency=1)
    holders = Counter(held().values())
    assert holders["incident:20"] == 4
    assert len(holders) == 9
    assert Steering.objects.waiting().count() == 11
    served = set(holders)
    for _lease in range(3):
        # The urgent one is over after its first lease; the others share by turns.
        returning.case_over("incident:20")
        served |= set(held().values())
        lease_over()
        returning.sweep()
        served |= set(held().values())
    assert served == {f"incident:{number}" for number in range(1, 21)}
    assert all(change["why"] for change in changes())
    assert all(out["why"] for one in Steering.objects.all() for out in one.left_out)


@pytest.mark.django_db(transaction=True)
def test_alarms_at_the_same_instant_never_hold_one_camera_twice() -> None:
    domes(3)
    start = threading.Barrier(6)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        start.wait()
        try:
            alarm(number)
        except BaseException as error:  # noqa: BLE001  (told to the test)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(Counter(held().values()).values()) == [1, 1, 1]
    assert Steering.objects.waiting().count() == 3
    current = SteeringOrder.objects.owed()
    assert {order.cause for order in current} == set(held().values())


def test_what_does_not_turn_serves_all_alarms_at_once() -> None:
    camera("FIXED")
    assert alarm(1) == alarm(2) == ["FIXED"]
    assert not CameraLock.objects.exists()
