"""Looks at one key frame a minute of each camera of a node: the thread of `run_cameras` that sees faults.

It never holds up the recording: frames wait in a dish of one per camera, and what comes too fast is passed over.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from cameras.models import Camera
from footage.boxes import Fragment, InitSegment
from footage.health.eyesight import Eyesight
from footage.health.measure import measure
from footage.health.picture import decoded

logger = logging.getLogger(__name__)
# Not a minute: what comes back every minute or half minute must not look as if it stood still.
EVERY_S = 61.0
# The first look soon after the stream has settled.
FIRST_S = 5.0
# What people say of orders, and where cameras stand, is read again after so long.
READ_AGAIN_S = 300.0
Tell = Callable[[int, str, bool, dict[str, Any]], None]


@dataclass(frozen=True)
class Frame:
    film: bytes
    size: str


class Checker(threading.Thread):
    """`tell` is called with (camera, fault, whether it stands, what was measured); it must not wait."""

    def __init__(self, tell: Tell) -> None:
        super().__init__(name="checker", daemon=True)
        self._tell = tell
        self._frames: dict[int, Frame] = {}
        self._sights: dict[int, tuple[Eyesight, str, float]] = {}
        self._gone: set[int] = set()
        self._there = threading.Condition()
        self._stopping = False

    def eye(self, camera_id: int) -> Eye:
        return Eye(self, camera_id)

    def offer(self, camera_id: int, frame: Frame) -> None:
        with self._there:
            self._frames[camera_id] = frame
            self._there.notify()

    def forget(self, camera_id: int) -> None:
        """Its pictures stopped."""
        with self._there:
            self._frames.pop(camera_id, None)
            self._gone.add(camera_id)

    def finish(self) -> None:
        with self._there:
            self._stopping = True
            self._there.notify()
        if self.is_alive():
            self.join(3)

    def run(self) -> None:
        while True:
            with self._there:
                self._there.wait_for(lambda: self._stopping or self._frames)
                if self._stopping:
                    break
                camera_id = next(iter(self._frames))
                frame = self._frames.pop(camera_id)
                gone = camera_id in self._gone
                self._gone.discard(camera_id)
            try:
                self._look(camera_id, frame, gone)
            except (DatabaseError, Camera.DoesNotExist) as error:
                # Not judged this minute; recording goes on, and the next frame asks again.
                logger.info("a camera is not looked at: %s", str(error).strip())
                connection.close()
        connection.close()

    def _look(self, camera_id: int, frame: Frame, gone: bool) -> None:
        grey = decoded(frame.film)
        if grey is None:
            return
        sight = self._sight(camera_id, frame.size)
        if gone:
            sight.forget()
        for kind, stands, evidence in sight.sees(measure(grey), timezone.now()):
            logger.info("%s: %s %s", sight.code, kind, "stands" if stands else "is over", extra=evidence)
            self._tell(camera_id, kind, stands, evidence)

    def _sight(self, camera_id: int, size: str) -> Eyesight:
        """Read again now and then: orders people closed, a camera that was moved. What was counted stays."""
        now = time.monotonic()
        found = self._sights.get(camera_id)
        if found is not None and found[1] == size and now - found[2] < READ_AGAIN_S:
            return found[0]
        sight = Eyesight.read(camera_id, size)
        if found is not None:
            sight.goes_on_from(found[0])
        self._sights[camera_id] = sight, size, now
        return sight


class Eye:
    """Picks the frames of one camera, in the event loop."""

    def __init__(self, checker: Checker, camera_id: int) -> None:
        self._checker = checker
        self._camera_id = camera_id
        self._init: InitSegment | None = None
        self._due = time.monotonic() + FIRST_S

    def begins(self, init: InitSegment) -> None:
        self._init = init

    def takes(self, fragment: Fragment) -> None:
        now = time.monotonic()
        if not fragment.key or now < self._due or self._init is None:
            return
        self._due = now + EVERY_S
        video = self._init.video
        film = self._init.data + fragment.data
        self._checker.offer(self._camera_id, Frame(film, f"{video.width}x{video.height}"))

    def ends(self) -> None:
        self._init = None
        self._checker.forget(self._camera_id)
