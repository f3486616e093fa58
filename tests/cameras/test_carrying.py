"""Orders carried out on a real device: sent, arrived, told; and every bad day in words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections, transaction

from cameras import facts
from cameras.actions import steer_towards
from cameras.drivers import fake
from cameras.drivers.base import Address, Pose, TooSlow, Unreachable
from cameras.drivers.onvif import Onvif
from cameras.masks.standing import where_they_look
from cameras.models import Camera, CameraLock, Device, Preset, SteeringOrder
from cameras.reasons import Reason
from cameras.steering import results
from cameras.steering.locks import Hand, take_by_hand
from events.models import Event
from places.geometry import angle_between_deg, bearing_deg, distance_m
from tests.cameras.domes import PASSWORD, STRAIGHT, USER, Domes, carrying, device
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import operator

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
State = SteeringOrder.State
CAUSE = "incident:7"


def until(true: Callable[[], Any], seconds: float = 30) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def process() -> Iterator[Domes]:
    domes = Domes(STRAIGHT)
    yield domes
    domes.stop()


@pytest.fixture
def domes(process: Domes) -> Iterator[Domes]:
    yield process
    process.mend(STRAIGHT)


@pytest.fixture
def twin() -> Iterator[fake.FakeDevice]:
    fake.forget_all()
    yield fake.device_at("fake://one")
    fake.forget_all()


def with_twin(of: Camera) -> Device:
    return Device.objects.create(camera=of, driver="fake", url="fake://one")


def told(kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind=kind).order_by("pk").values_list("data", flat=True))


def over(*states: str) -> SteeringOrder | None:
    return SteeringOrder.objects.filter(state__in=states).order_by("pk").first()


def test_a_press_turns_the_picture_to_the_place(domes: Domes) -> None:
    """Ordered, sent at once, arrived; the picture itself says that it shows the place."""
    one = dome("DOME-1", from_place=(200, 40), height_m=7)
    device(one, domes, STRAIGHT)
    with carrying() as carrier:
        until(lambda: carrier.conversations.of(one.pk))
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        order = until(lambda: over(State.DONE, State.FAILED))
    assert (order.state, order.sent_at is not None) == (State.DONE, True), order.result
    looking, _picture = domes.shown(STRAIGHT)
    # It hangs straight on north, while the record says that it is mounted at its own azimuth.
    shown = (one.mounting_azimuth_deg + looking.bearing_deg) % 360
    assert abs(angle_between_deg(shown, bearing_deg(one.point, PLACE))) < 0.5
    [fact] = told("cameras.turned")
    assert (fact["cause"], fact["code"], fact["how"]) == (CAUSE, "DOME-1", "turned")
    assert fact["took_ms"] > 0 and fact["travel_ms"] > 0


def test_what_need_not_turn_is_shown(twin: fake.FakeDevice) -> None:
    camera("FIX-1")
    camera("ROUND-1", from_place=(90, 12), kind=Camera.Kind.PANORAMIC, hfov_deg=360, hfov_tele_deg=360)
    dome("DRAWN-1", from_place=(0, 30))
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        until(lambda: SteeringOrder.objects.filter(state=State.DONE).count() == 3)
    assert {fact["code"]: fact["how"] for fact in told("cameras.turned")} == {
        "FIX-1": "shown",
        "ROUND-1": "dewarped",
    }
    assert SteeringOrder.objects.get(camera__code="DRAWN-1").result == "a drawn picture: nothing turns"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Unreachable("x"), "its head does not answer"),
        (TooSlow("8"), "its head takes too long to answer"),
    ],
)
def test_trouble_is_told_in_words(
    twin: fake.FakeDevice, error: Exception, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cameras.steering.carrying.TRY_AGAIN_S", (0.05, 0.05))
    one = dome("DOME-1")
    with_twin(one)
    twin.fails_with = error  # type: ignore[assignment]
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        order = until(lambda: over(State.DONE, State.FAILED))
        assert (order.state, order.result) == (State.FAILED, words)
        [fact] = told("cameras.could_not_turn")
        assert (fact["code"], fact["why"]) == ("DOME-1", words)
        until(lambda: Device.objects.get().trouble)
        twin.fails_with = None
        until(lambda: not Device.objects.get().trouble)
    assert len(told("cameras.head_silent")) == len(told("cameras.head_answers")) == 1, "said once"


def test_a_wrong_password_is_told_and_right_again_it_turns(domes: Domes) -> None:
    one = dome("DOME-1")
    device(one, domes, STRAIGHT)
    domes.spoil(STRAIGHT, password="changed on the device")
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        until(lambda: over(State.FAILED))
        assert over(State.FAILED).result == "its head does not accept the password"  # type: ignore[union-attr]
        domes.spoil(STRAIGHT, password=PASSWORD)
        SteeringOrder.objects.update(state=State.ORDERED, done_at=None)  # asked again
        until(lambda: over(State.DONE))


def test_restarted_in_the_middle_of_a_move_it_is_sent_again(domes: Domes) -> None:
    one = dome("DOME-1", from_place=(10, 40), mounting_azimuth_deg=20)
    device(one, domes, STRAIGHT)
    with carrying() as carrier:
        until(lambda: carrier.conversations.of(one.pk) and domes.state(STRAIGHT)["told"] is not None)
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        until(lambda: domes.told(STRAIGHT, "AbsoluteMove"))
        domes.spoil(STRAIGHT, reboot_s=1.0)
        order = until(lambda: over(State.DONE, State.FAILED))
    assert order.state == State.DONE, order.result
    wanted = angle_between_deg(one.mounting_azimuth_deg, bearing_deg(one.point, PLACE)) % 360
    assert abs(angle_between_deg(domes.state(STRAIGHT)["bearing_deg"], wanted)) < 0.5


@pytest.mark.parametrize("moved_by", ["a restart", "its own web page"])
def test_what_moved_without_the_centre_is_known_and_after_a_restart_turned_again(
    moved_by: str, domes: Domes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L-03: a view nobody ordered is not taken for the one its masks were drawn for."""
    monkeypatch.setattr("cameras.steering.conversations.LOOKED_AFTER_S", 0.4)
    one = dome("DOME-1")
    device(one, domes, STRAIGHT)
    gate = Preset.objects.create(
        camera=one, number=1, name="Gate", pan_deg=40, tilt_deg=-9, site_codes=["ECO-012"]
    )
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, site_code="ECO-012", exercise=True)
        first = until(lambda: over(State.DONE))
        assert where_they_look([one])[one.pk] == (True, gate.pk)
        if moved_by == "a restart":
            domes.spoil(STRAIGHT, reboot_s=1.5)
            again = SteeringOrder.objects.filter(state=State.DONE, ordered_at__gt=first.ordered_at)
            until(again.exists)
            assert abs(angle_between_deg(domes.state(STRAIGHT)["bearing_deg"], 40)) < 0.5
            assert where_they_look([one])[one.pk] == (True, gate.pk)
            assert [fact["reason"]["code"] for fact in told("cameras.strayed")] == ["restarted"]
            assert len(told("cameras.turned")) == 2
        else:
            asyncio.run(elsewhere(Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))))
            until(lambda: not where_they_look([one])[one.pk][0])
            assert SteeringOrder.objects.get().state == State.DONE, "somebody wants it there: left alone"
            [fact] = until(lambda: told("cameras.strayed"))
            assert (fact["cause"], fact["reason"]["code"]) == (CAUSE, "moved_outside")


async def elsewhere(driver: Onvif) -> None:
    await driver.open()
    await driver.aim(Pose(-120, -10, 0))
    await driver.close()


def test_a_dropped_answer_and_a_slow_one_do_no_harm(domes: Domes) -> None:
    one = dome("DOME-1")
    device(one, domes, STRAIGHT)
    with carrying() as carrier:
        until(lambda: carrier.conversations.of(one.pk))
        until(lambda: Device.objects.get().probed_at)
        domes.spoil(STRAIGHT, drops=1, slow_s=0.4)
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        order = until(lambda: over(State.DONE, State.FAILED))
    assert order.state == State.DONE, order.result


def test_what_it_cannot_reach_says_by_how_much(twin: fake.FakeDevice) -> None:
    one = dome("DOME-1", from_place=(180, 2), height_m=60)
    row = with_twin(one)
    Device.objects.filter(pk=row.pk).update(tilt_least=-0.8)
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        order = until(lambda: over(State.DONE, State.FAILED))
    assert order.state == State.FAILED and "lower than it can look" in order.result
    assert not [call for call, _ in twin.received if call == "aim"]


def test_an_order_repeated_by_the_sweep_changes_nothing(twin: fake.FakeDevice) -> None:
    one = dome("DOME-1")
    with_twin(one)
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        order = until(lambda: over(State.DONE))
        # A node that died before it wrote the result: the order is found as sent, long ago.
        long_ago = order.ordered_at.replace(microsecond=0) - 2 * results.ABANDONED
        SteeringOrder.objects.update(state=State.SENT, sent_at=long_ago, done_at=None, result="")
        until(lambda: over(State.DONE))
        assert [call for call, _ in twin.received].count("aim") == 2
        again = SteeringOrder.objects.select_related("camera", "preset").get()
    assert not results.report(order=again, outcome=results.Outcome(Reason("shown"), "shown")), "told once"
    assert distance_m(one.point, PLACE) > 0


def test_taken_by_hand_meanwhile_it_is_nobodys_failure(twin: fake.FakeDevice) -> None:
    """W-05: what a hold no longer covers is not carried out, and not told as a failure."""
    one = dome("DOME-1")
    with_twin(one)
    twin.fastest = twin.fastest._replace(pan_deg=0.5, tilt_deg=0.5)  # it would travel for minutes
    twin.put(twin.where().pose._replace(pan_deg=170))
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        until(lambda: [call for call, _ in twin.received if call == "aim"])
        take_by_hand(camera=one, hand=Hand(operator(), "seat:poste-3", "Poste 3"), cause=CAUSE)
        twin.put(twin.where().pose)  # the hand stops it here
        until(lambda: over(State.SUPERSEDED))
    assert told("cameras.could_not_turn") == []


def test_an_order_of_a_lost_hold_is_never_sent(twin: fake.FakeDevice) -> None:
    one = dome("DOME-1")
    with_twin(one)
    steer_towards(point=PLACE, cause=CAUSE, exercise=True)
    CameraLock.objects.filter(pk=one.pk).update(serial=99, label="Poste 3")
    with carrying():
        order = until(lambda: over(State.SUPERSEDED))
        assert "Poste 3" in order.result
        time.sleep(0.3)
    assert not [call for call, _ in twin.received if call == "aim"]


def test_the_result_waits_for_a_database_that_is_away(
    twin: fake.FakeDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head has its order; the row says so once the database is back."""
    one = dome("DOME-1")
    with_twin(one)
    away = {"times": 3}
    written = results.report

    def report(**given: Any) -> bool:
        if away["times"] > 0:
            away["times"] -= 1
            from django.db import OperationalError

            raise OperationalError("the server closed the connection")
        return written(**given)

    monkeypatch.setattr("cameras.steering.results.report", report)
    with carrying():
        steer_towards(point=PLACE, cause=CAUSE, exercise=True)
        order = until(lambda: over(State.DONE))
    assert (order.cause, away["times"]) == (CAUSE, 0)
    assert [fact["code"] for fact in told("cameras.turned")] == ["DOME-1"]


def test_two_nodes_never_send_one_order_twice(twin: fake.FakeDevice) -> None:
    one = dome("DOME-1")
    with_twin(one)
    steer_towards(point=PLACE, cause=CAUSE, exercise=True)
    with transaction.atomic():
        mine = results.claim({1}, 1)
        assert [order.camera.code for order in mine] == ["DOME-1"]
    assert results.claim({1}, 1) == []
    assert facts.Turned.kind == "cameras.turned"
    connections.close_all()
    connection.close_pool()
