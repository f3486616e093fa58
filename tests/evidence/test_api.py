"""The REST door of requisitions."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.roles import Role
from evidence import papers
from evidence.models import Requisition
from footage.extraction import building
from footage.models import Extraction, Freeze
from tests import cast
from tests.evidence.desk import CHECKS, PDF, SECONDS, act, scan
from tests.footage.recorded import officer, signed_in, supervisor

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


def put(client: Client, path: str, content: bytes = PDF, **headers: str) -> Any:
    sent_ = encode_multipart(BOUNDARY, {"paper": scan(content)})
    return client.put(f"/api/v1/requisitions/{path}/paper/", sent_, MULTIPART_CONTENT, **headers)


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


def test_the_scan_comes_by_a_second_call_and_is_kept_as_the_page_keeps_it(start: dt.datetime) -> None:
    client = signed_in(officer())
    pk = sent(client, body(start)).json()["id"]
    first, again = put(client, str(pk)), put(client, str(pk))
    assert (first.status_code, again.status_code) == (201, 200), first.content
    row = Requisition.objects.get()
    assert first.json()["paper_sha256"] == again.json()["paper_sha256"] == row.paper_sha256
    (path,) = papers.root().iterdir()
    assert (path.name, path.read_bytes(), path.stat().st_mode & 0o777) == (row.paper, PDF, 0o440)
    # Once there it is never replaced.
    assert put(client, str(pk), PDF + b"%%EOF").status_code == 400
    assert client.get(f"/evidence/requisitions/{pk}/paper.pdf").content == PDF


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"MZ no paper", 400), (b"%PDF-1.4 cut off on its way", 400), (b"", 400)],
    ids=["kind", "half", "empty"],
)
def test_what_is_no_whole_pdf_is_refused(start: dt.datetime, content: bytes, status: int) -> None:
    client = signed_in(officer())
    pk = sent(client, body(start)).json()["id"]
    answer = put(client, str(pk), content)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert not papers.root().exists() and not Requisition.objects.get().paper


def test_a_paper_that_is_too_large_is_refused_before_it_is_read(
    start: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(officer())
    pk = sent(client, body(start)).json()["id"]
    monkeypatch.setattr(papers, "LARGEST", 100)
    answer = put(client, str(pk), PDF.replace(b"a paper", b"x" * 200_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "paper-too-large")
    # What fits the message and is too large all the same.
    answer = put(client, str(pk), PDF.replace(b"a paper", b"x" * 1_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "paper-too-large")
    assert put(client, str(pk)).status_code == 201


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.TECHNICIAN, Role.ADMIN, Role.DPO, Role.OPJ])
def test_nobody_else_attaches_one(role: Role, start: dt.datetime) -> None:
    pk = sent(signed_in(officer()), body(start)).json()["id"]
    assert put(signed_in(cast.person(role)), str(pk)).status_code in (403, 404)
    assert put(Client(), str(pk)).status_code in (401, 403)


def test_who_only_reads_learns_nothing_by_sending_the_same_bytes(start: dt.datetime) -> None:
    desk = signed_in(officer())
    row = sent(desk, body(start)).json()["id"]
    assert put(desk, str(row)).status_code == 201
    reader = signed_in(cast.person(Role.DPO))
    assert [put(reader, str(row), content).status_code for content in (PDF, PDF + b"%")] == [403, 403]


def test_a_hold_is_made_longer_and_its_paper_attached(start: dt.datetime) -> None:
    client, head = signed_in(officer()), signed_in(supervisor())
    until = (timezone.now() + dt.timedelta(days=30)).replace(microsecond=0)
    pk = sent(client, body(start, demand="keep", kept_until=until.isoformat())).json()["id"]
    later = {
        "reference": "PV 2026/0901",
        "dated_on": "2026-11-22",
        "authority": "Juge d’instruction",
        "ground": "cpp_99_3",
        "kept_until": (until + dt.timedelta(days=60)).isoformat(),
    }

    def extend(said: dict[str, Any], key: str = "key-0000-2") -> Any:
        return client.post(
            f"/api/v1/requisitions/{pk}/extensions/",
            json.dumps(said),
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    assert extend(later).status_code == 400  # not checked yet: nothing is held
    row = Requisition.objects.get()
    act(head, row, "check", **CHECKS)
    building.build(Extraction.objects.get().pk)
    assert extend(later | {"why": "x"}, "key-0000-3").status_code == 400
    first, again = extend(later), extend(later)
    assert (first.status_code, again.status_code) == (201, 200), first.content
    (told,) = first.json()["extensions"]
    assert told["state"] == "received"
    assert dt.datetime.fromisoformat(first.json()["kept_until"]) == until
    assert put(client, f"{pk}/extensions/{told['id']}").status_code == 201
    assert put(client, f"{pk}/extensions/{told['id'] + 1}").status_code == 404
    assert row.extensions.get().paper_sha256


def test_older_ones_are_asked_for_by_number(start: dt.datetime) -> None:
    client = signed_in(officer())
    numbers = [sent(client, body(start, reference=key), f"key-000-{key}").json()["id"] for key in "abc"]
    found = client.get(f"/api/v1/requisitions/?state=all&before={numbers[2]}").json()["requisitions"]
    assert [one["id"] for one in found] == numbers[1::-1]
