"""The map at a past minute: with an open look, for its minutes, and nothing else (L-08, L-64, P-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Role
from cameras.models import Camera, SteeringOrder
from incidents.models import Incident, Nature
from legal.models import Consultation
from patrols.models import TrackPoint, Unit
from tests import cast
from tests.cameras.estate import PLACE
from tests.cast import habilitated, person
from tests.footage.recorded import Watching, officer, signed_in

pytestmark = pytest.mark.django_db
MINUTES = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def start() -> dt.datetime:
    return timezone.now().replace(microsecond=0) - 30 * MINUTES


@pytest.fixture
def eye() -> Camera:
    return cast.camera("C885", exercise=True)


@pytest.fixture
def track(start: dt.datetime) -> Unit:
    unit = Unit.objects.create(call_sign="P7")
    for number in range(60):
        at = start + number * MINUTES / 2
        TrackPoint.objects.create(unit=unit, lat=43.7 + number / 10_000, lon=7.27, heading_deg=0, at=at)
    return unit


def incident(number: str, opened_at: dt.datetime, **fields: Any) -> Incident:
    values = {"priority": 1, "nature": Nature.ALERT_BUTTON, "title": number, "place_label": number}
    return Incident.objects.create(
        number=number, lat=PLACE.lat, lon=PLACE.lon, opened_at=opened_at, **(values | fields)
    )


def ask(watching: Watching, start: dt.datetime, end: dt.datetime, *codes: str) -> Any:
    looks = [watching.looks[code]["token"] for code in codes or watching.looks]
    return watching.client.get(
        "/console/past.json", {"look": looks, "from": start.isoformat(), "to": end.isoformat()}
    )


def test_crews_alerts_and_cameras_at_those_minutes(eye: Camera, track: Unit, start: dt.datetime) -> None:
    open_then = incident(
        "I-1", start + 2 * MINUTES, closed_at=start + 9 * MINUTES, state="closed", outcome="help"
    )
    incident("I-2", start - 20 * MINUTES, closed_at=start - 10 * MINUTES, state="closed", outcome="help")
    incident("I-3", start + 25 * MINUTES)
    about = {"cause": f"incident:{open_then.pk}", "rank": 1, "lat": PLACE.lat, "lon": PLACE.lon, "why": {}}
    SteeringOrder.objects.create(
        camera=eye, bearing_deg=123, distance_m=60, density_px_m=100, state="done",
        ordered_at=start + 2 * MINUTES, done_at=start + 2 * MINUTES, **about,
    )  # fmt: skip
    lead = person(Role.SHIFT_LEAD)
    habilitated(lead)
    watching = Watching(signed_in(lead))
    watching.open(["C885"], start, start + 20 * MINUTES)
    said = ask(watching, start, start + 10 * MINUTES).json()
    assert [one["number"] for one in said["incidents"]] == ["I-1"]
    [unit] = said["units"]
    assert unit["label"] == "P7"
    # Those of these minutes, and of the five before them, when a crew is still taken for heard.
    moments = [point[0] for point in unit["points"]]
    assert len(moments) == 20
    assert min(moments) == start.timestamp() * 1000
    [seen] = said["eyes"]
    assert seen["views"][0][:2] == [0, eye.mounting_azimuth_deg]
    assert seen["views"][1][:2] == [(start + 2 * MINUTES).timestamp() * 1000, 123]


def test_nothing_without_a_look_or_beyond_its_minutes(eye: Camera, track: Unit, start: dt.datetime) -> None:
    watching = Watching(signed_in(officer()))
    empty = watching.client.get("/console/past.json", {"from": start.isoformat(), "to": start.isoformat()})
    assert (empty.status_code, empty.json()["code"]) == (403, "look-needed")
    watching.open(["C885"], start, start + 10 * MINUTES)
    for begin, end, code in (
        (start - MINUTES, start + MINUTES, "minutes-outside"),
        (start + 9 * MINUTES, start + 11 * MINUTES, "minutes-outside"),
        (start, start + 11 * MINUTES, "period-long"),
        (start + MINUTES, start, "period-long"),
    ):
        assert ask(watching, begin, end).json()["code"] == code
    assert ask(watching, start, start + 9 * MINUTES).status_code == 200
    # The token of a colleague, and a token nobody signed.
    thief = Watching(signed_in(officer("thief")), looks=watching.looks)
    assert ask(thief, start, start + MINUTES).status_code == 403
    forged = {"C885": {"token": watching.looks["C885"]["token"][:-2] + "AA"}}
    assert ask(Watching(watching.client, forged), start, start + MINUTES).status_code == 403


def test_who_sees_no_recordings_sees_no_tracks(track: Unit, start: dt.datetime) -> None:
    for role in (Role.OPERATOR, Role.DISPATCHER, Role.DPO, Role.TECHNICIAN):
        answer = signed_in(person(role)).get("/console/past.json")
        assert (answer.status_code, answer.json()["right"]) == (403, "see_recording")
    assert not Consultation.objects.exists()


def test_an_officer_without_the_room_sees_only_the_alerts_of_the_cameras(
    eye: Camera, start: dt.datetime
) -> None:
    incident("I-9", start + MINUTES)
    watching = Watching(signed_in(officer()))
    watching.open(["C885"], start, start + 10 * MINUTES)
    assert ask(watching, start, start + 5 * MINUTES).json()["incidents"] == []
