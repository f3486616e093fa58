"""A watching post under a clock of its own: a camera that records for real, and the worker that is told of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cameras.models import Camera
from detection.watching.scenes import Maker
from detection.watching.worker import Worker
from footage.boxes import Fragment, InitSegment
from footage.hand_over import Written
from footage.ingest.clock import Stamp
from footage.live import MAIN
from footage.recording import Recorder
from footage.segment_file import Entry
from tests.detection.films import Stream
from tests.footage.recorded import Book

TURN_S = 0.2
BEGAN_S_AGO = 30.0


@dataclass
class Clock:
    """`now` may be set; `tick` only ever goes on."""

    now: float
    tick: float = 0.0


class Post:
    """Time is told, not waited for. It begins so long ago that what is played ends about now."""

    def __init__(self, store: Path, camera: Camera, *, beside: Post | None = None) -> None:
        """`beside`: another camera of the same worker."""
        self.store, self.camera = store, camera
        self.clock = beside.clock if beside else Clock(time.time() - BEGAN_S_AGO)
        self.worker = beside.worker if beside else self.new_worker()
        self.told: list[Written] = []
        self.deaf = False
        self.recorder = self._recorder()

    def new_worker(self) -> Worker:
        self.worker = Worker(1, 1, Maker(), clock=lambda: self.clock.now, ticks=lambda: self.clock.tick)
        return self.worker

    @property
    def now(self) -> float:
        return self.clock.now

    @property
    def watched(self):  # type: ignore[no-untyped-def]
        return self.worker.cameras.get(self.camera.pk)

    def play(
        self,
        stream: Stream,
        since_s: float = 0.0,
        until_s: float = 1e9,
        *,
        spoil: Callable[[Fragment], bytes] | None = None,
        anew: bool = True,
    ) -> None:
        """These seconds of a film come from the camera, at the speed of the clock, and the worker works."""
        init, fragments = stream
        if anew or self.recorder.file is None:
            self._begins(init)
        for fragment in fragments:
            if not since_s <= fragment.starts_s < until_s:
                continue
            self.passes(fragment.seconds, turn=False)
            stamp = Stamp(round((self.now - fragment.seconds) * 1e6), jumped=False)
            data = spoil(fragment) if spoil else fragment.data
            self.recorder.takes(_with(fragment, data), stamp)
            self._tell()
            self.worker.turn()

    def passes(self, seconds: float, *, turn: bool = True) -> None:
        while turn and seconds > TURN_S:
            self._on(TURN_S)
            self.worker.turn()
            seconds -= TURN_S
        self._on(seconds)
        if turn:
            self.worker.turn()

    def _on(self, seconds: float) -> None:
        self.clock.now += seconds
        self.clock.tick += seconds

    def tells(self, told: Sequence[Written]) -> None:
        """As Celery hands it over: through JSON."""
        self.worker.hears(json.loads(json.dumps([one.packed() for one in told])))

    def _tell(self) -> None:
        new, self.told = self.told, []
        if not self.deaf:
            self.tells(new)

    def _begins(self, init: InitSegment) -> None:
        self.recorder.begins(init)

    def _recorder(self) -> Recorder:
        def wrote(path: str, entry: Entry) -> None:
            self.told.append(Written.of(self.camera.pk, MAIN, path, entry, self.recorder.mask))

        return Recorder(self.store, self.camera.pk, self.camera.code, Book(), wrote=wrote)


def _with(fragment: Fragment, data: bytes) -> Fragment:
    return fragment if data is fragment.data else replace(fragment, data=data)
