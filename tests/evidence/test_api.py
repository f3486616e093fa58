"""The REST door of requisitions."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from evidence.models import Requisition
from footage.models import Freeze
from tests import cast
from tests.evidence.desk import SECONDS
from tests.footage.recorded import officer, signed_in

pytestmark = pytest.mark.django_db


def body(start: dt.datetime, **said: Any) -> dict[str, Any]:
    minutes = {
        "cameras": ["C885"],
        "since": start.isoformat(),
        "until": (start + 8 * SECONDS).isoformat(),
    }
    return {
        "demand": "hand_over",
        "ground": "cpp_60_1",
        "reference": "PV 2026/0500",
        "dated_on": "2026-11-20",
        "authority": "Parquet",
        "minutes": [minutes],
    } | said


def sent(client: Client, said: dict[str, Any], key: str = "key-0000-1") -> Any:
    return client.post(
        "/api/v1/requisitions/",
        json.dumps(said),
        content_type="application/json",
        headers={"Idempotency-Key": key},
    )


def test_sent_twice_it_is_entered_once(start: dt.datetime) -> None:
    client = signed_in(officer())
    first, again = sent(client, body(start)), sent(client, body(start))
    assert (first.status_code, again.status_code) == (201, 200), first.content
    assert first.json() == again.json()
    assert first.json()["minutes"][0]["frozen_until"] and Freeze.objects.holding().count() == 1
    assert sent(client, body(start, reference="other")).status_code == 409
    listed = client.get("/api/v1/requisitions/").json()["requisitions"]
    assert [one["number"] for one in listed] == [Requisition.objects.get().number]
    assert client.get(f"/api/v1/requisitions/{listed[0]['id']}/").json()["clock"]


@pytest.mark.parametrize(
    ("said", "status"),
    [({"ground": "none"}, 400), ({"minutes": []}, 400), ({"colour": "red"}, 400), ({"reference": ""}, 400)],
)
def test_what_it_refuses(start: dt.datetime, said: dict[str, Any], status: int) -> None:
    answer = sent(signed_in(officer()), body(start, **said))
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert not Requisition.objects.exists()


def test_who_may_use_it(start: dt.datetime) -> None:
    assert sent(Client(), body(start)).status_code in (401, 403)
    opj = signed_in(cast.person(Role.OPJ))
    assert sent(opj, body(start)).status_code == 403
    sent(signed_in(officer()), body(start))
    assert opj.get("/api/v1/requisitions/").json() == {"requisitions": []}
    assert opj.get(f"/api/v1/requisitions/{Requisition.objects.get().pk}/").status_code == 404
