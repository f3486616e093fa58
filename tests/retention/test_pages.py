"""The register as the data protection officer reads it (L-06), and who else may not."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.roles import Role
from footage.models import Extraction
from retention import engine
from tests.cast import camera, person
from tests.retention.travel import DAY, HOUR, Time, record

pytestmark = pytest.mark.django_db
PAGES = [
    "/retention/",
    "/retention/register/",
    "/retention/destructions/",
    "/retention/limits/footage.Segment/",
]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def dpo(client: Client) -> Client:
    client.force_login(person(Role.DPO, "dpo"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def a_day(store: Path, time_: Time) -> str:
    """One camera's day, half of it destroyed, and a copy of it with the judge."""
    eye = camera("C885")
    for n in range(4):
        record(store, eye, time_.now - 10 * DAY + (n - 2) * HOUR + HOUR / 2)
    taken = Extraction.objects.create(
        since=time_.now - 10 * DAY - HOUR,
        until=time_.now - 10 * DAY,
        reason="requisition",
        ground="cpp_60_1",
        reference="PV 2026/0412",
        requester=person("evidence_officer"),
        requester_function="OPJ",
        validator=person("supervisor"),
        state="handed_over",
        sealed_at=time_.now,
        handed_at=time_.now,
        recipient="Court",
        folder="EX-000001",
        manifest_sha256="0" * 64,
    )
    taken.cameras.add(eye)
    connection.check_constraints()
    engine.purge()
    return (
        f"since={(time_.now - 11 * DAY).date().isoformat()}&until={time_.now.date().isoformat()}&camera=c885"
    )


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.ADMIN, Role.SHIFT_LEAD, Role.EVIDENCE_OFFICER])
def test_nobody_else_reads_it(client: Client, path: str, role: Role) -> None:
    client.force_login(person(role))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_the_officer_reads_every_page(dpo: Client, path: str) -> None:
    assert dpo.get(path).status_code == 200


def test_a_camera_and_day_says_what_was_made_destroyed_and_handed_over(dpo: Client, a_day: str) -> None:
    page = dpo.get(f"/retention/register/?{a_day}").content.decode()
    assert "C885" in page and "PV 2026/0412" in page and "Court" in page
    told = dpo.get(f"/retention/register/?{a_day}&format=json")
    lines = [json.loads(line) for line in b"".join(told).splitlines()]  # type: ignore[arg-type]
    assert sum(line["kept_items"] for line in lines) == 2
    assert sum(line["destroyed_items"] for line in lines) == 2
    assert all(line["destroyed_at"] and line["run"] for line in lines if line["destroyed_items"])
    assert any("PV 2026/0412" in words for line in lines for words in line["handed_over"])
    table = list(
        csv.DictReader(io.StringIO(b"".join(dpo.get(f"/retention/register/?{a_day}&format=csv")).decode()))
    )  # type: ignore[arg-type]
    assert [row["subject"] for row in table] == [line["subject"] for line in lines]


def test_the_register_of_destructions_can_be_taken_away(dpo: Client, a_day: str) -> None:
    assert "its time had come" in dpo.get("/retention/destructions/?what=Segment").content.decode()
    told = dpo.get("/retention/destructions/?what=Segment&format=json")
    (line,) = [json.loads(line) for line in b"".join(told).splitlines()]  # type: ignore[arg-type]
    assert (line["items"], line["days"], len(line["names_sha256"])) == (2, 10, 64)


@pytest.mark.parametrize(
    "query", ["since=2026-11-10&until=2026-11-01", "since=2026-11-01&until=2026-11-05", "since=x"]
)
def test_a_search_that_cannot_be_answered_says_so(dpo: Client, query: str) -> None:
    assert dpo.get(f"/retention/register/?{query}").status_code == 400
