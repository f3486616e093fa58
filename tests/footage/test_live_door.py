"""The door of looks: a reason in, tokens out, and in words what is missing (L-01, L-07, L-08, L-10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

import alerts.actions
from accounts.models import Habilitation, User
from accounts.roles import Role
from accounts.session import LOCKED, change
from cameras.models import Camera
from footage.models import Source
from incidents.models import Incident
from legal.models import Consultation, ConsultationEnd, PrefecturalAuthorisation
from tests.cast import button, camera, habilitated, person, school
from tests.footage.live import Desk

pytestmark = pytest.mark.django_db


def with_pictures(code: str, **fields: Any) -> Camera:
    made = camera(code, **fields)
    Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
    return made


def drawn(code: str = "X001", **fields: Any) -> Camera:
    return with_pictures(code, exercise=True, **fields)


@pytest.fixture
def operator() -> User:
    user = person(Role.OPERATOR)
    habilitated(user)
    return user


@pytest.fixture
def desk(operator: User) -> Desk:
    return Desk(operator)


def test_the_consultation_is_written_and_the_token_given(desk: Desk, operator: User) -> None:
    drawn()
    answer = desk.look("X001")
    [look] = answer.json()["looks"]
    row = Consultation.objects.get()
    assert answer.status_code == 201
    assert (row.camera_code, row.kind, row.user, row.pk) == ("X001", "live", operator, look["consultation"])
    assert (look["ws"], look["qualities"], look["exercise"]) == ("/ws/live/X001/", ["main", "sub"], True)
    assert timezone.now() < dt.datetime.fromisoformat(look["expires_at"])
    assert look["token"] not in look["ws"]


def test_a_stop_of_a_tour_is_written_as_one(desk: Desk) -> None:
    """W-05"""
    drawn()
    why = {"kind": "tour", "reference": "Schools", "text": "Schools at noon"}
    assert desk.post("", cameras=["X001"], kind="tour", reason=why).status_code == 201
    row = Consultation.objects.get()
    assert (row.kind, row.reason, row.reference, row.reason_text) == (
        *("tour", "tour"),
        *("Schools", "Schools at noon"),
    )
    assert desk.post("", cameras=["X001"], kind="tour", reason={"kind": "watch"}).status_code == 400


def test_an_incident_is_the_reason_by_its_number(desk: Desk, django_capture_on_commit_callbacks: Any) -> None:
    drawn()
    with django_capture_on_commit_callbacks(execute=True):
        alerts.actions.receive_press(device=button(school(exercise=True)))
    incident = Incident.objects.get()
    assert desk.look("X001", kind="incident", incident=incident.pk).status_code == 201
    assert Consultation.objects.get().reference == incident.number
    refused = desk.look("X001", kind="incident", incident=incident.pk + 7)
    assert (refused.status_code, refused.json()["code"]) == (400, "look-reason")


def test_a_real_camera_needs_an_order_of_the_prefect_that_covers_it(desk: Desk) -> None:
    with_pictures("C885")
    answer = desk.look("C885")
    assert (answer.status_code, answer.json()["code"]) == (403, "camera-not-authorised")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    today = timezone.localdate()
    PrefecturalAuthorisation.objects.create(
        number="2026-1",
        signed_on=today,
        expires_on=today + dt.timedelta(days=300),
        purposes=[5],
        max_retention_days=10,
        all_cameras=True,
    )
    assert desk.look("C885").status_code == 201


def test_without_a_habilitation_nobody_sees(desk: Desk) -> None:
    drawn()
    Habilitation.objects.all().delete()
    answer = desk.look("X001")
    assert (answer.status_code, answer.json()["code"]) == (403, "habilitation-missing")
    assert answer.json()["what_to_do"]
    assert not Consultation.objects.exists()


def test_an_ended_habilitation_says_since_when(desk: Desk) -> None:
    drawn()
    Habilitation.objects.update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    answer = desk.look("X001").json()
    assert answer["code"] == "habilitation-ended"
    assert answer["detail"]


def test_one_refused_tile_leaves_the_others(desk: Desk) -> None:
    drawn("X001")
    drawn("X002")
    Habilitation.objects.update(all_cameras=False, camera_codes=["X001"])
    answer = desk.look("X001", "X002", "X404")
    assert answer.status_code == 201
    assert [look["camera"] for look in answer.json()["looks"]] == ["X001"]
    assert {one["camera"]: one["code"] for one in answer.json()["refused"]} == {
        "X002": "habilitation-scope",
        "X404": "no-such-camera",
    }


def test_the_owner_of_a_third_party_camera_never_sees_it(desk: Desk, operator: User) -> None:
    drawn("X009", kind=Camera.Kind.THIRD_PARTY, owner="A shop", owner_account=operator)
    answer = desk.look("X009")
    assert (answer.status_code, answer.json()["code"]) == (403, "third-party-owner")


@pytest.mark.parametrize("state", [Camera.State.TO_DECLARE, Camera.State.PLANNED, Camera.State.RETIRED])
def test_a_camera_not_in_service_is_not_shown(desk: Desk, state: str) -> None:
    drawn(state=state)
    assert desk.look("X001").json()["code"] == "camera-not-in-service"


def test_a_camera_without_pictures_says_so_and_writes_no_look(desk: Desk) -> None:
    camera("X001", exercise=True)
    assert desk.look("X001").json()["code"] == "camera-without-pictures"
    assert not Consultation.objects.exists()


def test_a_role_without_images_is_refused() -> None:
    drawn()
    answer = Desk(person(Role.ADMIN)).look("X001")
    assert answer.status_code == 403
    assert answer.json()["what_to_do"]


def test_nobody_signed_in_is_refused(client: Any) -> None:
    body = {"cameras": ["X001"], "kind": "live", "reason": {"kind": "watch"}}
    assert client.post("/api/v1/looks/", body, content_type="application/json").status_code in {401, 403}


def test_renewing_and_ending(desk: Desk) -> None:
    drawn()
    token = desk.token("X001")
    renewed = desk.post("renew/", tokens=[token]).json()
    assert [one["camera"] for one in renewed["looks"]] == ["X001"]
    assert desk.post("end/", tokens=[renewed["looks"][0]["token"]]).json() == {"ended": 1}
    assert desk.post("end/", tokens=[token]).json() == {"ended": 0}
    assert ConsultationEnd.objects.get().how == "closed"
    assert desk.post("renew/", tokens=[token]).json()["refused"][0]["code"] == "look-over"


def test_a_locked_room_opens_no_picture_and_a_wall_does(desk: Desk) -> None:
    drawn()
    change(desk.client.session, **{LOCKED: True})
    assert desk.look("X001").json()["code"] == "locked"
    body = {"cameras": ["X001"], "kind": "live", "reason": {"kind": "watch"}, "screen": "wall"}
    assert desk.post("", **body).status_code == 201


def test_rubbish_is_named(desk: Desk) -> None:
    for body in ({}, {"cameras": []}, {"cameras": ["X"], "kind": "playback", "reason": {"kind": "watch"}}):
        assert desk.post("", **body).status_code == 400
    assert desk.post("end/", tokens=["rubbish"]).json()["code"] == "look-token"
