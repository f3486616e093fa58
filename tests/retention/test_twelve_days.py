"""L-04, L-06 as the authority would look: twelve days of a centre with real files, and what the disk and rows say."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, connections
from django.utils import timezone

from events.models import Event
from footage.models import Freeze, Segment
from footage.replay import limits
from legal.models import PrefecturalAuthorisation
from retention import engine, lateness, partitions
from retention.models import DestroyedDay, Destruction, Lateness, Limit, Run
from tests.cast import camera
from tests.retention.travel import DAY, HOUR, Time, files, name_of, record

pytestmark = pytest.mark.django_db


def purge() -> Run:
    """In a test all is one transaction: what it wrote is settled first, or no partition could be dropped."""
    connection.check_constraints()
    run = engine.purge()
    assert run is not None
    return run


def order(number: str, days: int, **scope: object) -> PrefecturalAuthorisation:
    today = timezone.localdate()
    return PrefecturalAuthorisation.objects.create(
        number=number,
        signed_on=today - dt.timedelta(days=30),
        expires_on=today + dt.timedelta(days=900),
        purposes=[5],
        max_retention_days=days,
        **scope,
    )


def test_twelve_days_of_a_centre(store: Path, time_: Time) -> None:
    """Nothing older than its limit is ever there after a pass, nothing younger is missing, all is registered."""
    begins = time_.now - 12 * DAY
    order("2026-1", 10, camera_codes=["C1"])
    order("2026-2", 4, camera_codes=["C2"])
    eyes = {camera("C1"): 10, camera("C2"): 4}
    time_.now = begins
    made: dict[str, tuple[dt.datetime, int]] = {}
    while time_.now < begins + 12 * DAY:
        for eye, days in eyes.items():
            for at in (time_.now - 17 * HOUR, time_.now - 6 * HOUR):
                row = record(store, eye, at)
                made[row.path] = (at, days)
        run = purge()
        assert run.failures == {}
        kept = {name for name, (at, days) in made.items() if at >= time_.now - days * DAY}
        assert files(store) == kept, time_.now
        assert set(Segment.objects.values_list("path", flat=True)) == kept
        assert not Lateness.objects.filter(items__gt=0)
        time_.passes(DAY)

    gone = set(made) - files(store)
    assert sum(one.items for one in Destruction.objects.all()) == len(gone) > 0
    lines = {(one.subject, one.day): one.items for one in DestroyedDay.objects.all()}
    told = Counter((Path(name).parent.name, dt.date.fromisoformat(name[:10])) for name in gone)
    assert lines == told, "by camera and day"
    assert not Destruction.objects.unfinished()
    assert min(partitions.days("footage_segment")) >= (time_.now - 11 * DAY).date()


def test_the_register_holds_the_hash_of_the_names(store: Path, time_: Time) -> None:
    eye = camera("C1")
    names = sorted(record(store, eye, time_.now - 11 * DAY + n * HOUR).path for n in range(3))
    purge()
    (told,) = Destruction.objects.all()
    assert told.names_sha256 == hashlib.sha256("\n".join(names).encode()).hexdigest()
    assert (told.items, told.files, told.bytes, told.days) == (3, 3, 3000, 10)
    assert told.finished_at is not None and told.run.files == 3
    assert "L252-5" in told.basis


def test_a_whole_day_goes_with_its_folder_and_its_partition(store: Path, time_: Time) -> None:
    eye, day = camera("C1"), (time_.now - 12 * DAY).date()
    partitions.make_ahead(day)
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    names = sorted(record(store, eye, midnight + n * HOUR).path for n in range(24))
    assert day in partitions.days("footage_segment")
    purge()
    (told,) = Destruction.objects.all()
    assert (told.scope, told.items) == (f"day {day}", 24)
    assert told.names_sha256 == hashlib.sha256("\n".join(names).encode()).hexdigest()
    assert day not in partitions.days("footage_segment")
    assert not (store / str(day)).exists()
    (line,) = DestroyedDay.objects.all()
    assert (line.subject, line.items, line.first_at, line.last_at) == (
        "C1",
        24,
        midnight,
        midnight + 23 * HOUR + dt.timedelta(minutes=10),
    )


def test_again_is_nothing(store: Path, time_: Time) -> None:
    record(store, camera("C1"), time_.now - 11 * DAY)
    purge()
    again = purge()
    assert (again.rows, again.files) == (0, 0)
    assert Destruction.objects.count() == 1


def test_what_is_frozen_waits_and_never_past_the_month(store: Path, time_: Time) -> None:
    eye = camera("C1")
    frozen, free = record(store, eye, time_.now - 11 * DAY), record(store, eye, time_.now - 11 * DAY + HOUR)
    Freeze.objects.create(
        camera=eye,
        since=frozen.started_at,
        until=frozen.ended_at,
        cause="extraction:1",
        ends_at=time_.now + 60 * DAY,
    )
    purge()
    assert files(store) == {frozen.path}
    assert not lateness.check() and not Segment.objects.filter(pk=free.pk).exists()
    time_.passes(20 * DAY)
    purge()
    assert files(store) == set()


def test_nothing_past_its_limit_is_shown_before_it_is_destroyed(store: Path, time_: Time) -> None:
    eye = camera("C1")
    Limit.objects.create(what="footage.Segment", family="street_video", days=3, source="order 2026-1")
    record(store, eye, time_.now - 4 * DAY)
    assert limits.oldest(eye) == time_.now - 3 * DAY


def test_a_clock_set_back_keeps_nothing_longer(store: Path, time_: Time) -> None:
    eye = camera("C1")
    purge()
    ripe = record(store, eye, time_.now - 10 * DAY + HOUR)
    right = time_.now
    time_.is_set(right - 5 * DAY)
    time_.uptime_s += 2 * 3600
    run = purge()
    assert run.clock == right + 2 * HOUR
    assert ripe.path not in files(store)


def test_a_clock_that_leapt_ahead_destroys_nothing_and_the_room_is_told(store: Path, time_: Time) -> None:
    eye, right = camera("C1"), time_.now
    purge()
    young = record(store, eye, time_.now - DAY)
    time_.is_set(right + 300 * DAY)
    run = purge()
    assert "clock" in run.failures
    assert files(store) == {young.path}
    assert Event.objects.get(kind="retention.purge_failed").data["why"] == "clock"
    purge()
    assert Event.objects.filter(kind="retention.purge_failed").count() == 1, "told once"
    time_.is_set(right + HOUR)
    time_.uptime_s += 3600
    purge()
    assert Event.objects.filter(kind="retention.caught_up").count() == 1


def test_a_link_planted_in_the_store_leads_nowhere(store: Path, tmp_path: Path, time_: Time) -> None:
    """In an hour that has expired: a link to a file, a link to a folder, and a camera's folder that is a link."""
    outside = tmp_path / "outside"
    outside.mkdir()
    precious = outside / "000000.mp4"
    precious.write_bytes(b"not ours")
    eye, old = camera("C1"), (time_.now - 12 * DAY).replace(hour=3)
    row = record(store, eye, old)
    hour = (store / row.path).parent.parent
    (hour / "link.mp4").symlink_to(precious)
    (hour / "folder").symlink_to(outside)
    behind = record(store, camera("C2"), old, with_file=False)
    (hour / "C2").symlink_to(outside)
    (outside / Path(behind.path).name).write_bytes(b"not ours either")
    for _ in range(2):
        run = purge()
        assert run.failures == {}
    assert files(store) == set()
    assert sorted(path.name for path in outside.iterdir()) == sorted({"000000.mp4", Path(behind.path).name})
    assert not Segment.objects.exists()


def test_files_nobody_knows_and_rows_without_a_file(store: Path, time_: Time) -> None:
    eye = camera("C1")
    stray = store / name_of(eye, time_.now - 11 * DAY)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"xxxx")
    record(store, eye, time_.now - 11 * DAY + 2 * HOUR, with_file=False)
    (late,) = lateness.check()
    assert (late.items, late.strays) == (2, 1)
    purge()
    assert files(store) == set() and not Segment.objects.exists()
    assert Destruction.objects.get(cause="orphan").bytes == 4
    assert not Lateness.objects.filter(items__gt=0)


def test_what_cannot_be_destroyed_is_told_in_the_room(
    store: Path, time_: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses: the others go on, the room is told, and the next run finishes without counting twice."""
    record(store, camera("C1"), time_.now - 11 * DAY)

    def refuses(*args: object, **named: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "unlink", refuses)
        run = purge()
    assert list(run.failures) == ["footage.Segment"]
    told = Event.objects.get(kind="retention.purge_failed")
    assert told.data["what"] == ["footage.Segment"]
    assert Segment.objects.readable().count() == 0, "doomed, it is shown no more"
    again = purge()
    assert again.failures == {}
    assert files(store) == set() and Destruction.objects.count() == 1
    assert Event.objects.filter(kind="retention.caught_up").exists()


def test_two_engines_never_run_at_once(store: Path, time_: Time) -> None:
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [engine.ENGINE_LOCK])
        assert engine.purge() is None
        cursor.execute("SELECT pg_advisory_unlock(%s)", [engine.ENGINE_LOCK])
    other.close()
    assert not Run.objects.exists()
