"""A disk without room: a paper is entered all the same, and what could not be copied out is not lost for it (L-05)."""

from __future__ import annotations

import datetime as dt
import errno
import os

import pytest
from django.test import Client

from accounts.roles import Role
from doors.problems import Refused
from evidence import papers
from evidence.models import Requisition
from evidence.requisitions.actions import nothing_found
from footage.extraction import building
from footage.extraction.actions import build_again
from footage.models import Extraction, Freeze
from footage.models.extraction import root
from tests import cast
from tests.evidence.desk import CHECKS, act, entered, errors, line, paper, scan

pytestmark = pytest.mark.django_db
SECONDS = dt.timedelta(seconds=1)


def full(*_args: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def desk() -> Client:
    client = Client()
    officer = cast.person(Role.EVIDENCE_OFFICER)
    cast.habilitated(officer)
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    return client


def test_a_paper_whose_scan_finds_no_room_is_entered_without_it(
    start: dt.datetime, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half is left, and the minutes do not wait for a disk."""
    said = paper() | line(start, start + 8 * SECONDS)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        answer = desk.post("/evidence/receive/", said | {"paper": scan()})
    assert answer.status_code == 507
    assert any("Enter the paper without it" in one for one in errors(answer))
    assert not Requisition.objects.exists()
    assert list(papers.root().iterdir()) == []
    row = entered(desk, start)
    assert Freeze.objects.holding().exists()
    act(desk, row, "attach", paper=scan())
    assert row.paper


def test_a_package_that_finds_no_room_keeps_its_minutes_frozen_until_it_is_built(
    start: dt.datetime, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = entered(desk, start)
    chief = cast.person(Role.SUPERVISOR)
    cast.habilitated(chief)
    head = Client()
    head.force_login(chief)
    act(head, row, "check", **CHECKS)  # type: ignore[arg-type]
    extraction = Extraction.objects.get()
    monkeypatch.setattr(building, "STALE", dt.timedelta(0))
    with monkeypatch.context() as patched:
        patched.setattr(building, "close", full)
        for _ in range(building.TRIES):
            building.build(extraction.pk)
    extraction.refresh_from_db()
    assert (extraction.state, "No space left" in extraction.error) == ("failed", True)
    assert not (root() / extraction.number).exists()
    assert Freeze.objects.holding().exists()
    with pytest.raises(Refused):  # nobody answers "nothing recorded" for want of room
        nothing_found(actor=row.received_by, requisition=row)
    build_again(actor=chief, extraction=extraction)
    building.build(extraction.pk)
    extraction.refresh_from_db()
    assert extraction.is_sealed
    assert not Freeze.objects.holding().exists()
