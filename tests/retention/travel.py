"""Recordings of every age, with files of a few bytes, and a clock that goes where the test says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cameras.models import Camera
from footage.lease import this_node
from footage.models import Segment

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


@dataclass
class Time:
    now: dt.datetime
    uptime_s: float = 1_000.0

    def passes(self, time: dt.timedelta) -> None:
        self.now += time
        self.uptime_s += time.total_seconds()

    def is_set(self, to: dt.datetime) -> None:
        """By hand: the machine has not run a second longer."""
        self.now = to


def name_of(eye: Camera, at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d/%H}/{eye.code}/{at:%H%M%S}.mp4"


def record(store: Path, eye: Camera, at: dt.datetime, **fields: Any) -> Segment:
    """Ten minutes from then: a row, and a file unless told otherwise."""
    with_file = fields.pop("with_file", True)
    path = name_of(eye, at)
    if with_file:
        file = store / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * 1000)
    given = {
        "path": path,
        "started_at": at,
        "ended_at": at + dt.timedelta(minutes=10),
        "bytes": 1000,
        "codecs": "avc1",
        "init_bytes": 1,
        "node": this_node(),
        "state": Segment.State.CLOSED,
    }
    return Segment.objects.create(camera=eye, **(given | fields))


def files(store: Path) -> set[str]:
    return {
        str(path.relative_to(store)) for path in store.rglob("*") if not path.is_dir() or path.is_symlink()
    }
