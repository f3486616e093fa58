"""H.265 made into H.264 while somebody watches: real pictures, the right times, no more than a node may carry."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from itertools import pairwise

import pytest

from footage.boxes import Fragment, InitSegment, Splitter
from footage.ingest import transcoding
from footage.ingest.program import ffmpeg
from footage.ingest.relay import Channel, Relay
from footage.ingest.transcoding import Transcoding
from footage.live import Message
from tests.footage import streams
from tests.footage.live import parts_of

STARTS_US = 1_800_000_000_000_000


class Ear(Relay):
    """A relay that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__("redis://nowhere.invalid")
        self.sent: dict[tuple[int, str], list[Message]] = {}

    def send(self, name: tuple[int, str], message: Message) -> None:
        self.sent.setdefault(name, []).append(message)


class Source:
    """A camera that sends H.265, half a second at a time."""

    def __init__(self, relay: Relay, camera_id: int, clips: streams.Clips) -> None:
        self.init, self.fragments = parts_of(clips, "h265")
        self.channel: Channel = relay.open(camera_id, "main")
        self.channel.begins(self.init, STARTS_US)
        self._next: Iterator[Fragment] = iter(self.fragments)

    def sends(self, count: int) -> None:
        for _ in range(count):
            one = next(self._next)
            self.channel.takes(one, STARTS_US + round(one.starts_s * 1_000_000))


@pytest.fixture
def relay() -> Ear:
    return Ear()


async def until(true) -> None:  # type: ignore[no-untyped-def]
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.05)


def wants(relay: Relay, *names: tuple[int, str]) -> None:
    relay._set_wanted(set(names))


async def test_whoever_watches_gets_h264_with_the_times_of_the_camera(
    relay: Ear, clips: streams.Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcoding, "LINGER_S", 0)
    name = (1, "main-h264")
    source, all_of_them = Source(relay, 1, clips), Transcoding(relay, most=1)
    source.sends(3)
    wants(relay, name)
    all_of_them.tick()
    source.sends(len(source.fragments) - 3)
    await until(lambda: len([m for m in relay.sent.get(name, []) if not m.init]) >= 8)
    init, *made = relay.sent[name]
    [begun] = Splitter().feed(init.data)
    assert isinstance(begun, InitSegment) and begun.video.codec.startswith("avc1")
    assert (begun.video.width, begun.video.height) == (640, 360)
    assert made[0].key
    # It joined at the group under way, one second into the clip: so says its first picture.
    assert abs(made[0].starts_us - STARTS_US - 1_000_000) < 80_000
    steps = [b.starts_us - a.starts_us for a, b in pairwise(made)]
    assert all(abs(step - m.duration_ms * 1000) < 80_000 for step, m in zip(steps, made, strict=False))
    wants(relay)
    all_of_them.tick()
    await until(lambda: source.channel.tap is None)
    await until(lambda: not _ffmpegs())
    assert relay.channel(name) is None


async def test_one_too_many_is_refused_and_begins_when_there_is_room(
    relay: Ear, clips: streams.Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcoding, "LINGER_S", 0)
    first, second = (1, "main-h264"), (2, "main-h264")
    for camera_id in (1, 2):
        Source(relay, camera_id, clips).sends(2)
    all_of_them = Transcoding(relay, most=1)
    wants(relay, first, second)
    all_of_them.tick()
    [refusal] = relay.sent[second]
    assert refusal.refused and refusal.data == b"transcodes-full"
    assert len(_ffmpegs()) <= 1
    wants(relay, second)
    all_of_them.tick()
    await until(lambda: any(m.init for m in relay.sent[second]))
    await all_of_them.stop()


async def test_a_camera_that_begins_anew_is_begun_anew(relay: Ear, clips: streams.Clips) -> None:
    name = (1, "main-h264")
    source, all_of_them = Source(relay, 1, clips), Transcoding(relay, most=1)
    source.sends(2)
    wants(relay, name)
    all_of_them.tick()
    await until(lambda: any(m.init for m in relay.sent.get(name, [])))
    source.channel.begins(source.init, STARTS_US + 10_000_000)
    source.sends(2)
    all_of_them.tick()
    await until(lambda: len({m.run for m in relay.sent[name] if m.init}) > 1 or all_of_them.tick())
    await all_of_them.stop()


def _ffmpegs() -> list[str]:
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", ffmpeg()], capture_output=True, text=True, check=False
    )
    return found.stdout.split()
