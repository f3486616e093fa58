"""The REST door of steering: held, asked for, given, aimed, followed; and what is refused."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.actions import take_seat
from accounts.models import User
from accounts.roles import Role
from accounts.session import SEAT, SEAT_PLACE
from cameras.actions import steer_towards
from cameras.models import CameraLock, Preset, SteeringOrder, TakeOver
from cameras.steering import asking
from places.geometry import destination
from tests.cameras.estate import PLACE, camera, dome
from tests.cast import habilitated, person, workstation

pytestmark = pytest.mark.django_db


class Seat:
    """An operator at a workstation, as their browser speaks."""

    def __init__(self, code: str, role: Role = Role.OPERATOR, *, may_look: bool = True) -> None:
        self.user: User = person(role, code)
        if may_look:
            habilitated(self.user)
        self.client = Client()
        self.client.force_login(self.user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        place = workstation(code, code.replace("-", " ").title())
        session = self.client.session
        session[SEAT], session[SEAT_PLACE] = take_seat(actor=self.user, workstation=place).ticket, place.pk
        session.save()

    def post(self, path: str, *, key: str = "", **body: Any) -> Any:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        return self.client.post(
            f"/api/v1/cameras/{path}", body, content_type="application/json", headers=headers
        )

    def requests(self) -> Any:
        return self.client.get("/api/v1/cameras/holds/").json()["requests"]


def holder() -> str:
    return CameraLock.objects.get().label


def test_asked_for_and_given() -> None:
    dome("X001")
    one, other = Seat("poste-1"), Seat("poste-2")
    assert one.post("X001/hold/").json()["mine"] is True
    refused = other.post("X001/hold/")
    assert (refused.status_code, refused.json()["by"], refused.json()["may_ask"]) == (409, "Poste 1", True)
    assert other.post("X001/ask/").status_code == 201
    [asked] = one.requests()
    assert asked["by"] == "Poste 2"
    assert one.post(f"requests/{asked['id']}/", answer="yes").json()["answer"] == "granted"
    assert holder() == "Poste 2"
    assert one.requests() == []


def test_kept_and_then_asked_for_again_by_nobody_else_meanwhile() -> None:
    dome("X001")
    one, other, third = (Seat(f"poste-{n}") for n in (1, 2, 3))
    one.post("X001/hold/")
    request = other.post("X001/ask/").json()
    assert third.post("X001/ask/").json()["code"] == "camera-asked-for"
    assert third.post(f"requests/{request['id']}/", answer="yes").status_code == 403
    assert one.post(f"requests/{request['id']}/", answer="no").json()["answer"] == "refused"
    assert holder() == "Poste 1"


def test_without_an_answer_it_is_given_by_rule() -> None:
    dome("X001")
    one, other = Seat("poste-1"), Seat("poste-2")
    one.post("X001/hold/")
    other.post("X001/ask/")
    assert asking.sweep() == 0
    long_ago = timezone.now() - dt.timedelta(minutes=1)
    TakeOver.objects.update(asked_at=long_ago, lapses_at=long_ago + dt.timedelta(seconds=15))
    assert asking.sweep() == 1
    assert holder() == "Poste 2"
    assert TakeOver.objects.get().answer == "lapsed"


def test_an_alarm_nobody_works_cannot_be_asked_and_a_free_camera_need_not() -> None:
    dome("X001")
    one = Seat("poste-1")
    steer_towards(point=PLACE, cause="incident:5", label="School 5")
    assert one.post("X001/ask/").json()["may_ask"] is False
    assert one.post("X001/hold/", cause="incident:5").json()["kind"] == "alarm"
    one.client.delete("/api/v1/cameras/X001/hold/")
    assert one.post("X001/ask/").json()["mine"] is True


def test_the_shift_lead_takes_without_asking() -> None:
    dome("X001")
    Seat("poste-1").post("X001/hold/")
    assert Seat("poste-2", Role.SHIFT_LEAD).post("X001/hold/").json()["mine"] is True


def test_aims_are_orders_and_the_last_one_counts() -> None:
    made = dome("X001")
    Preset.objects.create(camera=made, number=3, name="Gate")
    one = Seat("poste-1")
    assert one.post("X001/aim/", lat=PLACE.lat, lon=PLACE.lon).status_code == 201
    assert one.post("X001/presets/", number=3).status_code == 201
    assert list(SteeringOrder.objects.order_by("pk").values_list("state", "priority")) == [
        ("superseded", 50),
        ("ordered", 50),
    ]
    assert one.post("X001/presets/", number=9).status_code == 404


def test_a_message_told_twice_is_done_once() -> None:
    """The line broke before the answer came: the page asks again under the same key."""
    made = dome("X001")
    Preset.objects.create(camera=made, number=3, name="Gate")
    one, other = Seat("poste-1"), Seat("poste-2")
    for path, body in (("X001/presets/", {"number": 3}), ("X001/aim/", {"lat": PLACE.lat, "lon": PLACE.lon})):
        first, again = (one.post(path, key=f"the same {path}".replace(" ", "-"), **body) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
    assert SteeringOrder.objects.count() == 2
    first, again = (other.post("X001/ask/", key="asked-once") for _ in range(2))
    assert (first.json(), again.status_code) == (again.json(), 200)
    assert TakeOver.objects.count() == 1
    assert other.post("X001/aim/", key="asked-once", lat=1, lon=1).json()["code"] == "idempotency-key-reused"
    assert one.post("X001/presets/", key="short", number=3).json()["code"] == "idempotency-key"
    assert SteeringOrder.objects.count() == 2


def test_what_does_not_turn_says_so() -> None:
    camera("F001")
    assert Seat("poste-1").post("F001/hold/").json()["code"] == "does-not-turn"


@pytest.mark.parametrize("role", [Role.CALL_TAKER, Role.TECHNICIAN])
def test_who_may_not_steer_is_told_which_right_is_missing(role: Role) -> None:
    dome("X001")
    user = person(role)
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = client.post("/api/v1/cameras/X001/hold/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["right"]) == (403, "steer_camera")


def test_nobody_turns_what_they_may_not_see() -> None:
    dome("X001")
    answer = Seat("poste-1", may_look=False).post("X001/hold/")
    assert (answer.status_code, answer.json()["code"]) == (403, "habilitation-missing")


def test_a_target_is_handed_over_along_the_street_without_flicker() -> None:
    """Two domes 200 m apart: the nearer one takes over only when it sees half as many pixels again."""
    west = dome("WEST", from_place=(270, 100), range_m=300)
    dome("EAST", from_place=(90, 100), range_m=300)
    one = Seat("poste-1")

    def at(metres_east: float, current: str) -> Any:
        point = (
            destination(PLACE, 90, metres_east) if metres_east >= 0 else destination(PLACE, 270, -metres_east)
        )
        answer = one.post("follow/", lat=point.lat, lon=point.lon, current=current)
        assert answer.status_code == 200, answer.json()
        return answer.json()

    assert at(-60, "")["sight"]["code"] == "WEST"
    here = at(10, "WEST")
    assert (here["changed"], here["reason"]["code"]) == (False, "stays")
    there = at(40, "WEST")
    assert (there["sight"]["code"], there["changed"], there["reason"]["code"]) == (
        "EAST",
        True,
        "sees_better",
    )
    assert CameraLock.objects.get(camera=west).is_free, "the camera that is left is free again"
    assert at(10, "EAST")["changed"] is False, "and not back for a few metres"


def test_following_passes_over_what_others_steer_and_says_so() -> None:
    dome("NEAR", from_place=(0, 20))
    dome("FAR", from_place=(0, 90))
    Seat("poste-1").post("NEAR/hold/")
    said = Seat("poste-2").post("follow/", lat=PLACE.lat, lon=PLACE.lon).json()
    assert said["sight"]["code"] == "FAR"
    assert said["left_out"][0]["why"].startswith("held by Poste 1 until ")


def test_following_turns_no_camera_outside_the_habilitation() -> None:
    dome("NEAR", from_place=(0, 20))
    dome("FAR", from_place=(0, 90))
    seat = Seat("poste-1", may_look=False)
    habilitated(seat.user, all_cameras=False, camera_codes=["FAR"])
    said = seat.post("follow/", lat=PLACE.lat, lon=PLACE.lon).json()
    assert said["sight"]["code"] == "FAR"
    assert not CameraLock.objects.filter(camera__code="NEAR").held().exists()
    withdrawn = Seat("poste-2", may_look=False).post("follow/", lat=PLACE.lat, lon=PLACE.lon)
    assert withdrawn.json()["code"] == "nothing-sees-it"
