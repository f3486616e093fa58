"""A disk that really fills: a small file system of its own, a real recorder, and no silence about what is lost."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from events.models import Event
from footage.models import Segment, Source
from footage.recording import SEGMENT_US
from retention.models import Destruction
from tests.cameras.estate import camera
from tests.footage.recorded import record, stream_of
from tests.footage.streams import Clips, Node, RtspServer, until
from tests.footage.test_run_cameras import facts, pictures, recorded

pytestmark = [pytest.mark.slow, pytest.mark.survival]
MIB = 1024 * 1024


@pytest.fixture
def store(tmp_path: Path, settings: object) -> Iterator[Path]:
    """Instead of the folder other tests record into: 12 MiB, and no byte more."""
    root = tmp_path / "small"
    root.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(root)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("NO FULL DISK: mounting a small file system needs root")
    settings.FOOTAGE_ROOT = str(root)  # type: ignore[attr-defined]
    yield root
    subprocess.run(["umount", "--lazy", str(root)], check=True)


def old(store: Path, clips: Clips, count: int) -> list[Segment]:
    """Recordings of last week, about a megabyte each."""
    eye = camera("OLD")
    stream = stream_of(clips.make("old", seconds=10, rate="800k").path)
    week_ago = timezone.now().replace(microsecond=0) - dt.timedelta(days=7)
    step = dt.timedelta(microseconds=SEGMENT_US)
    return [row for n in range(count) for row in record(store, eye, stream, week_ago + n * step)]


def test_the_oldest_make_room_and_a_full_disk_is_told_until_there_is_room(
    node: Callable[..., Node], rtsp: Callable[..., RtspServer], store: Path, clips: Clips
) -> None:
    kept = old(store, clips, 4)
    assert shutil.disk_usage(store).free > 6 * MIB
    Source.objects.create(camera=camera("C1"), url=rtsp().url())
    # More than is free now: the old ones must go so that recording may go on.
    running = node(FOOTAGE_FREE_PERCENT="90")
    until(lambda: facts("footage.purged_early"), 120, said=running.said())
    until(lambda: not Segment.objects.filter(pk__in=[row.pk for row in kept]).exists(), 120)
    until(lambda: recorded(store, 6), 120, said=running.said())
    assert sum(row.files for row in Destruction.objects.all()) == len(kept)
    assert [path.parent.name for path in store.rglob("*.mp4")] == ["C1"]
    assert "the disk is full: 4 recordings destroyed before their day" in running.said()

    ballast = store / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(store).free)
    until(lambda: facts("footage.recording_failed"), 120, said=running.said())
    until(lambda: facts("footage.disk_full"), 120, said=running.said())
    assert Event.objects.get(kind="footage.recording_failed").data["why"] == "disk-full"
    assert "NOT RECORDED" in running.said()
    before = pictures(store)
    ballast.unlink()
    until(lambda: facts("footage.recording_resumed"), 120, said=running.said())
    until(lambda: len(pictures(store)) > len(before) + 4, 120)
    assert pictures(store)[: len(before)] == before, "what was recorded before is untouched"
    assert len(facts("footage.recording_failed")) == 1, "said once, not at every picture"
