"""kill -9 at every step of an extraction: what it holds is there until it is sealed; nothing half is ever sealed."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from footage import tasks
from footage.extraction import actions, building
from footage.extraction.writing import is_whole
from footage.models import Extraction, Freeze, Segment
from footage.models.extraction import root
from retention import engine
from retention.models import DestroyedDay, Destruction
from tests.cameras.estate import camera
from tests.footage.recorded import Stream, officer, record, stream_of, supervisor
from tests.footage.streams import Clips
from tests.retention.killing import STEPS, dies_at, empty, no_pool
from tests.retention.travel import DAY, HOUR, files

__all__ = ["no_pool"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.survival,
    pytest.mark.usefixtures("no_pool"),
]
# What another process sees: a name given, when all of a file is there, and a name taken away.
LASTING = ("rename", "unlink", "rmdir")
State = Extraction.State


@pytest.fixture
def street(clips: Clips) -> Stream:
    return stream_of(clips.mp4)


def test_an_extraction(
    store: Path, street: Stream, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The minutes expire while it is built: their files stay, rows and register agree, the next worker seals them."""
    settings.EXTRACTION_KEY_FILE = str(tmp_path / "seal" / "key.pem")
    monkeypatch.setattr(tasks, "start_building", lambda pk: None)
    eye, who, chief, sealed_at_once = camera("C885"), officer(), supervisor(), 0
    begins = (timezone.now() - 10 * DAY + HOUR).replace(minute=2, second=0, microsecond=0)
    for step in range(STEPS):
        (recorded,) = record(store, eye, street, begins)
        row = actions.ask_extraction(
            actor=who,
            codes=["C885"],
            since=begins,
            until=recorded.ended_at,
            reason="requisition",
            ground="cpp_77_1_1",
            reference="PV 2026/0412",
        )
        actions.validate_extraction(actor=chief, extraction=row)
        ended = not dies_at(step, lambda pk=row.pk: building.build(pk), *LASTING)
        row.refresh_from_db()
        sealed = row.state == State.SEALED
        sealed_at_once += sealed
        assert sealed == (not Freeze.objects.holding().exists()), "held until it is sealed, and no longer"
        assert not sealed or is_whole(row.path)
        _expires(monkeypatch)
        assert files(store) == (set() if sealed else {recorded.path})
        if not sealed:
            _is_taken_up_again(row, monkeypatch)
            _expires(monkeypatch)
        assert [path.name for path in root().iterdir()] == [row.number]
        _agree(store)
        if ended:
            break
        _empty(store)
    assert ended and step > 2 * sealed_at_once > 0, step


def _expires(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + 3 * HOUR
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: later)
        run = engine.purge(clock_is_right=True)
    assert run is not None and run.failures == {}


def _is_taken_up_again(row: Extraction, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute later by another worker, past the limit of what it copies."""
    Extraction.objects.filter(pk=row.pk, state=State.BUILDING).update(
        beat_at=timezone.now() - dt.timedelta(minutes=2)
    )
    assert row.pk in building.owed()
    building.build(row.pk)
    row.refresh_from_db()
    assert row.state == State.SEALED, row.error
    assert is_whole(row.path)


def _agree(store: Path) -> None:
    assert files(store) == set()
    assert not Segment.objects.exists()
    video = Destruction.objects.filter(what="footage.Segment")
    assert sum(one.items for one in video) == sum(one.items for one in DestroyedDay.objects.all()) == 1
    assert not Destruction.objects.unfinished().exists()


def _empty(store: Path) -> None:
    empty()
    for folder in root().iterdir():
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o750)
    for path in sorted(root().rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert os.listdir(root()) == []  # noqa: PTH208
