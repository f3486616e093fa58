"""kill -9 at every step of a hold: rows, freezes, files and register agree afterwards, always (L-05, L-06)."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from evidence import papers
from evidence.asking import Wanted
from evidence.models import Requisition
from evidence.requisitions import actions
from footage.extraction import building
from footage.models import Extraction, Freeze
from footage.models.extraction import root
from retention import engine
from retention.models import Destruction
from retention.rules import rules
from tests.evidence.desk import PDF, SECONDS
from tests.footage.recorded import officer, supervisor
from tests.retention.test_kill import dies_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.survival]
MOST = 60
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def no_pool(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
    """The threads of a pool do not come along into a fork: connections one by one."""
    connections.close_all()
    connection.close_pool()
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "pool")
    yield
    connections.close_all()


@pytest.fixture
def who() -> User:
    return officer()


@pytest.fixture
def head() -> User:
    return supervisor()


@pytest.fixture
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other rules have nothing to destroy and would only add steps."""
    known = rules()
    ours = {what: known[what] for what in ("footage.Extraction", "evidence.Requisition:paper")}
    monkeypatch.setattr(engine, "rules", lambda: ours)
    monkeypatch.setattr(engine, "limits", lambda: dict.fromkeys(ours, 30))
    monkeypatch.setattr(engine, "sync", lambda: [])
    monkeypatch.setattr(engine.lateness, "rules", lambda: ours)


def enter(who: User, start: dt.datetime, reference: str) -> Requisition:
    return actions.receive(
        actor=who,
        wanted=[Wanted(["C885"], start, start + 8 * SECONDS)],
        paper=SimpleUploadedFile("paper.pdf", PDF),
        demand="keep",
        kept_until=timezone.now() + 30 * DAY,
        ground="cpp_60_1",
        reference=reference,
        authority="Parquet",
        dated_on=timezone.localdate(),
    )


def until_it_ends(act: Callable[[int], Callable[[], object]], agree: Callable[[int], None]) -> int:
    """Kill it at its first step, its second… until it ends. How often it died."""
    for step in range(MOST):
        todo = act(step)
        if not dies_at(step, todo):
            agree(step)
            return step
        agree(step)
    raise AssertionError("it never ended")


def test_entering_a_paper(start: dt.datetime, who: User) -> None:
    """Either there is a paper, its row and its freeze, or nothing but a file nobody names."""

    def agree(step: int) -> None:
        rows = list(Requisition.objects.all())
        named = {row.paper for row in rows}
        there = {path.name for path in papers.root().glob("*.pdf")} if papers.root().exists() else set()
        assert named <= there
        assert len(rows) == Freeze.objects.holding().count() == Extraction.objects.count()
        assert len(there - named) <= step + 1

    died = until_it_ends(lambda step: lambda: enter(who, start, f"PV {step}"), agree)
    assert died >= 1
    # What nobody names goes after a day, registered.
    for path in papers.root().iterdir():
        os.utime(path, (0, 0))
    engine.purge()
    named = set(Requisition.objects.values_list("paper", flat=True))
    assert {path.name for path in papers.root().iterdir()} == named


def test_building_its_package(
    start: dt.datetime, who: User, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The freeze is let go in the transaction that says sealed, never before."""
    monkeypatch.setattr(building, "STALE", dt.timedelta(0))
    row = enter(who, start, "PV 1")
    actions.check(actor=head, requisition=row, checks=Requisition.Check.values)
    (pk,) = Extraction.objects.values_list("pk", flat=True)

    def agree(step: int) -> None:
        extraction = Extraction.objects.get()
        whole = (root() / extraction.number / "manifest.json").is_file()
        assert whole or extraction.state != "sealed"
        assert Freeze.objects.holding().exists() == (extraction.state != "sealed")
        Extraction.objects.filter(state="building").update(tries=0)

    assert until_it_ends(lambda step: lambda: building.build(pk), agree) >= 2
    building.build(pk)
    assert Extraction.objects.get().state == "sealed" and row.is_sealed


def test_releasing_and_destroying_it(
    start: dt.datetime, who: User, head: User, only_ours: None, tmp_path: Path
) -> None:
    row = enter(who, start, "PV 1")
    actions.check(actor=head, requisition=row, checks=Requisition.Check.values)
    (extraction,) = Extraction.objects.all()
    building.build(extraction.pk)
    name, paper = extraction.number, row.paper

    def released(step: int) -> None:
        row.refresh_from_db()
        extraction.refresh_from_db()
        assert extraction.kept_until is not None
        assert (row.state == "released") == (extraction.kept_until <= timezone.now())
        assert (root() / name).is_dir()

    died = until_it_ends(lambda step: lambda: actions.release(actor=head, requisition=_open(row)), released)
    assert died >= 1
    if row.state != "released":
        actions.release(actor=head, requisition=row)
    past = timezone.now() - 31 * DAY
    Requisition.objects.update(received_at=past - DAY, closed_at=past)

    def destroyed(step: int) -> None:
        for what, there in (
            ("footage.Extraction", (root() / name).exists()),
            ("evidence.Requisition:paper", (papers.root() / paper).exists()),
        ):
            told = Destruction.objects.filter(what=what)
            assert there or told.count() == 1, "nothing is gone that is not registered"
            assert not (there and told.filter(finished_at__isnull=False).exists())

    assert until_it_ends(lambda step: engine.purge, destroyed) > 6
    engine.purge()
    assert not (root() / name).exists() and not (papers.root() / paper).exists()
    assert Destruction.objects.count() == 2 and not Destruction.objects.unfinished()


def _open(row: Requisition) -> Any:
    return Requisition.objects.get(pk=row.pk)
