"""A real `run_cameras` tells where fragments lie while somebody asks, and keeps sub-streams no longer than that."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings as django_settings

from footage.hand_over import ASKED_S, RING_S, Asked, Written, analyse_key, beginning, written_since
from footage.ingest.ring import tidy
from footage.models import Source
from tests.cameras.estate import camera
from tests.footage.streams import Clips, Node, until

QUEUE = "detect.test"


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        client.delete(QUEUE)
        yield client
        client.delete(QUEUE)


def taken(broker: redis.Redis) -> list[Written]:
    """As a Celery worker would take them."""
    found = []
    while (message := broker.lpop(QUEUE)) is not None:
        body = json.loads(base64.b64decode(json.loads(message)["body"]))
        assert json.loads(message)["headers"]["task"] == "some.task"
        found += [Written.unpacked(one) for one in body[0][0]]
    return found


@pytest.mark.slow
def test_fragments_are_told_where_they_lie_while_somebody_asks(
    node: Callable[..., Node], clips: Clips, broker: redis.Redis, tmp_path: Path, settings: object
) -> None:
    ring = tmp_path / "ring"
    settings.FOOTAGE_RING = str(ring)  # type: ignore[attr-defined]
    _ = clips.mp4
    alone, both = camera("C1"), camera("C2")
    Source.objects.create(camera=alone, kind="file", url="street.mp4")
    Source.objects.create(camera=both, kind="file", url="street.mp4", sub_url="street.mp4")
    running = node(FOOTAGE_RING=str(ring))
    told: list[Written] = []

    def hears(count: int) -> bool:
        for one in (alone, both):
            broker.set(analyse_key(one.pk), str(Asked("some.task", QUEUE)), ex=ASKED_S)
        told.extend(taken(broker))
        return all(sum(one.camera_id == eye.pk for one in told) >= count for eye in (alone, both))

    until(lambda: hears(12), 60, said=running.said())
    assert {one.quality for one in told if one.camera_id == alone.pk} == {"main"}
    of_sub = [one for one in told if one.camera_id == both.pk]
    assert {one.quality for one in of_sub} == {"sub"}
    for one in told:
        with one.file.open("rb") as file:
            file.seek(one.offset + 4)
            assert file.read(4) == b"moof", "exactly there"
    assert beginning(of_sub[0].file).video.width == 640
    after = written_since(both.pk, "C2", "sub", "", of_sub[0].ends_us)
    assert {one.offset for one in of_sub[1:8]} <= {one.offset for one in after}, "the files tell the same"
    assert of_sub == sorted(of_sub, key=lambda one: (one.path, one.offset)), "in their order"

    until(lambda: not broker.exists(analyse_key(both.pk)), ASKED_S + 5)
    time.sleep(2)
    taken(broker)
    size = sum(path.stat().st_size for path in ring.rglob("*.mp4"))
    time.sleep(1.5)
    assert taken(broker) == [] and size == sum(path.stat().st_size for path in ring.rglob("*.mp4"))


def test_the_ring_forgets(tmp_path: Path) -> None:
    old, new = (tmp_path / "open/2026-11-22/10" / code / "100000.mp4" for code in ("C1", "C2"))
    for path in (old, new):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"pictures")
    long_ago = time.time() - RING_S - 120
    for path in (old, old.parent):
        os.utime(path, (long_ago, long_ago))
    assert tidy(tmp_path) == 1
    assert not old.exists() and new.exists()
    assert tidy(tmp_path, now=time.time() + RING_S + 120) == 1 and not list(tmp_path.rglob("*.mp4"))


@pytest.mark.parametrize(
    "value", [None, b"", b"no queue\nin it", b"task", b"a b c", b"\xff\xfe x", b"x" * 200 + b" q"]
)
def test_who_asks_must_say_whom_to_tell(value: bytes | None) -> None:
    assert Asked.read(value) is None
