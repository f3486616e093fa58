"""Video tours through their doors: stop by stop, each a consultation; what is held is passed over and said (W-05)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cameras.actions import steer_towards
from cameras.models import Camera, CameraLock, Preset, RoundStep, SteeringOrder, Tour, TourHours, TourRound
from cameras.tours import rounds
from footage.models import Source
from tests.cameras.estate import PLACE, camera, dome
from tests.cast import habilitated, person
from tests.footage.live import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def watched(made: Camera) -> Camera:
    Source.objects.create(camera=made, kind="scene", url="avenue")
    return made


@pytest.fixture
def tour(transactional_db: None) -> Tour:
    first, second, third = watched(dome("D1")), watched(camera("F2")), watched(dome("D3", from_place=(0, 50)))
    made = Tour.objects.create(name="Schools", purpose="Ways to school at 8")
    square = Preset.objects.create(camera=first, number=3, name="Square", pan_deg=40)
    made.stops.create(number=1, camera=first, preset=square, dwell_s=10)
    made.stops.create(number=2, camera=second, dwell_s=5)
    made.stops.create(number=3, camera=third, dwell_s=5)
    return made


@pytest.fixture
def who(transactional_db: None) -> User:
    user = person(Role.OPERATOR)
    habilitated(user)
    return user


class Round:
    """The page of somebody who watches a tour."""

    def __init__(self, user: User) -> None:
        self.desk = Desk(user)
        self.round = 0

    def post(self, path: str, **body: Any) -> Any:
        answer = self.desk.client.post(f"/api/v1/{path}", body, content_type="application/json")
        if answer.status_code < 300:
            self.round = answer.json()["round"]
        return answer

    def look(self, code: str) -> int:
        answer = self.desk.look(code, kind="tour", reference=f"{self.round}")
        assert answer.status_code == 201, answer.content
        return int(answer.json()["looks"][0]["consultation"])


def test_a_round_goes_from_stop_to_stop_and_each_is_a_consultation(tour: Tour, who: User) -> None:
    page = Round(who)
    step = page.post(f"tours/{tour.pk}/start/").json()
    assert (step["camera"], step["preset"], step["dwell_s"], step["of"]) == ("D1", "Square", 10, 3)
    assert page.post(f"tours/{tour.pk}/start/").json() == step, "told twice, begun once"
    order = SteeringOrder.objects.get()
    assert (order.preset and order.preset.name, order.priority) == ("Square", 10)
    assert CameraLock.objects.get(camera__code="D1").priority == 10
    look = page.look("D1")
    for _twice in range(2):
        step = page.post(f"rounds/{page.round}/next/", consultation=look).json()
        assert step["camera"] == "F2"
    assert CameraLock.objects.get(camera__code="D1").is_free
    step = page.post(f"rounds/{page.round}/next/", consultation=page.look("F2")).json()
    page.post(f"rounds/{page.round}/tag/")
    done = page.post(f"rounds/{page.round}/next/", consultation=page.look("D3")).json()
    assert (done["over"], done["state"]) == (True, "done")
    steps = list(RoundStep.objects.order_by("number"))
    assert [one.state for one in steps] == ["seen", "seen", "seen"]
    assert all(one.consultation_id for one in steps)
    assert steps[2].tagged_at is not None


def test_a_stop_nobody_looked_at_is_not_seen_whatever_the_page_says(tour: Tour, who: User) -> None:
    page = Round(who)
    page.post(f"tours/{tour.pk}/start/")
    page.post(f"rounds/{page.round}/next/", consultation=987654)
    page.post(f"rounds/{page.round}/next/", consultation=page.look("F2"))
    stopped = page.post(f"rounds/{page.round}/stop/")
    assert stopped.json()["state"] == "partly"
    first = RoundStep.objects.get(number=1)
    assert (first.state, first.why) == ("passed", {"code": "not_looked", "figures": {}})


def test_what_an_alarm_holds_is_passed_over_with_the_reason(tour: Tour, who: User) -> None:
    steer_towards(point=PLACE, cause="incident:5", label="School 5")
    step = Round(who).post(f"tours/{tour.pk}/start/").json()
    assert step["camera"] == "F2"
    assert step["passed"][0]["camera"] == "D1"
    assert step["passed"][0]["why"].startswith("held by School 5 until ")
    assert set(CameraLock.objects.values_list("cause", flat=True)) == {"incident:5"}


def test_an_alarm_takes_the_camera_of_a_tour(tour: Tour, who: User) -> None:
    Round(who).post(f"tours/{tour.pk}/start/")
    steer_towards(point=PLACE, cause="incident:5")
    assert CameraLock.objects.get(camera__code="D1").cause == "incident:5"


def test_planned_rounds_come_due_and_those_nobody_watched_are_missed(tour: Tour, who: User) -> None:
    now = timezone.localtime()
    TourHours.objects.create(
        tour=tour, weekdays=list(range(1, 8)), every_min=5,
        starts=(now - dt.timedelta(minutes=7)).time(), ends=(now + dt.timedelta(minutes=30)).time(),
    )  # fmt: skip
    assert rounds.sweep() == 3, "two are planned, the older of them is over already"
    assert rounds.sweep() == 0
    assert sorted(TourRound.objects.values_list("state", flat=True)) == ["due", "missed"]
    page = Round(who)
    page.post(f"tours/{tour.pk}/start/")
    assert TourRound.objects.filter(by_plan=True, state="running").exists()
    page.post(f"rounds/{page.round}/stop/", consultation=page.look("D1"))
    today = timezone.localdate().isoformat()
    [row] = page.desk.client.get(f"/api/v1/tours/report/?start={today}&end={today}").json()
    assert {name: row[name] for name in ("planned", "done", "partly", "missed", "seen")} == {
        "planned": 2, "done": 0, "partly": 1, "missed": 1, "seen": 1,
    }  # fmt: skip
    shown = page.desk.client.get(f"/tours/?start={today}&end={today}").content.decode()
    assert "Schools" in shown


def test_who_sees_no_images_watches_no_tour(tour: Tour) -> None:
    answer = Round(person(Role.TECHNICIAN)).post(f"tours/{tour.pk}/start/")
    assert answer.status_code == 403
    assert not TourRound.objects.exists()


def test_times_past_midnight_belong_to_the_day_they_began_on() -> None:
    night = TourHours(weekdays=[6], starts=dt.time(23), ends=dt.time(1), every_min=60)
    saturday = timezone.make_aware(dt.datetime(2026, 11, 21, 20))
    found = [
        at.astimezone(saturday.tzinfo)
        for at in rounds.times(night, saturday, saturday + dt.timedelta(hours=12))
    ]
    assert [(at.isoweekday(), at.hour) for at in found] == [(6, 23), (7, 0)]


def test_the_page_opens_on_the_last_seven_days_and_says_when_there_is_nothing(who: User) -> None:
    page = Desk(who).client.get("/tours/")
    assert page.status_code == 200
    assert "No round was planned" in page.content.decode()
