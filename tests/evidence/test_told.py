"""Where else it is told that a paper is urgent; what the clock does by itself; an incident's way to a paper."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera
from console import worth
from console.panel import requisition_of
from evidence import tasks
from evidence.models import Requisition
from footage.models import Freeze
from incidents.models import Incident
from tests import cast
from tests.evidence.desk import asked, entered, local
from tests.footage.recorded import Stream, minutes_ago, officer, record, signed_in

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def who() -> User:
    return officer()


@pytest.fixture
def desk(who: User) -> Client:
    return signed_in(who)


def kinds(user: User) -> list[str]:
    return [line["kind"] for line in worth.doing(user)]


def test_what_is_urgent_is_worth_doing_and_measured(
    store: object, eye: Camera, street: Stream, who: User, desk: Client
) -> None:
    lately = minutes_ago(20)
    record(store, eye, street, lately)  # type: ignore[arg-type]
    entered(desk, lately)
    assert "requisition" not in kinds(who)
    old = lately - 9 * DAY
    row = entered(desk, old, reference="urgent")
    assert "requisition" not in kinds(who)  # never recorded: nothing of it is destroyed
    record(store, eye, street, old)  # type: ignore[arg-type]
    (line,) = [one for one in worth.doing(who) if one["kind"] == "requisition"]
    assert row.number in line["label"] and line["url"] == "/evidence/"
    assert "requisition" not in kinds(cast.person(Role.OPERATOR))
    told = Client().get("/metrics").content.decode()
    assert 'nice_requisitions_waiting{exercise="true"} 2.0' in told
    hours = float(told.split('nice_requisition_hours_left{exercise="true"} ')[1].splitlines()[0])
    assert 20 < hours < 24


def test_a_request_near_its_day_is_worth_doing(start: dt.datetime, who: User, desk: Client) -> None:
    row = asked(desk, start)
    assert "access" not in kinds(who)
    type(row).objects.update(due_on=timezone.localdate() + 3 * DAY)
    assert "access" in kinds(who)


def test_a_hold_whose_day_has_come_is_ended_by_the_centre(start: dt.datetime, desk: Client) -> None:
    row = entered(desk, start, demand="keep", kept_until=local(timezone.now() + DAY))
    tasks.end_holds()
    row.refresh_from_db()
    assert row.is_open
    Requisition.objects.update(kept_until=timezone.now() - DAY)
    tasks.end_holds()
    tasks.end_holds()
    row.refresh_from_db()
    assert row.state == "nothing_found" and row.closed_by is None
    assert not Freeze.objects.holding().exists()


def test_from_an_incident_to_a_paper_with_its_minutes(eye: Camera) -> None:
    incident = Incident.objects.create(
        number="I-2026-00001",
        nature="alert_button",
        title="School",
        place_label="School",
        lat=cast.SCHOOL.lat,
        lon=cast.SCHOOL.lon,
        priority=1,
        opened_at=timezone.now() - DAY / 24,
        exercise=True,
    )
    asked_ = parse_qs(urlsplit(requisition_of(incident, ["C885"])).query)
    assert asked_["cameras"] == ["C885"] and asked_["incident"] == [incident.number]
    lead = cast.person(Role.SHIFT_LEAD)
    page = signed_in(lead).get(requisition_of(incident, ["C885"])).content.decode()
    assert 'value="C885"' in page and incident.number in page
    since = dt.datetime.fromisoformat(asked_["from"][0])
    assert f'value="{local(since)}"' in page
