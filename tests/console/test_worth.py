"""What an empty queue proposes: true, for this person, and leading where it says."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.people import holding
from accounts.rights import Right
from accounts.roles import Group, Role
from cameras.models import Camera
from console import worth
from console.worth import Line
from events.models import Delivery, Event
from legal.models import PrefecturalAuthorisation
from tests.cast import button, camera, habilitated, person, school

pytestmark = pytest.mark.django_db


def lines_for(user: User) -> tuple[Client, dict[str, Line]]:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = client.get("/console/worth.json")
    assert answer.status_code == 200
    return client, {line["kind"]: line for line in answer.json()["lines"]}


def everything_waits() -> None:
    """A camera lost, a button never tried and silent, a consequence given up, acts that end."""
    long_ago = timezone.now() - dt.timedelta(days=40)
    camera("C885", state=Camera.State.LOST, state_since=long_ago)
    device = button(school())
    type(device).objects.filter(pk=device.pk).update(created_at=long_ago, longest_silence_s=3600)
    event = Event.objects.create(kind="alerts.received", data={}, about=[])
    Delivery.objects.create(event=event, reaction="incidents.open", tries=5, error="boom")
    today = timezone.localdate()
    ends = today + dt.timedelta(days=20)
    habilitated(person("operator", "ending"), ends_on=ends)
    PrefecturalAuthorisation.objects.create(
        number="2026-1",
        signed_on=today,
        expires_on=ends,
        purposes=[5],
        max_retention_days=10,
        all_cameras=True,
    )


def test_nothing_is_proposed_where_nothing_waits() -> None:
    camera("C885")
    button(school())
    assert lines_for(person("supervisor"))[1] == {}


def test_each_line_leads_where_it_says() -> None:
    everything_waits()
    client, lines = lines_for(person("supervisor"))
    assert set(lines) == {"owed", "lost", "silent", "untested", "acts", "orders"}
    for line in lines.values():
        assert bool(line["url"]) != bool(line["command"])
        if line["url"]:
            assert client.get(line["url"]).status_code == 200, line
    assert "BTN-ECO-012" in client.get(lines["silent"]["url"]).content.decode()


def test_an_operator_is_given_what_the_room_can_do() -> None:
    everything_waits()
    client, lines = lines_for(User.objects.get(username="ending"))
    assert set(lines) == {"lost", "silent", "untested", "own-act"}
    assert lines["lost"]["command"] == "/c C885"
    found = client.get("/console/search.json", {"q": lines["silent"]["command"]}).json()["results"]
    assert [one["key"] for one in found] == ["ECO-012"]
    assert client.get(lines["own-act"]["url"]).status_code == 200


def test_beside_a_real_site_an_exercise_is_no_work() -> None:
    camera("EX1", state=Camera.State.LOST, exercise=True)
    assert [line["kind"] for line in worth.doing(person("operator"))] == ["lost"]
    school()
    assert worth.doing(User.objects.get()) == []


def test_who_does_not_work_in_the_room_is_told_so() -> None:
    client = Client()
    client.force_login(person("dpo"), backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert client.get("/console/worth.json").status_code == 403


def test_who_holds_a_right_is_found_as_may_answers() -> None:
    everybody = [person(role) for role in Role.values]
    barred = person("supervisor", "both")
    barred.groups.add(Group.objects.get(name="dpo"))
    for right in Right:
        expected = {user.pk for user in everybody if user.may(right)}
        expected |= {barred.pk} if User.objects.get(pk=barred.pk).may(right) else set()
        assert set(holding(right).values_list("pk", flat=True)) == expected, right
