"""The moments before an alert: for who holds its incident, on its cameras, for a minute (law §2.2, L-08, L-11)."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

import incidents.actions
from accounts.actions import withdraw_habilitation
from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera, SteeringOrder
from console import panel
from incidents.models import Incident, Nature
from legal import tokens
from legal.models import Consultation
from tests import cast
from tests.cameras.estate import PLACE
from tests.cast import habilitated, person
from tests.footage.recorded import MAP, Stream, Watching, record, signed_in, stream_of
from tests.footage.streams import Clips

pytestmark = pytest.mark.django_db
SECONDS = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def street(clips: Clips) -> Stream:
    return stream_of(clips.mp4)


@pytest.fixture
def case(store: Path, street: Stream) -> Incident:
    """Two of three recorded cameras were turned for it."""
    opened = timezone.now() - 120 * SECONDS
    row = Incident.objects.create(
        number="I-7", priority=1, nature=Nature.ALERT_BUTTON, title="School", place_label="School",
        lat=PLACE.lat, lon=PLACE.lon, opened_at=opened,
    )  # fmt: skip
    for rank, code in enumerate(("C885", "C412", "C999")):
        eye = cast.camera(code, exercise=True)
        record(store, eye, street, opened - 10 * SECONDS)
        if rank < 2:
            SteeringOrder.objects.create(
                camera=eye, cause=f"incident:{row.pk}", rank=rank, lat=PLACE.lat, lon=PLACE.lon,
                bearing_deg=0, distance_m=50, density_px_m=100, why={},
            )  # fmt: skip
    return row


@pytest.fixture
def who() -> User:
    user = person(Role.OPERATOR)
    habilitated(user)
    return user


def opened(who: User, case: Incident) -> Any:
    return signed_in(who).post(f"/console/incidents/{case.pk}/before/")


def test_who_holds_the_incident_sees_what_led_to_it(case: Incident, who: User) -> None:
    incidents.actions.take(incident=case, actor=who)
    client = signed_in(who)
    answer = client.post(f"/console/incidents/{case.pk}/before/")
    assert answer.status_code == 201, answer.content
    looks = {look["camera"]: look for look in answer.json()["looks"]}
    assert set(looks) == {"C885", "C412"}
    rows = list(Consultation.objects.order_by("id"))
    assert [(r.kind, r.reason, r.reference, r.camera_code) for r in rows] == [
        ("preroll", "incident", "I-7", "C885"),
        ("preroll", "incident", "I-7", "C412"),
    ]
    before, after = (rows[0].period_from, rows[0].period_to)
    assert (before, after) == (case.opened_at - 30 * SECONDS, case.opened_at + 60 * SECONDS)
    watching = Watching(client, looks)
    segment, size = MAP.search(watching.media("C885")).groups()  # type: ignore[union-attr]
    assert watching.bytes_of("C885", int(segment), f"bytes=0-{int(size) - 1}").status_code == 206
    # Nothing else with it: not renewed, no link for a player, no other camera, no page of recordings.
    token = {"token": looks["C885"]["token"]}
    for act in ("renew", "link"):
        said = client.post(f"/footage/replay/{act}", token, content_type="application/json")
        assert (said.status_code, said.json()["code"]) == (403, "not-allowed"), act
    other = looks["C885"]["playlist"].replace("/C885/", "/C999/")
    assert client.get(other).status_code == 403
    assert client.get("/footage/replay/").status_code == 403
    assert client.post("/footage/replay/end", token, content_type="application/json").status_code == 204


def test_a_lead_neither_renews_it_nor_gives_it_away(case: Incident) -> None:
    lead = person(Role.SHIFT_LEAD)
    habilitated(lead)
    incidents.actions.take(incident=case, actor=lead)
    client = signed_in(lead)
    token = client.post(f"/console/incidents/{case.pk}/before/").json()["looks"][0]["token"]
    for act in ("renew", "link"):
        said = client.post(f"/footage/replay/{act}", {"token": token}, content_type="application/json")
        assert (said.status_code, said.json()["code"]) == (403, "look-other")


def test_it_is_given_for_a_minute(case: Incident, who: User, monkeypatch: pytest.MonkeyPatch) -> None:
    incidents.actions.take(incident=case, actor=who)
    client = signed_in(who)
    look = client.post(f"/console/incidents/{case.pk}/before/").json()["looks"][0]
    assert client.get(look["playlist"]).status_code == 200
    now = time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: now + tokens.FRESH_S + 1)
    late = client.get(look["playlist"])
    assert (late.status_code, late.json()["code"]) == (403, "preroll-over")


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        ("nobody took it", "not-taken"),
        ("somebody else took it", "not-taken"),
        ("given back", "not-taken"),
        ("closed", "incident-closed"),
        ("habilitation withdrawn", "habilitation-withdrawn"),
        ("no camera turned", "no-camera"),
        ("cameras out of scope", "habilitation-scope"),
    ],
)
def test_whom_it_is_refused(case: Incident, who: User, meanwhile: str, code: str) -> None:
    if meanwhile == "somebody else took it":
        incidents.actions.take(incident=case, actor=person(Role.OPERATOR, "other"))
    elif meanwhile != "nobody took it":
        incidents.actions.take(incident=case, actor=who)
    if meanwhile == "given back":
        incidents.actions.release(incident=case, actor=who)
    elif meanwhile == "closed":
        incidents.actions.close(incident=case, outcome=Incident.Outcome.HELP, actor=who)
    elif meanwhile == "habilitation withdrawn":
        withdraw_habilitation(actor=None, habilitation=who.habilitations.get(), why="left the service")
    elif meanwhile == "no camera turned":
        SteeringOrder.objects.all().delete()
    elif meanwhile == "cameras out of scope":
        who.habilitations.update(all_cameras=False, camera_codes=["C111"])
    answer = opened(who, case)
    said = answer.json()
    found = said.get("code") or {why["code"] for why in said["refused"].values()}
    assert found in (code, {code})
    assert not said.get("looks")
    assert not Consultation.objects.exists()


@pytest.mark.parametrize(
    "role", [Role.FINE_AGENT, Role.EVIDENCE_OFFICER, Role.TECHNICIAN, Role.DPO, Role.ELECTED]
)
def test_other_roles_have_no_right_to_it(case: Incident, role: str) -> None:
    user = person(role)
    habilitated(user)
    Incident.objects.update(taken_by=user)
    assert opened(user, case).status_code in (403, 404)
    assert not Consultation.objects.exists()


def test_the_panel_offers_it_to_its_holder(case: Incident, who: User) -> None:
    told = {"orders": [{"code": "C885"}]}
    assert panel.replay_of(case, told["orders"], who) == {}
    incidents.actions.take(incident=case, actor=who)
    case.refresh_from_db()
    assert list(panel.replay_of(case, told["orders"], who)) == ["before"]
    lead = person(Role.SHIFT_LEAD)
    assert "reference=I-7" in panel.replay_of(case, told["orders"], lead)["page"]


def test_nobody_signed_in(case: Incident, client: Any) -> None:
    assert client.post(f"/console/incidents/{case.pk}/before/").status_code == 401
    assert Camera.objects.count() == 3
