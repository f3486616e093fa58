"""Whole `run_cameras` processes on real RTSP: recorded without a hole, and after every mishap again."""

from __future__ import annotations

import itertools
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings

from cameras.credentials import Credentials
from cameras.masks.actions import draw_mask
from cameras.models import Camera
from events.models import Event, Pulse
from footage import live
from footage.mending import mend
from footage.models import RecordingDuty, Segment, Source
from footage.scenes.catalogue import SCENES
from footage.scenes.letters import row_of
from footage.segment_file import Entry, entries_of, walk
from tests.cameras.estate import camera
from tests.footage.streams import (
    Clips,
    HttpStream,
    Node,
    RtspServer,
    frame_sums,
    patience,
    short_streets,
    until,
)
from tests.footage.test_scenes import decoded

pytestmark = [pytest.mark.slow]
Start = Callable[..., Node]
Serve = Callable[..., RtspServer]
FRAGMENT_S = 0.35
# As many as a codec may draw out of order.
CUT_FRAMES = 8


def source(of: Camera, **fields: object) -> Source:
    return Source.objects.create(camera=of, **fields)


def facts(*kinds: str) -> list[str]:
    found = (
        Event.objects.filter(kind__in=kinds) if kinds else Event.objects.filter(kind__startswith="cameras.")
    )
    return list(found.order_by("pk").values_list("kind", flat=True))


def files(store: Path, code: str = "*") -> list[Path]:
    return sorted(store.rglob(f"{code}/*.mp4"))


def pictures(store: Path, code: str = "*") -> list[Entry]:
    """All fragments there are, in order of time, whether their files are closed or not."""
    found = (entry for path in files(store, code) for entry in entries_of(path))
    return sorted(found, key=lambda entry: entry.starts_us)


def holes_s(entries: list[Entry]) -> list[float]:
    """Seconds without pictures between two fragments, where it is more than a trembling of clocks."""
    gaps = [(b.starts_us - a.ends_us) / 1e6 for a, b in itertools.pairwise(entries)]
    return [gap for gap in gaps if gap > 0.15]


def recorded(store: Path, count: int = 4, code: str = "*") -> bool:
    return bool(files(store, code)) and len(walk(files(store, code)[-1]).entries) >= count


def test_it_records_from_the_first_key_frame_and_closes_on_the_way_out(
    node: Start, rtsp: Serve, store: Path
) -> None:
    source(camera("C1"), url=rtsp().url())
    running = node()
    until(lambda: recorded(store, 8), said=running.said())
    assert Segment.objects.get().state == Segment.State.OPEN
    assert running.stop() == 0
    segment = Segment.objects.get()
    entries = entries_of(store / segment.path)
    assert segment.state == Segment.State.CLOSED, running.said()
    assert entries[0].key and holes_s(list(entries)) == []
    assert segment.seconds == pytest.approx(sum(e.duration_us for e in entries) / 1e6, abs=0.5)
    assert (segment.codecs, segment.width, segment.height) == ("avc1.42c016", 640, 360)
    assert RecordingDuty.objects.get().camera.code == "C1"
    assert Pulse.objects.filter(name="cameras 1/1").exists()
    assert facts() == [], "nothing happened to the camera, so nothing is announced"


def test_the_clock_of_a_fragment_is_the_time_it_was_taken(node: Start, rtsp: Serve, store: Path) -> None:
    source(camera("C1"), url=rtsp().url())
    node()
    until(lambda: recorded(store, 120))
    last = pictures(store)[-1]
    assert abs(last.ends_us / 1e6 - files(store)[-1].stat().st_mtime) < 0.5


def test_the_offset_of_the_cameras_clock_is_kept(node: Start, rtsp: Serve) -> None:
    """W-13: GStreamer's sender reports tell this machine's own time, so the offset is near nothing. Masked or not."""
    url = rtsp().url()
    source(camera("C1"), url=url)
    source(masked := camera("C2"), url=url)
    draw_mask(camera=masked, preset=None, polygons=[[[0, 0], [0.4, 0], [0.4, 0.4], [0, 0.4]]], actor=None)
    node()
    until(lambda: not Source.objects.filter(clock_offset_ms=None).exists(), 120)
    assert Segment.objects.get(camera=masked).mask, "its pictures are coded anew"
    for offset in Source.objects.values_list("clock_offset_ms", flat=True):
        assert abs(offset or 0) < 1500


def test_h265_is_recorded_as_it_comes(node: Start, rtsp: Serve, store: Path, clips: Clips) -> None:
    source(camera("C1"), url=rtsp({"/main": clips.h265}).url())
    node()
    until(lambda: recorded(store))
    assert Segment.objects.get().codecs.startswith("hev1.1.6.L")


def test_a_file_is_played_over_and_over(node: Start, store: Path, clips: Clips) -> None:
    _ = clips.mp4
    source(camera("C1"), kind="file", url="street.mp4")
    node()
    until(lambda: recorded(store, 48), 120)
    assert holes_s(pictures(store)) == []


def test_http_is_recorded_too(node: Start, store: Path, clips: Clips) -> None:
    stream = HttpStream(clips.h264)
    source(camera("C1"), kind="http", url=stream.url)
    running = node()
    until(lambda: recorded(store, 8), said=running.said())
    assert holes_s(pictures(store)) == []
    stream.stop()


def test_rubbish_is_a_lost_camera_and_disturbs_no_other(node: Start, rtsp: Serve, store: Path) -> None:
    answers = {"MUTE": b"", "PAGE": b"<html>Hello</html>" * 50, "NOISE": bytes(range(256)) * 40}
    streams = {code: HttpStream(answer=answer) for code, answer in answers.items()}
    for code, stream in streams.items():
        source(camera(code), kind="http", url=stream.url)
    source(camera("GOOD"), url=rtsp().url())
    running = node()
    until(lambda: len(facts("cameras.lost")) >= len(answers), 120, said=running.said())
    lost = Event.objects.filter(kind="cameras.lost")
    assert sorted(event.data["code"] for event in lost) == sorted(answers)
    assert list(store.rglob("GOOD/*.mp4")) and not [
        found for code in answers for found in store.rglob(f"{code}/*")
    ]
    assert holes_s(pictures(store, "GOOD")) == []
    for stream in streams.values():
        stream.stop()


@pytest.mark.skipif(
    "NICE_TEST_DATA" not in os.environ, reason="NO REAL CLIPS: set NICE_TEST_DATA to have them"
)
def test_real_footage_is_recorded_frame_by_frame(node: Start, store: Path) -> None:
    """What comes out is what went in: every decoded frame of a real clip, recorded from a loop of it."""
    data = Path(os.environ.get("NICE_TEST_DATA", "")) / "clips"
    names = sorted(path.name for path in data.glob("*.mp4"))
    for number, name in enumerate(names):
        source(camera(f"R{number}"), kind="file", url=name)
    node(FOOTAGE_CLIPS=str(data))
    until(lambda: len(files(store)) == len(names) and all(len(entries_of(p)) > 24 for p in files(store)), 240)
    for number, name in enumerate(names):
        (path,) = store.rglob(f"R{number}/*.mp4")
        kept = store.parent / name
        kept.write_bytes(path.read_bytes()[: walk(path).sound_bytes])
        ours = frame_sums(kept, 60)
        # Cut anywhere, the last frames may lack one they are drawn from.
        ours = ours[:-CUT_FRAMES]
        assert ours and ours == frame_sums(data / name, len(ours)), name


def test_a_drawn_street_is_recorded_with_the_true_time_in_the_picture(node: Start, store: Path) -> None:
    scene = SCENES["square_bag"]
    short_streets(scene.name)
    eye = camera("C1", name="Place Masséna")
    source(eye, kind="scene", url=scene.name, sub_url=scene.name)
    node()
    until(lambda: recorded(store, 13), 120)
    (path,) = files(store)
    # What stands in the picture of a key frame, and what the file says of when it was taken.
    key = [entry for entry in entries_of(path) if entry.key][2]
    data = path.read_bytes()
    init = walk(path).init.data
    shown = decoded(init + data[key.offset : key.offset + key.size], "iw:16:0:704", (1280, 16), form="mp4")[0]
    clocks = {
        second: time.strftime("%d/%m/%Y %H:%M:%S", time.localtime(key.starts_us // 1_000_000 + second))
        for second in (-1, 0, 1)
    }
    drawn = {second: b"".join(row_of(1280, "C1 · Place Massena", clock)) for second, clock in clocks.items()}
    (off,) = [second for second, line in drawn.items() if line == shown.tobytes()]
    assert abs(key.starts_us / 1e6 - round(key.starts_us / 1e6)) < 0.4 and off in (0, 1)


def test_a_password_is_seen_nowhere(node: Start, rtsp: Serve, store: Path) -> None:
    secret = "s3cr&t/p'ss w@rd"
    server = rtsp(user="viewer", password=secret)
    row = source(camera("C1"), url=server.url(), sealed_credentials=Credentials("viewer", secret).sealed())
    running = node()
    until(lambda: recorded(store), said=running.said())
    (ffmpeg,) = running.ffmpegs()
    for pid in (ffmpeg, running.pid):
        assert b"s3cr" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert b"s3cr" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert b"127.0.0.1" not in Path(f"/proc/{ffmpeg}/cmdline").read_bytes(), "nor is the address"
    row.refresh_from_db()
    assert b"s3cr" not in bytes(row.sealed_credentials or b"") and secret not in repr(row.credentials)
    running.stop()
    assert "s3cr" not in running.said()


def test_what_does_not_come_is_named_once_and_no_word_of_the_log_holds_a_secret(
    node: Start, rtsp: Serve
) -> None:
    server = rtsp(user="viewer", password="right")
    source(camera("LOCKED"), url=server.url(), sealed_credentials=Credentials("viewer", "wr0ng").sealed())
    nowhere = "rtsp://127.0.0.1:1/x"
    source(camera("AWAY"), url=nowhere, sealed_credentials=Credentials("me", "hush1").sealed())
    running = node()
    until(lambda: len(facts("cameras.lost")) >= 2, 120, said=running.said())
    why = {event.data["code"]: event.data["why"] for event in Event.objects.filter(kind="cameras.lost")}
    assert why["LOCKED"] == "password" != why["AWAY"]
    assert running.said().count("pictures stopped") == 2, "said once each, not at every try"
    assert "wr0ng" not in running.said() and "hush1" not in running.said()
    assert not re.search(r"://[^/\s]*@", running.said()), "no address with a user"


def test_a_camera_that_stalls_is_lost_within_5_s_and_returns_once(
    node: Start, rtsp: Serve, store: Path
) -> None:
    server = rtsp()
    eye = camera("C1")
    source(eye, url=server.url())
    node()
    until(lambda: recorded(store))
    server.freeze()
    took = until(lambda: facts("cameras.lost"), 120, every=0.05)
    assert took < patience(6.2), (
        "a fragment every quarter of a second, 4.5 s of patience, a tick and a commit"
    )
    eye.refresh_from_db()
    assert eye.state == Camera.State.LOST
    time.sleep(4)
    server.thaw()
    until(lambda: facts("cameras.returned"), 120)
    eye.refresh_from_db()
    assert eye.state == Camera.State.LIVE
    time.sleep(2)
    assert facts() == ["cameras.lost", "cameras.returned"]


def test_a_camera_that_reboots_with_another_picture_goes_into_a_new_file(
    node: Start, rtsp: Serve, store: Path, clips: Clips
) -> None:
    server = rtsp()
    source(camera("C1"), url=server.url())
    node()
    until(lambda: recorded(store))
    server.stop()
    server.mounts = {"/main": clips.small}
    server.start()
    until(lambda: len(files(store)) == 2 and recorded(store), 120)
    sizes = [walk(path).init.video.width for path in files(store)]
    assert sizes == [640, 320]
    until(lambda: Segment.objects.filter(state=Segment.State.CLOSED).exists())
    assert Segment.objects.count() == 2


def test_killing_ffmpeg_costs_one_fragment_at_most(node: Start, rtsp: Serve, store: Path) -> None:
    source(camera("C1"), url=rtsp().url())
    running = node()
    until(lambda: recorded(store))
    before = pictures(store)[-1]
    killed_at = time.time()
    os.kill(running.ffmpegs()[0], signal.SIGKILL)
    until(lambda: len(files(store)) == 2 and recorded(store))
    kept = [entry for entry in pictures(store) if entry.starts_us / 1e6 < killed_at]
    assert kept[-1].ends_us >= before.ends_us, "what was written stays"
    assert killed_at - kept[-1].ends_us / 1e6 < patience(2 * FRAGMENT_S), (
        "lost: the fragment under way, and what was in the pipe"
    )
    assert facts() == [], "a second or two: the camera was never lost"


def test_killing_run_cameras_costs_one_fragment_at_most(node: Start, rtsp: Serve, store: Path) -> None:
    source(camera("C1"), url=rtsp().url())
    first = node()
    until(lambda: recorded(store, 6))
    children = first.ffmpegs()
    first.kill()
    killed_at = time.time()
    last = pictures(store)[-1]
    assert killed_at - last.ends_us / 1e6 < patience(2 * FRAGMENT_S)
    second = node()
    until(lambda: len(files(store)) == 2 and recorded(store), said=second.said())
    assert last in pictures(store), "never overwritten"
    mend(store, busy=set(), recent=True, quiet_s=3)
    mended = Segment.objects.get(state=Segment.State.MENDED)
    assert Segment.objects.filter(state=Segment.State.OPEN).count() == 1
    assert entries_of(store / mended.path)[-1] == last
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), 120)


def test_a_dead_nodes_cameras_are_taken_over_within_15_s(node: Start, rtsp: Serve, store: Path) -> None:
    url = rtsp().url()
    eyes = [camera(f"C{n}") for n in range(1, 5)]
    for eye in eyes:
        source(eye, url=url)
    nodes = [node("1/2"), node("2/2")]
    until(lambda: all(list(store.rglob(f"{eye.code}/*.mp4")) for eye in eyes), 120)
    died = [eye for eye in eyes if eye.pk % 2 == 0]
    nodes[0].kill()
    took = until(lambda: all(len(list(store.rglob(f"{eye.code}/*.mp4"))) == 2 for eye in died), 120)
    assert took < patience(15)
    assert facts("footage.shard_taken") == ["footage.shard_taken"]
    back = node("1/2")
    until(lambda: len(facts("footage.shard_taken")) == 2, 120, said=back.said())
    until(lambda: len(back.ffmpegs()) == 2 and len(nodes[1].ffmpegs()) == 2, 120)


def test_fragments_pass_over_redis_only_while_somebody_watches(
    node: Start, rtsp: Serve, clips: Clips, store: Path
) -> None:
    server = rtsp({"/main": clips.h264, "/sub": clips.small})
    eye = camera("C1")
    source(eye, url=server.url(), sub_url=server.url("/sub"))
    running = node()
    until(lambda: recorded(store))
    assert len(running.ffmpegs()) == 1, "the sub-stream is not asked for yet"
    client = redis.Redis.from_url(django_settings.REDIS_URL)
    heard = client.pubsub(ignore_subscribe_messages=True)
    heard.subscribe(live.channel(eye.pk, live.MAIN), live.channel(eye.pk, live.SUB))
    time.sleep(2)
    assert heard.get_message() is None, "nobody watches"
    client.set(live.watch_key(eye.pk, live.SUB), "1", ex=live.WATCH_S)
    client.publish(live.NUDGE, f"{eye.pk}:{live.SUB}")
    got: list[live.Message] = []
    until(lambda: _read(heard, got) >= 5, 120)
    assert got[0].init and got[1].key
    assert [message.number for message in got[1:5]] == [1, 2, 3, 4]
    assert {message.run for message in got} == {got[0].run}
    assert b"avc1" in got[0].data
    assert len(running.ffmpegs()) == 2
    client.set(live.watch_key(eye.pk, live.MAIN), "1", ex=live.WATCH_S)
    client.publish(live.NUDGE, f"{eye.pk}:{live.MAIN}")
    main: list[live.Message] = []
    took = until(lambda: _read(heard, main, live.MAIN) >= 2, 5, every=0.01)
    assert main[0].init and main[1].key, "a newcomer begins with the group of pictures under way"
    assert took < 0.7


def _read(heard: redis.client.PubSub, into: list[live.Message], quality: str = live.SUB) -> int:
    while (message := heard.get_message()) is not None:
        if message["channel"].decode().endswith(quality):
            into.append(live.Message.unpacked(message["data"]))
    return len(into)


def test_a_camera_out_of_service_is_not_recorded(node: Start, rtsp: Serve, store: Path) -> None:
    server = rtsp()
    eye = camera("C1")
    source(eye, url=server.url())
    running = node()
    until(lambda: recorded(store))
    Camera.objects.filter(pk=eye.pk).update(state=Camera.State.MAINTENANCE)
    until(lambda: not running.ffmpegs(), 120)
    assert RecordingDuty.objects.get().until is not None
    until(lambda: Segment.objects.get().state == Segment.State.CLOSED)
