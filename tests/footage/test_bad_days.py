"""Bad days of the ingest: cameras that change while they send, that come and go; servers that are away."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest
from django.db import connections

from events.models import Event
from footage.boxes import Fragment, InitSegment, Splitter
from footage.ingest import feed
from footage.ingest.feed import Presence
from footage.mending import mend
from footage.models import Segment, Source
from footage.parameter_sets import sequence_set
from footage.segment_file import walk
from tests.cameras.estate import camera
from tests.footage.streams import Clip, Clips, Node, RtspServer, fragmented, run_ffmpeg, until
from tests.footage.test_run_cameras import files, holes_s, pictures, recorded
from tests.servers import Centre

# A quarter of a minute shows the same as one; NICE_AWAY_S=60 is there for who doubts it.
AWAY_S = float(os.environ.get("NICE_AWAY_S", "14"))


class Heard:
    """Who is told of a camera's going and coming."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def lost(self, camera_id: int, why: str) -> None:
        self.told.append("lost")

    def returned(self, camera_id: int) -> None:
        self.told.append("returned")

    def clock(self, camera_id: int, ahead_ms: int) -> None:
        raise AssertionError("nobody measured a clock")

    def unstable(self, camera_id: int, interruptions: int) -> None:
        self.told.append("unstable")


class Plug:
    """A camera whose plug is pulled and put back, in a time of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(feed.time, "monotonic", lambda: self.now)
        self.heard = Heard()
        self.presence = Presence(1, self.heard, lost=False)

    def runs(self, seconds: float) -> None:
        for _ in range(int(seconds * 2)):
            self.now += 0.5
            self.presence.picture()
            self.presence.tick()

    def is_out(self, seconds: float) -> None:
        self.presence.stopped("ended")
        for _ in range(int(seconds * 2)):
            self.now += 0.5
            self.presence.tick()


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Plug:
    return Plug(monkeypatch)


def test_a_loose_plug_is_one_fact_and_not_fifty(plug: Plug) -> None:
    plug.runs(30)
    for _ in range(50):
        plug.is_out(10)
        plug.runs(20)
    assert plug.heard.told.count("lost") <= 4
    assert plug.heard.told.count("lost") - plug.heard.told.count("returned") == 1, (
        "lost it is, whatever flickers"
    )
    assert "unstable" in plug.heard.told
    plug.runs(400)
    assert plug.heard.told[-1] == "returned", "steady at last"


def test_short_interruptions_are_no_loss_and_yet_unstable(plug: Plug) -> None:
    plug.runs(30)
    for _ in range(5):
        plug.is_out(2)
        plug.runs(40)
    assert plug.heard.told == ["unstable"]


def test_one_reboot_a_day_is_forgotten(plug: Plug) -> None:
    for _ in range(3):
        plug.runs(3600)
        plug.is_out(60)
        plug.runs(10)
    assert plug.heard.told == ["lost", "returned"] * 3


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_key_frame_says_how_it_is_coded(clips: Clips, codec: str) -> None:
    sets = []
    for size in ("640x360", "320x180"):
        clip = clips.make(f"sets-{size}", size=size, seconds=2, codec=codec)
        init, *parts = Splitter().feed(
            fragmented(clip.path, "-tag:v", {"h264": "avc1", "h265": "hev1"}[codec])
        )
        assert isinstance(init, InitSegment)
        fragments = [part for part in parts if isinstance(part, Fragment)]
        told = {sequence_set(part, init) for part in fragments if part.key}
        assert len(told) == 1, "the same in every key frame"
        assert {sequence_set(part, init) for part in fragments if not part.key} <= {None}
        sets.append(told.pop())
    assert None not in sets and sets[0] != sets[1]


class ChangingCamera:
    """MPEG-TS over HTTP, one stream without end: so long as one clip, then as another, for everybody from then on."""

    def __init__(self, *clips: tuple[Clip, float]) -> None:
        """Clips, and how many seconds each lasts."""
        offsets = itertools.accumulate((seconds for _, seconds in clips), initial=0.0)
        self._films = [
            (_ts(clip, offset), seconds) for (clip, seconds), offset in zip(clips, offsets, strict=False)
        ]
        self._began: float | None = None
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                with contextlib.suppress(OSError):
                    outer._send(self.wfile)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/live.ts"

    def _send(self, out: IO[bytes]) -> None:
        began = self._began = self._began or time.monotonic()
        begins_s = 0.0
        for film, lasts_s in self._films:
            step = max(188, int(len(film) / lasts_s / 20) // 188 * 188)
            for at in range(0, len(film), step):
                due = began + begins_s + lasts_s * at / len(film)
                if time.monotonic() - due > 1.0:
                    continue  # gone by before this one asked
                time.sleep(max(0.0, due - time.monotonic()))
                out.write(film[at : at + step])
                out.flush()
            begins_s += lasts_s

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _ts(clip: Clip, offset_s: float) -> bytes:
    taken = ["-framerate", str(clip.fps), "-i", str(clip.path), "-c", "copy"]
    return run_ffmpeg(*taken, "-output_ts_offset", str(offset_s), "-f", "mpegts", "-").stdout


@pytest.fixture
def changing(clips: Clips) -> Iterator[ChangingCamera]:
    before = clips.make("before", seconds=7)
    after = clips.make("after", size="320x180", rate="200k", seconds=90)
    made = ChangingCamera((before, 7), (after, 90))
    yield made
    made.stop()


@pytest.mark.slow
def test_a_camera_set_to_another_size_while_it_sends_goes_on_in_a_new_file(
    node: Callable[..., Node], store: Path, changing: ChangingCamera
) -> None:
    Source.objects.create(camera=camera("C1"), kind="http", url=changing.url)
    running = node()
    until(lambda: len(files(store)) >= 2 and recorded(store, 4), 120, said=running.said())
    until(lambda: walk(files(store)[-1]).init.video.width == 320, 120, said=running.said())
    all_of_it = [walk(path) for path in files(store)]
    assert list(dict.fromkeys(walked.init.video.width for walked in all_of_it)) == [640, 320]
    for path, walked in zip(files(store), all_of_it, strict=False):
        data = path.read_bytes()
        coded = {sequence_set(_fragment(data, entry), walked.init) for entry in walked.entries if entry.key}
        assert len(coded - {None}) == 1, "what a file holds fits how it begins"
    assert sum(holes_s(pictures(store))) < 6, "as long as it takes to ask the camera again"
    assert "changed" in running.said()
    assert not Event.objects.filter(kind="cameras.lost").exists()


def _fragment(data: bytes, entry: object) -> Fragment:
    offset, size, key = entry.offset, entry.size, entry.key  # type: ignore[attr-defined]
    return Fragment(data[offset : offset + size], key, 0, 1, 1, 1, None)


@pytest.mark.slow
@pytest.mark.survival
def test_postgresql_and_redis_away_cost_no_picture_and_the_index_is_mended(
    live_centre: Centre, node: Callable[..., Node], rtsp: Callable[..., RtspServer], store: Path
) -> None:
    """Recording goes on; a file that begins meanwhile gets its row once there is somewhere to write it."""
    Source.objects.create(camera=camera("C1"), url=rtsp().url())
    running = node()
    until(lambda: recorded(store, 4), 120, said=running.said())
    began = time.time()
    live_centre.stop_redis()
    live_centre.stop_postgres()
    try:
        time.sleep(AWAY_S / 2)
        os.kill(running.ffmpegs()[0], signal.SIGKILL)  # so that a file ends and another begins
        time.sleep(AWAY_S / 2)
    finally:
        live_centre.start_postgres()
        live_centre.start_redis()
        connections.close_all()
        connections["default"].close_pool()
    ended = time.time()
    # Two, or three when the clock passed ten minutes meanwhile.
    until(lambda: Segment.objects.count() == len(files(store)) >= 2, 120, said=running.said())
    until(lambda: Segment.objects.filter(state=Segment.State.OPEN).count() == 1, 120)
    during = [entry for entry in pictures(store) if began < entry.starts_us / 1e6 < ended]
    seconds = sum(entry.duration_us for entry in during) / 1e6
    assert ended - began - seconds < 5, "nothing is missing but the second in which ffmpeg was killed"
    assert [hole for hole in holes_s(during) if hole > 4] == []
    assert "the database is away" in running.said() and "the database is back" in running.said()
    assert running.stop() == 0
    rows = list(Segment.objects.order_by("started_at"))
    assert [row.path for row in rows] == [str(path.relative_to(store)) for path in files(store)]
    assert {row.state for row in rows} == {Segment.State.CLOSED}
    done = mend(store, busy=set(), recent=True, quiet_s=0)
    assert (done.adopted, done.missing, done.mended) == ([], [], []), "there is nothing left to mend"
    ends = [row.ended_at for row in rows]
    assert all(a <= b for a, b in itertools.pairwise(ends))
