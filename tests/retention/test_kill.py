"""kill -9 at every step of a purge: register, rows and files agree afterwards, always.

The engine runs in a forked process that kills itself at its n-th step; then a second run finishes. A step is what
lasts: before and after each commit, and before each name taken off the disk. What is not committed is as if not done.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from footage import keeping
from footage.destroying import TABLE
from footage.lease import this_node
from footage.models import Segment
from retention import disk, engine, partitions
from retention.models import DestroyedDay, Destruction, Run
from retention.rules import rules
from tests.cast import camera
from tests.retention.travel import DAY, HOUR, files, record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.survival]
STEPS = 100
OURS = "footage.Segment"


@pytest.fixture(autouse=True)
def no_pool(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
    """The threads of a pool do not come along into a fork: connections one by one."""
    connections.close_all()
    connection.close_pool()
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "pool")
    yield
    connections.close_all()


def dies_at(step: int, act: Callable[[], object]) -> bool:
    """Whether it got so far: False when the act ended before its n-th step."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        _count_down(step)
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _count_down(step: int) -> None:
    left = [step]

    def one(*args: Any, **named: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    connection.ensure_connection()
    for name in ("unlink", "rmdir"):
        bare = getattr(os, name)
        setattr(disk.os, name, lambda *args, _bare=bare, **named: (one(), _bare(*args, **named))[1])
    commit = connection._commit

    def committing() -> None:
        one()
        commit()
        one()

    connection._commit = committing


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


def _empty(store: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE footage_segment, retention_destruction, retention_destroyedday, retention_run, events_delivery,"
            " events_event"
        )
    for path in store.rglob("*.mp4"):
        path.unlink()
    assert not Run.objects.exists()
