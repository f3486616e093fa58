"""Tables that lie in days: made ahead, dropped whole, never a row refused, never today dropped."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.utils import timezone

from footage.models import Segment
from retention import engine, partitions
from retention.models import DestroyedDay, Destruction
from tests.cast import camera
from tests.retention.travel import DAY, Time, record

pytestmark = pytest.mark.django_db


def segment(eye: Any, at: dt.datetime, **fields: Any) -> Segment:
    given = {
        "path": f"{at:%Y-%m-%d/%H}/{eye.code}/{at:%H%M%S}.mp4",
        "started_at": at,
        "ended_at": at,
        "codecs": "avc1",
        "init_bytes": 1,
        "node": "test/1",
        "state": Segment.State.CLOSED,
    }
    return Segment.objects.create(camera=eye, **(given | fields))


def where(row: Segment) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM footage_segment WHERE id = %s", [row.pk])
        return str(cursor.fetchone()[0])


def test_a_row_lies_in_its_day_and_one_of_no_day_in_the_rest() -> None:
    eye, now = camera("C1"), timezone.now()
    assert where(segment(eye, now)) == f"footage_segment_{now:%Y%m%d}"
    old = segment(eye, now - dt.timedelta(days=40))
    assert where(old) == "footage_segment_rest"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT retention_make_day('footage_segment', 'started_at', %s)", [old.started_at.date()]
        )
    assert where(old) == f"footage_segment_{old.started_at:%Y%m%d}", "it moved to its day when that was made"


def test_a_name_is_unique_in_its_day_as_before() -> None:
    eye, now = camera("C1"), timezone.now()
    segment(eye, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        segment(eye, now)
    assert (
        Segment.objects.update_or_create(path=Segment.objects.get().path, defaults={"bytes": 7})[1] is False
    )


@pytest.mark.parametrize("days", [0, 1])
def test_today_and_tomorrow_are_never_dropped(days: int) -> None:
    day = timezone.now().date() + dt.timedelta(days=days)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT retention_drop_day('footage_segment', %s)", [day])


def test_days_are_there_when_the_clock_stood_still_for_days(time_: Time) -> None:
    """Nobody made a day for ten days, then for twenty: no row is refused, and each lies in its day again afterwards."""
    engine.purge()
    time_.passes(10 * DAY)
    eye = camera("C1")
    assert where(segment(eye, time_.now)) == f"footage_segment_{time_.now:%Y%m%d}", "made long ahead"
    time_.passes(10 * DAY)
    late = [segment(eye, time_.now - n * DAY) for n in (0, 2)]
    assert {where(row) for row in late} == {"footage_segment_rest"}
    connection.check_constraints()
    partitions.make_ahead(time_.now.date())
    assert [where(row) for row in late] == [f"footage_segment_{row.started_at:%Y%m%d}" for row in late]


@pytest.fixture
def reader(transactional_db: None) -> Iterator[Any]:
    """Somebody who reads the whole table in one transaction, as a backup does."""
    other = connections.create_connection("default")
    other.set_autocommit(False)
    yield other
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_day_that_is_being_read_is_dropped_by_the_next_pass_and_nobody_waits(
    store: Path, reader: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "TRIES", 8)
    eye, day = camera("C1"), (timezone.now() - 12 * DAY).date()
    partitions.make_ahead(day)
    expired = record(store, eye, dt.datetime.combine(day, dt.time(9), dt.UTC))
    with reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM footage_segment")
    done, written = threading.Event(), []

    def writes() -> None:
        """As a node does all the time; it would fail rather than wait a second."""
        mine = connections.create_connection("default")
        with mine.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
            while not done.wait(0.01):
                cursor.execute("UPDATE footage_segment SET bytes = bytes + 1 WHERE state = 'open'")
                written.append(cursor.rowcount)
        mine.close()

    writer = threading.Thread(target=writes)
    writer.start()
    try:
        first = engine.purge()
    finally:
        done.set()
        writer.join()
    assert first is not None and first.failures == {}
    assert len(written) > 3
    assert not (store / expired.path).exists(), "files go first"
    assert day in partitions.days("footage_segment") and Destruction.objects.unfinished().count() == 1
    reader.rollback()
    again = engine.purge()
    assert again is not None and (again.rows, again.failures) == (0, {})
    assert day not in partitions.days("footage_segment") and not Destruction.objects.unfinished()
    assert DestroyedDay.objects.get().items == 1, "registered once"
