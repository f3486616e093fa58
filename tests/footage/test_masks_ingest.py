"""Masks burnt in, on the pixels: of what is recorded, of what is sent live, and across a change (L-03)."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import redis
from django.conf import settings as django_settings

from cameras.masks.actions import draw_mask
from cameras.models import Camera
from cameras.models.mask import digest_of, tidied
from footage import live, stills
from footage.boxes import InitSegment, Splitter
from footage.ingest.program import ffmpeg
from footage.masking.cost import Meter
from footage.models import Segment, Source
from footage.recording import Told
from tests.cameras.estate import camera
from tests.footage.streams import Clips, Node, run_ffmpeg, until

LEFT = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.5], [0.1, 0.5]]
RIGHT = [[0.6, 0.5], [0.9, 0.55], [0.85, 0.9], [0.62, 0.88]]
WIDTH, HEIGHT = 320, 180


def told(of: Camera, width: int, height: int) -> Told:
    """A file of this size, as the index hears of it."""
    shape = Splitter().feed(
        run_ffmpeg(
            *["-f", "lavfi", "-i", f"color=size={width}x{height}:rate=5:duration=0.4", "-c:v", "libx264"],
            *["-f", "mp4", "-movflags", "+frag_keyframe+empty_moov+default_base_moof", "pipe:1"],
        ).stdout
    )
    init = next(iter(shape))
    assert isinstance(init, InitSegment)
    now = time.time_ns() // 1000
    path = f"2026-11-22/10/{of.code}/{width}.mp4"
    return Told(of.pk, path, now, now + 1, 0.1, 10, 1, init)


def frames(film: bytes | Path) -> np.ndarray:
    """Decoded, small, grey: (number, height, width)."""
    given = {"input": film} if isinstance(film, bytes) else {}
    done = subprocess.run(
        [
            *[ffmpeg(), "-v", "error", "-i", "pipe:0" if given else str(film)],
            *["-map", "0:v", "-fps_mode", "passthrough", "-vf", f"scale={WIDTH}:{HEIGHT}"],
            *["-pix_fmt", "gray", "-f", "rawvideo", "-"],
        ],
        capture_output=True,
        check=True,
        **given,  # type: ignore[call-overload]
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, HEIGHT, WIDTH)


def inside(pictures: np.ndarray, area: list[list[float]]) -> np.ndarray:
    """The brightest point of the largest upright box in the area, picture by picture."""
    xs, ys = sorted(x for x, _ in area), sorted(y for _, y in area)
    box = pictures[:, int(ys[1] * HEIGHT) : int(ys[2] * HEIGHT), int(xs[1] * WIDTH) : int(xs[2] * WIDTH)]
    return box.reshape(len(pictures), -1).max(axis=1)


def is_black(pictures: np.ndarray, area: list[list[float]]) -> np.ndarray:
    return inside(pictures, area) < 24


@pytest.fixture
def eye(clips: Clips, transactional_db: None) -> Camera:
    _ = clips.mp4
    made = camera("C1")
    Source.objects.create(camera=made, kind="file", url="street.mp4", sub_url="street.mp4")
    draw_mask(camera=made, preset=None, polygons=[LEFT], actor=None)
    return made


class Listener(threading.Thread):
    """Whatever leaves the ingest live, run by run, from now on."""

    def __init__(self, camera_id: int, quality: str) -> None:
        super().__init__(daemon=True)
        self.runs: dict[int, list[bytes]] = {}
        self.name_ = camera_id, quality
        self.over = threading.Event()
        self._client = redis.Redis.from_url(django_settings.REDIS_URL)

    def run(self) -> None:
        with self._client.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(live.channel(*self.name_))
            while not self.over.is_set():
                self._client.set(live.watch_key(*self.name_), "1", ex=live.WATCH_S)
                got = heard.get_message(timeout=0.5)
                message = live.Message.unpacked(got["data"]) if got else None
                if message and message.init:
                    self.runs.setdefault(message.run, [message.data])
                elif message and message.run in self.runs and message.number == len(self.runs[message.run]):
                    self.runs[message.run].append(message.data)


@pytest.fixture
def listeners(eye: Camera) -> Iterator[list[Listener]]:
    both = [Listener(eye.pk, quality) for quality in live.QUALITIES]
    for one in both:
        one.start()
    yield both
    for one in both:
        one.over.set()
        one.join()


@pytest.mark.slow
def test_no_picture_leaves_without_its_mask_and_a_change_begins_anew(
    eye: Camera, node: Callable[..., Node], store: Path, listeners: list[Listener]
) -> None:
    running = node()
    burnt = digest_of(tidied([LEFT]))
    until(lambda: Segment.objects.filter(mask=burnt).exists(), 120, said=running.said())
    until(lambda: all(len(run) > 4 for one in listeners for run in one.runs.values() if one.runs), 120)
    meter = Meter()
    meter.measure({eye.pk: running.ffmpegs()})
    still = stills.take(eye.pk, "sub")
    assert still.taken_at.timestamp() == pytest.approx(time.time(), abs=15)
    assert is_black(frames(still.jpeg), LEFT).all()

    draw_mask(camera=eye, preset=None, polygons=[RIGHT], actor=None)
    anew = digest_of(tidied([RIGHT]))
    until(lambda: Segment.objects.filter(mask=anew).exists(), 120, said=running.said())
    changed = Segment.objects.get(mask=anew).started_at.timestamp()
    until(lambda: all(len(one.runs) > 1 and len(list(one.runs.values())[-1]) > 3 for one in listeners), 120)
    assert meter.measure({eye.pk: running.ffmpegs()}).get(eye.pk, 0) >= 0
    assert running.stop() == 0

    for segment in Segment.objects.all():
        pictures = frames(store / segment.path)
        masked, other = (LEFT, RIGHT) if segment.mask == burnt else (RIGHT, LEFT)
        assert is_black(pictures, masked).all(), f"{segment}: a picture without its mask"
        assert not is_black(pictures, other).any(), "what nobody masks is seen"
        assert segment.mask == burnt or segment.started_at.timestamp() >= changed
    for one in listeners:
        *before, last = [frames(b"".join(run)) for run in one.runs.values() if len(run) > 1]
        assert all(is_black(run, LEFT).all() for run in before)
        assert is_black(last, RIGHT).all()


def test_a_still_of_a_camera_that_sends_nothing_is_refused_in_words(eye: Camera) -> None:
    from doors.problems import Refused

    with pytest.raises(Refused) as refused:
        stills.take(eye.pk, wait_s=0.3)
    assert refused.value.code == "no-picture"


def test_what_was_shown_is_known_again_and_nothing_else() -> None:
    from django.utils import timezone

    from doors.problems import Refused

    shown = stills.Shown("C1", 5, timezone.now(), "ab" * 32, 640, 360)
    signed = shown.signed()
    assert stills.Shown.read(signed, "C1").sha256 == shown.sha256
    for text, code in ((signed, "C2"), (signed[:-2] + "zz", "C1"), ("", "C1")):
        with pytest.raises(Refused):
            stills.Shown.read(text, code)
    assert replace(shown, camera_code="C2").signed() != signed
