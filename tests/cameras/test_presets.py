"""Presets from the camera itself: the view it has now, those its head keeps; and each refusal. A head in memory."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import RoleRule
from accounts.roles import Role
from cameras.drivers.base import DevicePreset, Pose, Speed
from cameras.drivers.fake import FakeDevice, device_at, forget_all
from cameras.models import Camera, Device, Preset, SteeringOrder
from cameras.steering.carrying import Carrier
from cameras.steering.presets import import_presets
from events.models import Event
from tests.cameras.domes import carrying
from tests.cameras.estate import camera, dome
from tests.cameras.people import technician
from tests.cameras.test_carrying import until
from tests.cameras.test_steering_doors import Seat
from tests.cast import may_film

pytestmark = pytest.mark.django_db(transaction=True)
URL = "fake://x001"
GATE, YARD = Pose(20.5, -12.0, 0.25), Pose(-90.0, -30.0, 0.0)


@pytest.fixture
def made() -> Camera:
    may_film()
    RoleRule.objects.update(totp_required=False)
    return dome("X001", exercise=False, authorisation_reference="2024-117")


@pytest.fixture
def head(made: Camera) -> Iterator[FakeDevice]:
    forget_all()
    Device.objects.create(camera=made, driver="fake", url=URL)
    found = device_at(URL)
    found.put(GATE)
    yield found
    forget_all()


@pytest.fixture
def node(head: FakeDevice, made: Camera) -> Iterator[Carrier]:
    with carrying() as carrier:
        until(lambda: carrier.conversations.of(made.pk))
        yield carrier


@pytest.fixture
def desk() -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(technician(), backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def page(made: Camera) -> str:
    return reverse("admin:cameras_preset_of", args=[made.pk])


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def take(desk: Client, made: Camera, number: int = 3) -> str:
    return said(desk.post(page(made), {"take": "1", "name": "Gate", "number": number}, follow=True))


def keep(seat: Seat, *, key: str = "") -> Any:
    return seat.post("X001/presets/view/", key=key, name="Yard")


def answers(ask: Any) -> Any:
    """A node listens a second after it began to."""
    found: list[Any] = []

    def asked() -> bool:
        found.append(ask())
        return "no process" not in (found[-1] if isinstance(found[-1], str) else found[-1].content.decode())

    until(asked)
    return found[-1]


def test_the_present_view_is_kept_and_says_that_its_masks_are_unchecked(
    node: Carrier, head: FakeDevice, made: Camera, desk: Client
) -> None:
    words = answers(lambda: take(desk, made))
    assert "Kept: X001 · 3 Gate." in words and "Nobody has checked its masks" in words
    kept = Preset.objects.get()
    assert (kept.number, kept.name, kept.site_codes, kept.mask_checked_on) == (3, "Gate", [], None)
    assert (kept.pan_deg, kept.tilt_deg, kept.zoom) == pytest.approx(GATE)
    shown = desk.get(page(made)).content.decode()
    assert "not checked" in shown
    assert reverse("admin:cameras_privacymask_check", args=[made.pk, kept.pk]) in shown
    assert "has a preset 3 already" in take(desk, made)

    # In the room, by whoever keeps the estate and has the camera in hand; sent twice it is kept once.
    head.put(YARD)
    lead, key = Seat("poste-1", Role.SUPERVISOR), uuid.uuid4().hex
    assert lead.post("X001/hold/").status_code == 200
    answer = keep(lead, key=key)
    assert (answer.status_code, answer.json()["number"]) == (201, 4), answer.json()
    assert "Nobody has checked its masks" in answer.json()["note"]
    assert keep(lead, key=key).status_code == 200
    assert Preset.objects.count() == 2
    assert Event.objects.filter(kind="cameras.preset_saved").count() == 2

    # And the camera goes back to it when it is told to.
    head.put(GATE)
    assert lead.post("X001/presets/", number=4).status_code == 201
    until(lambda: SteeringOrder.objects.filter(state="done").exists())
    assert head.where().pose == pytest.approx(YARD)


def test_no_view_is_taken_from_what_somebody_else_steers_or_what_still_turns(
    node: Carrier, head: FakeDevice, made: Camera, desk: Client
) -> None:
    lead, other = Seat("poste-1", Role.SUPERVISOR), Seat("poste-2")
    assert other.post("X001/hold/").status_code == 200
    assert keep(lead).json()["code"] == "camera-held"
    assert "Poste 2 steers X001 until" in take(desk, made)
    assert keep(other).json()["code"] == "not-allowed", "an operator keeps no estate"
    other.client.delete("/api/v1/cameras/X001/hold/")
    head.keep_turning(Speed(pan=0.01))
    assert answers(lambda: keep(lead)).json()["code"] == "still-turning"
    assert not Preset.objects.exists()


def test_a_camera_that_is_away_or_does_not_turn_gives_no_view(made: Camera, desk: Client) -> None:
    assert "X001: no process of the centre speaks to it." in take(desk, made)
    fixed = camera("F1")
    assert "does not turn" in take(desk, fixed)
    assert "does not turn" in said(desk.get(page(fixed) + "?head"))
    assert desk.get(page(made)).status_code == 200
    client = Client()
    client.force_login(Seat("poste-2").user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert client.post(page(made), {"take": "1", "name": "Gate", "number": 1}).status_code in (302, 403)
    assert not Preset.objects.exists()


def test_what_its_head_keeps_is_brought_in_once_and_turned_to_by_the_head(
    node: Carrier, head: FakeDevice, made: Camera, desk: Client
) -> None:
    head.presets = {"gate": GATE, "yard": YARD, "other": GATE}
    shown = answers(lambda: desk.get(page(made) + "?head")).content.decode()
    assert 'value="gate" checked' in shown and "-90" in shown
    form = {"import": "1", "token": ["gate", "yard"]}
    words = said(desk.post(page(made), form, follow=True))
    assert "2 presets brought in" in words and "Nobody has checked its masks" in words
    rows = list(Preset.objects.order_by("number").values_list("number", "name", "token", "pan_deg"))
    assert rows == [(1, "gate", "gate", 20.5), (2, "yard", "yard", -90.0)]
    assert "gate was left out: kept already as preset 1" in said(desk.post(page(made), form, follow=True))
    assert Preset.objects.count() == 2

    assert Seat("poste-1").post("X001/presets/", number=2).status_code == 201
    until(lambda: SteeringOrder.objects.filter(state="done").exists())
    assert ("go_to", "yard") in head.received


def test_a_preset_whose_place_the_head_does_not_tell_is_left_out(made: Camera) -> None:
    told = [
        DevicePreset("1", "Gate", None),
        DevicePreset("2", "Yard", Pose(0, -95, 0)),
        DevicePreset("3", "", GATE),
    ]
    done = import_presets(camera=made, told=told, tokens=["1", "2", "3"], actor=None)
    assert [preset.name for preset in done.kept] == ["View 1"]
    [(gate, why), (yard, _range)] = done.left_out
    assert (gate, yard) == ("Gate", "Yard") and "turn it there and take the view" in why
