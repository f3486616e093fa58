"""What became of the minutes a paper asks for: there, destroyed on a day, never recorded; still to come is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from cameras.models import Camera
from evidence import became
from evidence.became import Became
from evidence.models import Requisition
from footage.models import RecordingDuty
from retention import engine
from tests import cast
from tests.evidence.desk import act, entered, errors, line, paper
from tests.retention.travel import record

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


@pytest.fixture
def desk() -> Client:
    client = Client()
    officer = cast.person(Role.EVIDENCE_OFFICER)
    cast.habilitated(officer)
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def head() -> Client:
    client = Client()
    client.force_login(cast.person(Role.SUPERVISOR))
    client.cookies["django_language"] = "en"
    return client


def fate(row: Requisition) -> tuple[Became, str]:
    [found] = became.of_lines(row.lines, why=True).values()
    [one] = found
    return one.became, one.words


def test_minutes_that_are_there(eye: Camera, store: Path, desk: Client) -> None:
    begin = timezone.now() - 3 * HOUR
    record(store, eye, begin)
    row = entered(desk, begin + HOUR / 60)
    assert fate(row) == (Became.KEPT, "")
    assert "destroyed from" in desk.get(f"/evidence/requisitions/{row.pk}/").content.decode()
    assert "would be destroyed in 9 days" in desk.get("/evidence/").content.decode()


@pytest.mark.parametrize(
    ("recorded_since", "says"),
    [
        (None, "this camera has no recordings"),
        (2 * HOUR, "recordings of this camera begin on"),
        (9 * DAY, "neither a recording nor the register of destructions knows these minutes"),
    ],
)
def test_minutes_that_never_were_are_not_said_to_be_destroyed(
    recorded_since: dt.timedelta | None, says: str, eye: Camera, store: Path, desk: Client, head: Client
) -> None:
    """Nor is anybody hurried by a clock that runs for nothing; the answer is given at once."""
    now = timezone.now()
    if recorded_since is not None:
        RecordingDuty.objects.create(camera=eye, since=now - recorded_since)
    row = entered(desk, now - 3 * HOUR)
    kind, words = fate(row)
    assert kind == Became.NEVER
    assert says in words
    assert "never recorded: there is nothing to destroy" in desk.get("/evidence/").content.decode()
    page = desk.get(f"/evidence/requisitions/{row.pk}/").content.decode()
    assert says in page
    assert "/retention/register/" not in page  # the register is not theirs to read
    assert f"camera={eye.code}" in head.get(f"/evidence/requisitions/{row.pk}/").content.decode()
    assert desk.get("/api/v1/requisitions/").json()["requisitions"][0]["minutes"][0]["there"] == [
        {"camera": eye.code, "became": "never", "words": words}
    ]


def test_a_paper_nobody_has_begun_to_take_out_is_answered_at_once(
    eye: Camera, store: Path, desk: Client
) -> None:
    """By who may not ask for it: with one that was asked for the extraction says so itself."""
    lead = cast.person(Role.SHIFT_LEAD)
    client = Client()
    client.force_login(lead)
    row = entered(client, timezone.now() - 3 * HOUR)
    act(client, row, "nothing")
    assert row.state == "nothing_found"
    letter = client.get(f"/evidence/requisitions/{row.pk}/nothing.json?lang=en").content.decode()
    assert "never recorded" in letter
    # What is there is not answered with nothing.
    begin = timezone.now() - 2 * HOUR
    record(store, eye, begin)
    other = entered(client, begin, reference="PV 2026/0413")
    act(client, other, "nothing", 400)


def test_minutes_that_were_destroyed_say_when_and_by_which_run(
    eye: Camera, store: Path, desk: Client, settings: Any
) -> None:
    begin = timezone.now() - 11 * DAY
    record(store, eye, begin)
    run = engine.purge(clock_is_right=True)
    assert run is not None
    said = paper() | line(begin, begin + HOUR / 60)
    refused = desk.post("/evidence/receive/", said)
    assert refused.status_code == 404
    day = timezone.localtime(run.began_at)
    assert any(f"{eye.code}: destroyed on {day:%d/%m/%Y}" in one for one in errors(refused))
    row = entered(desk, begin, answered_with_nothing="on")
    kind, words = fate(row)
    assert kind == Became.DESTROYED
    assert f"(run {run.pk})" in words
    assert row.state == "nothing_found"
    letter = desk.get(f"/evidence/requisitions/{row.pk}/nothing.json?lang=en").content.decode()
    assert words in letter
    assert "destroyed before the paper came" in desk.get(f"/evidence/requisitions/{row.pk}/").content.decode()


def test_minutes_still_to_come_are_no_recording(eye: Camera, store: Path, desk: Client) -> None:
    later = timezone.now() + HOUR
    refused = desk.post("/evidence/receive/", paper() | line(later, later + HOUR))
    assert refused.status_code == 400
    assert any("still to come" in one for one in errors(refused))
