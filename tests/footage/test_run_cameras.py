"""Whole `run_cameras` processes on real RTSP: recorded without a hole, and after every mishap again."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cameras.models import Camera
from events.models import Event
from footage.models import Segment, Source
from footage.segment_file import entries_of
from tests.cameras.estate import camera
from tests.footage.streams import Node, RtspServer, until

pytestmark = [pytest.mark.slow]
Start = Callable[..., Node]
Serve = Callable[..., RtspServer]


def source(of: Camera, **fields: object) -> Source:
    return Source.objects.create(camera=of, **fields)


def kinds() -> list[str]:
    return list(
        Event.objects.filter(kind__startswith="cameras.").order_by("pk").values_list("kind", flat=True)
    )


def test_it_records_an_rtsp_camera_from_the_first_key_frame(node: Start, rtsp: Serve, store: Path) -> None:
    source(camera("C1"), url=rtsp().url())
    running = node()
    until(lambda: Segment.objects.exists(), said=running.said())
    time.sleep(4)
    running.stop()
    segment = Segment.objects.get()
    entries = entries_of(store / segment.path)
    assert segment.state == Segment.State.CLOSED, running.said()
    assert entries[0].key
    assert segment.seconds > 3.5
