"""POST /api/v1/positions/ as a receiver lives it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import create_device_key
from doors.problems import NotAllowed
from patrols import actions
from patrols.models import LastPosition, Unit
from tests.cast import person

pytestmark = pytest.mark.django_db


def said(**fields: Any) -> dict[str, Any]:
    return {"at": timezone.now().isoformat(), "lat": 43.6972, "lon": 7.2706} | fields


def send(body: Any, key: str) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"Authorization": f"Device {key}"} if key else {}
    return Client().post("/api/v1/positions/", text, content_type="application/json", headers=headers)


@pytest.fixture
def key() -> str:
    return actions.give_key(actor=None, unit=Unit.objects.create(call_sign="P7"))


def test_a_unit_says_where_it_is(key: str) -> None:
    answer = send({"points": [said(speed_kmh=31, heading_deg=92.5, accuracy_m=4)]}, key)
    assert (answer.status_code, answer.json()) == (200, {"kept": 1, "dropped": 0})
    assert LastPosition.objects.get().unit.call_sign == "P7"


def test_what_is_dropped_is_told(key: str) -> None:
    assert send({"points": [said(accuracy_m=900)]}, key).json() == {"kept": 0, "dropped": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": 95},
        {"lat": "43.7"},
        {"lon": True},
        {"at": "2026-03-02T14:03:07"},
        {"at": "yesterday"},
        {"heading_deg": 400},
        {"speed_kmh": -1},
    ],
)
def test_a_malformed_point_is_refused_by_name(key: str, wrong: dict[str, Any]) -> None:
    answer = send({"points": [said(**wrong)]}, key)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert next(iter(wrong)) in json.dumps(answer.json()["errors"])


@pytest.mark.parametrize("body", ["{", "[]", "{}", '{"points": []}', '{"points": [{"lat": NaN}]}'])
def test_what_is_no_message_is_refused(key: str, body: str) -> None:
    assert send(body, key).status_code == 400


def test_too_many_points_are_refused(key: str) -> None:
    assert send({"points": [said()] * 501}, key).status_code == 400


def test_a_huge_body_is_refused(key: str) -> None:
    answer = send(json.dumps({"points": [said()], "x": "x" * 1_000_000}), key)
    assert answer.status_code == 413
    assert answer.json()["what_to_do"]


def test_no_key_an_unknown_key_and_a_revoked_key_are_refused(key: str) -> None:
    assert send({"points": [said()]}, "").status_code == 401
    assert send({"points": [said()]}, "nsk_000000000000_x").json()["code"] == "unknown-key"
    actions.take_back_keys(actor=None, unit=Unit.objects.get())
    assert send({"points": [said()]}, key).json()["code"] == "revoked-key"


def test_a_key_of_something_else_is_refused() -> None:
    _key, secret = create_device_key(actor=None, label="a button")
    answer = send({"points": [said()]}, secret)
    assert (answer.status_code, answer.json()["code"]) == (403, "key-without-unit")


def test_only_who_manages_the_estate_gives_keys() -> None:
    with pytest.raises(NotAllowed):
        actions.give_key(actor=person("operator"), unit=Unit.objects.create(call_sign="P8"))


def test_two_units_cannot_share_a_call_sign() -> None:
    actions.register_unit(actor=None, call_sign="P7", kind=Unit.Kind.CAR)
    with pytest.raises(Exception, match="call_sign"):
        actions.register_unit(actor=None, call_sign="P7")
