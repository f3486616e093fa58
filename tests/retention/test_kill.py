"""kill -9 at every step of a purge and of a hold: register, rows and files agree afterwards, always.

What is killed runs in a process of its own (killing.py); then a second run finishes. And a power cut: nothing is said
to be gone before the disk has settled it.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from footage import keeping, tasks
from footage.destroying import TABLE
from footage.extraction import actions
from footage.lease import this_node
from footage.models import Extraction, Freeze, Segment
from retention import engine, partitions
from retention.models import DestroyedDay, Destruction, Run
from retention.rules import rules
from tests.cameras.estate import camera as drill_camera
from tests.cast import camera
from tests.footage.recorded import officer, supervisor
from tests.retention.killing import STEPS, dies_at, empty, no_pool
from tests.retention.travel import DAY, HOUR, files, record

__all__ = ["no_pool"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.survival,
    pytest.mark.usefixtures("no_pool"),
]
OURS = "footage.Segment"


def only_video(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other rules have nothing to destroy and would only add steps."""
    known = rules()
    monkeypatch.setattr(engine, "rules", lambda: {OURS: known[OURS]})
    monkeypatch.setattr(engine, "limits", lambda: {OURS: 10})
    monkeypatch.setattr(engine, "sync", lambda: [])
    monkeypatch.setattr(engine.lateness, "rules", lambda: {OURS: known[OURS]})


def agree(store: Path, doomed: set[str], kept: set[str]) -> None:
    assert files(store) == kept
    assert set(Segment.objects.values_list("path", flat=True)) == kept
    assert sum(one.items for one in Destruction.objects.all()) == len(doomed), "each registered once"
    assert sum(one.items for one in DestroyedDay.objects.all()) == len(doomed)
    assert not Destruction.objects.unfinished()


def consistent(store: Path) -> None:
    """Right after the kill: nothing gone that is not registered, nothing registered that is still shown."""
    there, registered = files(store), sum(one.items for one in Destruction.objects.all())
    assert 4 - len(there) <= registered
    readable = set(Segment.objects.readable().values_list("path", flat=True))
    gone_whole = Destruction.objects.exclude(scope="").exists()
    assert gone_whole or readable <= there


@pytest.mark.parametrize("whole", [False, True], ids=["by rows", "a whole day"])
def test_a_purge(whole: bool, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_video(monkeypatch)
    eye, now = camera("C1"), timezone.now()
    day = (now - 12 * DAY).date()
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    died = 0
    for step in range(STEPS):
        if whole:
            partitions.make_ahead(day)
        doomed = {record(store, eye, noon + n * HOUR).path for n in range(3)}
        kept = {record(store, eye, now - DAY).path}
        if not dies_at(step, engine.purge):
            break
        died += 1
        consistent(store)
        again = engine.purge()
        assert again is not None and again.failures == {}, step
        agree(store, doomed, kept)
        if whole:
            assert day not in partitions.days(TABLE)
        _empty(store)
    agree(store, doomed, kept)
    assert died > 8


def test_a_purge_for_want_of_room(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_video(monkeypatch)
    monkeypatch.setattr(keeping, "BATCH", 2)
    eye, now = camera("C1"), timezone.now()
    for step in range(STEPS):
        first, second, third = (record(store, eye, now - n * HOUR).path for n in (5, 4, 3))
        ended = not dies_at(step, lambda: keeping.purge_oldest(store, node=this_node(), why="full"))
        engine.purge()
        if files(store) == {first, second, third}:
            agree(store, set(), {first, second, third})  # it died before it had decided anything
        else:
            agree(store, {first, second}, {third})
            assert set(Destruction.objects.values_list("cause", flat=True)) == {"full_disk"}
        if ended:
            return
        _empty(store)
    raise AssertionError("it never ended")


def test_a_hold(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Minutes asked for just before they expire (L-05): held or not, never half; and the same when it is let go."""
    only_video(monkeypatch)
    monkeypatch.setattr(tasks, "start_building", lambda pk: None)
    eye, who, chief, now = drill_camera("C1"), officer(), supervisor(), timezone.now()
    begins, kept_by = now - 10 * DAY + HOUR / 2, 0

    def ask() -> object:
        given = {"reason": "requisition", "ground": "cpp_77_1_1", "reference": "PV 2026/0412"}
        return actions.ask_extraction(actor=who, codes=["C1"], since=begins, until=begins + HOUR / 6, **given)

    def refuse() -> object:
        return actions.refuse_extraction(actor=chief, extraction=Extraction.objects.get(), why="no ground")

    for step in range(STEPS):
        wanted, other = record(store, eye, begins).path, record(store, eye, begins + HOUR / 4).path
        died = dies_at(step, ask)
        _two_hours_later(monkeypatch)
        if asked := Extraction.objects.first():
            kept_by += 1
            agree(store, {other}, {wanted})
            died |= dies_at(step, refuse)
            asked.refresh_from_db()
            refused = asked.state == Extraction.State.REFUSED
            assert refused == (not Freeze.objects.holding().filter(cause=asked.cause).exists())
            if not refused:
                refuse()
            _two_hours_later(monkeypatch)
        else:
            assert not Freeze.objects.exists()
        agree(store, {wanted, other}, set())
        _empty(store)
        if not died:
            break
    assert 1 < kept_by <= step


def test_nothing_is_said_to_be_gone_before_the_disk_has_settled_it(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut brings back a name whose folder was not on the platter: by then the register must not be closed."""
    only_video(monkeypatch)
    eye, now = camera("C1"), timezone.now().replace(minute=30)
    monkeypatch.setattr(timezone, "now", lambda: now)  # the hour that is thinned is not over
    day = (now - 12 * DAY).date()
    partitions.make_ahead(day)
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    for at in (noon, noon + HOUR, now - 10 * DAY - HOUR / 4):
        record(store, eye, at)
    kept = record(store, eye, now - 10 * DAY + HOUR / 4).path
    thinned: set[int] = set()
    settled, commit, bare = (
        [0],
        connection._commit,
        {name: getattr(os, name) for name in ("unlink", "rmdir", "fsync")},
    )

    def taking(name: str, path: str, dir_fd: int) -> None:
        gone = os.stat(path, dir_fd=dir_fd, follow_symlinks=False).st_ino
        bare[name](path, dir_fd=dir_fd)
        thinned.add(os.fstat(dir_fd).st_ino)
        thinned.discard(gone)

    def fsync(fd: int) -> None:
        bare["fsync"](fd)
        settled[0] += os.fstat(fd).st_ino in thinned
        thinned.discard(os.fstat(fd).st_ino)

    def committing() -> None:
        assert not thinned
        commit()

    monkeypatch.setattr(os, "unlink", lambda path, dir_fd: taking("unlink", path, dir_fd))
    monkeypatch.setattr(os, "rmdir", lambda path, dir_fd: taking("rmdir", path, dir_fd))
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(connection, "_commit", committing)
    run = engine.purge()
    assert run is not None and run.failures == {}
    assert (run.files, files(store)) == (3, {kept})
    assert settled[0] >= 2, "the root, for the day; the folder that is left, for the file"


def _two_hours_later(monkeypatch: pytest.MonkeyPatch) -> None:
    later = timezone.now() + 2 * HOUR
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: later)
        run = engine.purge(clock_is_right=True)
    assert run is not None and run.failures == {}


def _empty(store: Path) -> None:
    empty()
    for path in store.rglob("*.mp4"):
        path.unlink()
    assert not Run.objects.exists()
