"""After a crash files and rows agree again, and nothing whole is lost."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from events.models import Event
from footage import destroying, keeping
from footage.boxes import Fragment, InitSegment, Splitter
from footage.completeness import completeness
from footage.index import at, write_row
from footage.ingest.clock import Stamp
from footage.lease import this_node
from footage.mending import Mended, mend
from footage.models import RecordingDuty, Segment
from footage.recording import Recorder, Told
from footage.segment_file import entries_of
from retention.models import Destruction
from tests.cameras.estate import camera
from tests.footage.streams import Clips, fragmented, run_ffmpeg

pytestmark = pytest.mark.django_db
Stream = tuple[InitSegment, list[Fragment]]


class Book:
    """The journal, written at once; `rows=False` is a crash before the row."""

    def __init__(self, rows: bool = True) -> None:
        self.rows = rows
        self.failures: list[str] = []

    def opened(self, told: Told) -> None:
        if self.rows:
            write_row(told, this_node(), Segment.State.OPEN)

    def closed(self, told: Told) -> None:
        if self.rows:
            write_row(told, this_node(), Segment.State.CLOSED)

    def failed(self, camera_id: int, why: str) -> None:
        self.failures.append(why)

    def recovered(self, camera_id: int) -> None:
        self.failures.append("recovered")


@pytest.fixture(scope="module")
def stream(clips: Clips) -> Stream:
    init, *fragments = list(Splitter().feed(fragmented(clips.mp4)))
    assert isinstance(init, InitSegment)
    return init, [part for part in fragments if isinstance(part, Fragment)]


@pytest.fixture
def record(store: Path, stream: Stream) -> Callable[..., Recorder]:
    """Ten seconds, ten minutes ago unless told otherwise; left open unless told otherwise."""
    eye = camera("C1")

    def run(ago_s: float = 600, book: Book | None = None, close: bool = False) -> Recorder:
        recorder = Recorder(store, eye.pk, eye.code, book or Book())
        recorder.begins(stream[0])
        begin = int(time.time() - ago_s) * 1_000_000
        for fragment in stream[1]:
            recorder.takes(fragment, Stamp(begin + round(fragment.starts_s * 1e6), jumped=False))
        if close:
            recorder.ends()
        elif recorder.file is not None:
            recorder.file.abandon()
        return recorder

    return run


def mended(store: Path, **options: object) -> Mended:
    return mend(store, **({"busy": set(), "recent": True, "quiet_s": -1.0} | options))  # type: ignore[arg-type]


def only_file(store: Path) -> Path:
    (path,) = store.rglob("*.mp4")
    return path


def test_an_open_file_of_a_dead_process_is_closed(record: Callable[..., Recorder], store: Path) -> None:
    record()
    done = mended(store)
    row = Segment.objects.get()
    assert done.mended == [row.path] and row.state == Segment.State.MENDED
    assert row.seconds == pytest.approx(10, abs=0.1)
    assert len(row.sha256) == 64 and row.bytes == row.file.stat().st_size
    assert mended(store) == Mended(), "once"


@pytest.mark.parametrize("cut", [1, 100, 5_000])
def test_a_lost_last_block_costs_one_fragment(record: Callable[..., Recorder], store: Path, cut: int) -> None:
    record()
    path = only_file(store)
    before = entries_of(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - cut)
    done = mended(store)
    assert entries_of(path) == before[:-1]
    assert done.bytes_cut > 0
    run_ffmpeg("-xerror", "-i", str(path), "-f", "null", "-")


def test_a_block_of_zeroes_at_the_end_costs_nothing_before_it(
    record: Callable[..., Recorder], store: Path
) -> None:
    record()
    path = only_file(store)
    before = entries_of(path)
    with path.open("r+b") as file:
        file.seek(-4096, 2)
        file.write(bytes(4096 * 3))
    mended(store)
    assert before[: len(before) - 1] == entries_of(path)[: len(before) - 1]


def test_a_file_without_a_row_gets_one(record: Callable[..., Recorder], store: Path) -> None:
    record(book=Book(rows=False))
    done = mended(store)
    assert done.adopted == [Segment.objects.get().path]
    record(ago_s=300, book=Book(rows=False), close=True)
    assert len(mended(store).adopted) == 1
    first, second = Segment.objects.order_by("started_at")
    assert (second.started_at - first.started_at).total_seconds() == pytest.approx(300, abs=2)


def test_a_row_without_its_file_says_so(record: Callable[..., Recorder], store: Path) -> None:
    record(close=True)
    only_file(store).unlink()
    assert len(mended(store).missing) == 1
    assert Segment.objects.get().state == Segment.State.MISSING
    assert not Segment.objects.readable().exists()


def test_the_files_of_another_machine_are_not_called_missing(
    record: Callable[..., Recorder], store: Path
) -> None:
    record(close=True)
    Segment.objects.update(node="elsewhere/1")
    only_file(store).unlink()
    assert not mended(store).missing
    assert keeping.purge_oldest(store, node=this_node(), why="full") is None, "nor destroyed for room here"
    assert len(mended(store, everywhere=True).missing) == 1


def test_a_file_without_a_picture_goes(store: Path) -> None:
    eye = camera("C1")
    path = store / "2026-11-22" / "12" / eye.code / "120000.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"nothing of use")
    assert mended(store, recent=False).empty == ["2026-11-22/12/C1/120000.mp4"]
    assert not path.exists()


def test_a_strangers_file_is_left(store: Path) -> None:
    path = store / "2026-11-22" / "12" / "NOBODY" / "120000.mp4"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"whatever")
    assert mended(store, recent=False).strange == ["2026-11-22/12/NOBODY/120000.mp4"]
    assert path.exists()


def test_nothing_behind_a_link_is_cut_or_removed(
    record: Callable[..., Recorder], store: Path, tmp_path: Path
) -> None:
    """A camera's folder that is a link; behind it a file with an open row, and one that is nobody's."""
    record()
    outside = tmp_path / "outside"
    only_file(store).parent.rename(outside)
    (outside / "000000.mp4").write_bytes(b"nothing of use")
    (store / Segment.objects.get().path).parent.symlink_to(outside)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    for recent in (True, False):
        done = mended(store, recent=recent)
        assert not done.mended and not done.adopted and not done.empty
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before
    assert Segment.objects.get().state == Segment.State.MISSING


def test_a_file_being_written_is_left(record: Callable[..., Recorder], store: Path) -> None:
    record()
    assert mended(store, quiet_s=15.0) == Mended()
    assert mended(store, busy={Segment.objects.get().path}) == Mended()


def test_the_oldest_go_first_when_the_disk_is_full_and_are_registered(
    record: Callable[..., Recorder], store: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    for ago in (1800, 1200, 600):
        record(ago_s=ago, close=True)
    settings.FOOTAGE_FREE_PERCENT = 5.0  # type: ignore[attr-defined]
    monkeypatch.setattr(keeping, "BATCH", 2)
    room = iter([4.0, 4.0, 9.0])
    monkeypatch.setattr(keeping, "free_percent", lambda root: next(room))
    keeping.keep_room(store, this_node())
    purge = Destruction.objects.get(cause="full_disk")
    assert (purge.files, Segment.objects.count(), len(list(store.rglob("*.mp4")))) == (2, 1, 1)
    assert purge.newest < Segment.objects.get().started_at
    assert Event.objects.get(kind="footage.purged_early").data["files"] == 2


def test_a_crash_in_the_middle_of_a_purge_is_finished_by_the_next_run(
    record: Callable[..., Recorder], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(close=True)
    with monkeypatch.context() as crash:
        crash.setattr(destroying, "destroy_going", lambda root: 0)
        keeping.purge_oldest(store, node=this_node(), why="full")
    assert only_file(store).exists()
    assert not Segment.objects.readable().exists(), "nothing registered as destroyed is ever shown"
    mended(store)
    assert not Segment.objects.exists() and not list(store.rglob("*.mp4"))
    assert Destruction.objects.count() == 1


def test_nothing_to_destroy_is_an_alarm_once(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "free_percent", lambda root: 1.0)
    for _ in range(3):
        keeping.keep_room(store, this_node())
    assert Event.objects.filter(kind="footage.disk_full").count() == 1
    monkeypatch.setattr(keeping, "free_percent", lambda root: 50.0)
    keeping.keep_room(store, this_node())


def test_a_disk_that_refuses_is_told_once_and_recording_resumes(
    store: Path, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    eye, book = camera("C1"), Book()
    recorder = Recorder(store, eye.pk, eye.code, book)
    recorder.begins(stream[0])
    begin = int(time.time()) * 1_000_000
    import os

    real, full = os.writev, [False]

    def writev(fd: int, parts: list[bytes]) -> int:
        if full[0]:
            raise OSError(28, "No space left on device")
        return real(fd, parts)

    monkeypatch.setattr(os, "writev", writev)
    for number, fragment in enumerate(stream[1]):
        full[0] = 6 <= number < 12
        recorder.takes(fragment, Stamp(begin + round(fragment.starts_s * 1e6), jumped=False))
    recorder.ends()
    assert book.failures == ["disk-full", "recovered"]
    assert len(list(store.rglob("*.mp4"))) == 2
    assert recorder.dropped >= 6


def test_files_are_cut_at_ten_minutes_of_the_clock_on_a_key_frame(store: Path, stream: Stream) -> None:
    eye = camera("C1")
    recorder = Recorder(store, eye.pk, eye.code, Book())
    recorder.begins(stream[0])
    nearly = int(time.time()) // 600 * 600 * 1_000_000 - 5_250_000
    for fragment in stream[1]:
        recorder.takes(fragment, Stamp(nearly + round(fragment.starts_s * 1e6), jumped=False))
    recorder.ends()
    first, second = Segment.objects.order_by("started_at")
    assert second.started_at.minute % 10 == 0 and second.started_at.second == 0
    assert entries_of(second.file)[0].key
    assert abs((second.started_at - first.ended_at).total_seconds()) < 0.01


def test_completeness_counts_pictures_against_duty(record: Callable[..., Recorder]) -> None:
    now = dt.datetime.now(dt.UTC)
    record(ago_s=30, close=True)
    eye = Segment.objects.get().camera
    RecordingDuty.objects.create(camera=eye, since=now - dt.timedelta(seconds=40), until=now)
    (told,) = [
        one for one in completeness((now - dt.timedelta(seconds=30)).date()) if one.camera_id == eye.pk
    ]
    assert told.recorded_s == pytest.approx(10, abs=0.1)
    assert told.share is not None and 0.2 < told.share < 0.35
    assert told.missing_s == pytest.approx(30, abs=1)


def test_pictures_cannot_last_longer_than_the_time_they_took(store: Path, stream: Stream) -> None:
    """A camera that lies about time: media runs four times as fast as the clock."""
    eye = camera("C1")
    recorder = Recorder(store, eye.pk, eye.code, Book())
    recorder.begins(stream[0])
    begin = int(time.time() - 60) * 1_000_000
    for fragment in stream[1]:
        recorder.takes(fragment, Stamp(begin + round(fragment.starts_s * 1e6 / 4), jumped=False))
    recorder.ends()
    assert Segment.objects.get().seconds < 3.2
    assert at(begin) == Segment.objects.get().started_at
