"""The register of experiments through its pages: who writes, who judges, what is decided and told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from events.models import Event
from legal.models import Experiment
from legal.state.registers import standings
from tests.cast import person

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def chief(client: Client) -> Client:
    client.force_login(person(Role.SUPERVISOR))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def dpo() -> Client:
    client = Client()
    client.force_login(person(Role.DPO))
    client.cookies["django_language"] = "en"
    return client


def recorded(chief: Client, **said: Any) -> Experiment:
    today = timezone.localdate()
    typed = {
        "title": "Loudspeakers",
        "purpose": "Telling people of a flood in time.",
        "legal_basis": "CSI L251-2, 7°",
        "personal_data": "None",
        "starts_on": (today - 60 * DAY).isoformat(),
        "ends_on": (today + DAY).isoformat(),
    }
    answer = chief.post("/legal/experiments/record/", typed | said)
    assert answer.status_code == 302, answer.content.decode()
    return Experiment.objects.latest("pk")


def act(client: Client, row: Experiment, what: str, /, status: int = 302, **said: Any) -> str:
    answer = client.post(
        f"/legal/experiments/{row.pk}/{what}/", {f"{what}-{name}": v for name, v in said.items()}
    )
    assert answer.status_code == status, answer.content.decode()
    row.refresh_from_db()
    return answer.content.decode()


GOOD: dict[str, Any] = {"verdict": "good", "words": "Measured over two months."}


def test_from_its_beginning_to_its_result(chief: Client, dpo: Client) -> None:
    """Three judgements, the legal one by who controls; then a result; then nothing more."""
    row = recorded(chief)
    assert "running" in dpo.get("/legal/experiments/").content.decode()
    act(chief, row, "technical", **GOOD)
    act(chief, row, "operational", verdict="uneven", words="Heard on half of the streets.")
    act(chief, row, "decide", 400, result="kept", words="Good.")  # not judged on all three grounds
    act(chief, row, "legal", 403, **GOOD)
    assert (row.legal, row.result) == ("awaited", "awaited")
    act(dpo, row, "legal", 400, verdict="good", words="")
    act(dpo, row, "legal", verdict="bad", words="Not proportionate.")
    assert "not kept" in act(chief, row, "decide", 400, result="kept", words="Good all the same.")
    act(chief, row, "decide", result="given_up", words="Given up.")
    act(chief, row, "technical", 409, **GOOD)
    assert (row.result, row.technical) == ("given_up", "good")
    told = dpo.get(f"/legal/experiments/{row.pk}/?format=json").json()["data"]
    assert told["evaluations"]["legal"] == {"verdict": "bad", "words": "Not proportionate."}
    assert dpo.get("/legal/experiments/?format=json").json()["data"]["experiments"][0]["result"] == "given_up"
    assert dpo.get("/legal/experiments/?format=pdf").content.startswith(b"%PDF")
    said = [event.data["what"] for event in Event.objects.about(f"experiment:{row.pk}").order_by("pk")]
    assert said == ["recorded", "technical", "operational", "legal", "decided"]
    assert "judged on the legal ground" in dpo.get(f"/legal/experiments/{row.pk}/").content.decode()


@pytest.mark.parametrize(
    "said",
    [
        {"legal_basis": ""},
        {"purpose": "Because."},
        {"ends_on": (dt.date.today() + 900 * DAY).isoformat()},
        {"ends_on": ""},
    ],
)
def test_nothing_is_tried_without_a_text_a_purpose_and_an_end(chief: Client, said: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        recorded(chief, **said)
    assert not Experiment.objects.exists()


def test_it_is_stopped_once_for_a_reason_and_its_result_is_then_owed(chief: Client, dpo: Client) -> None:
    row = recorded(chief)
    today = timezone.localdate()
    act(chief, row, "stop", 400, on=(today + DAY).isoformat(), why="Too loud.")
    act(chief, row, "stop", on=(today - DAY).isoformat(), why="Too loud.")
    act(chief, row, "stop", 409, on=today.isoformat(), why="Again.")
    assert (row.last_day, row.stopped_why, row.lacks_its_result) == (today - DAY, "Too loud.", True)
    found = next(one for one in standings() if one.code == "experiments")
    assert (found.state.value, "1 is over without its result" in found.words) == ("look", True)
    page = dpo.get("/legal/compliance/").content.decode()
    assert found.link in page
    assert found.words in page


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPERATOR, Role.SHIFT_LEAD])
def test_who_neither_reads_nor_writes(role: Role, chief: Client, client: Client) -> None:
    row = recorded(chief)
    client.force_login(person(role))
    for path in ("", "record/", f"{row.pk}/"):
        assert client.get(f"/legal/experiments/{path}").status_code == 403
    act(client, row, "technical", 403, **GOOD)


def test_the_administration_only_reads_it(dpo: Client, chief: Client) -> None:
    row = recorded(chief)
    assert dpo.get(f"/admin/legal/experiment/{row.pk}/change/").status_code == 200
    assert dpo.post(f"/admin/legal/experiment/{row.pk}/change/", {"title": "x"}).status_code == 403
    assert dpo.get("/admin/legal/experiment/add/").status_code == 403
