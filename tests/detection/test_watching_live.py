"""The whole way: recorded, told, looked at, signalled, on a screen. With a worker that dies, and without Redis."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from detection.actions import enable_profile, stop_all
from detection.models import EventType, Signal, WatchState
from events.models import Pulse
from footage.models import Source
from nice_supervision.start import centre as programs
from tests import cast
from tests.console.conftest import cookie_of
from tests.detection import films
from tests.detection.cast import profile, street
from tests.footage.streams import Node, until
from tests.servers import ROOT, Centre
from tests.survival.outside import Console

pytestmark = [pytest.mark.survival, pytest.mark.slow]
LOOP_S = 6.0
REDIS_AWAY_S = 6.0


class Detector:
    """`run_detection` as a process of its own, started again when it ends, as `manage.py up` does."""

    def __init__(self, centre: Centre, env: dict[str, str], log: Path) -> None:
        self.env, self.log = centre.env | env, log
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.lives()

    def lives(self) -> None:
        if self.process is None or self.process.poll() is not None:
            self.starts += 1
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), *programs.OPTIONAL["detect"]],
                env=self.env,
                stderr=self.log.open("ab"),
                cwd=ROOT,
            )

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(30)


@pytest.fixture
def store(tmp_path: Path, settings: object) -> Path:
    settings.FOOTAGE_ROOT = str(tmp_path / "footage")  # type: ignore[attr-defined]
    return tmp_path / "footage"


@pytest.fixture
def detector(live_centre: Centre, store: Path, tmp_path: Path) -> Iterator[Callable[[], Detector]]:
    """A camera that plays a visit over and over is recorded; what watches it is started by the test."""
    env = {"FOOTAGE_ROOT": str(store), "FOOTAGE_RING": str(tmp_path / "ring")}
    films.file(tmp_path / "visit.mp4", films.visit(2.5, 3, 0.5, path=(0.3, 0.6)))
    name = connection.settings_dict["NAME"]
    recording = Node("1/1", name, store, tmp_path, env | {"REDIS_URL": live_centre.redis_url})
    running: list[Detector] = []

    def start() -> Detector:
        running.append(Detector(live_centre, env, tmp_path / "detector.log"))
        return running[-1]

    yield start
    codes = [one.stop() for one in running]
    recording.stop()
    assert codes == [0] * len(codes), "told to stop, it stops"


def test_while_nothing_may_be_watched_it_waits_without_what_decodes(
    live_centre: Centre, tmp_path: Path
) -> None:
    waiting = Detector(live_centre, {}, tmp_path / "detector.log")
    assert waiting.process is not None
    until(lambda: Pulse.objects.filter(name="detect 1/1").exists(), 40, said=waiting.log.read_text())
    maps = Path("/proc", str(waiting.process.pid), "maps").read_text()
    assert "psycopg" in maps and "cv2" not in maps and "libav" not in maps
    assert waiting.stop() == 0


def test_from_the_street_to_the_screen_through_everything_that_breaks(
    live_centre: Centre, detector: Callable[[], Detector]
) -> None:
    camera = street("L1")
    Source.objects.filter(camera=camera).update(kind="file", url="visit.mp4", sub_url="visit.mp4")
    row = profile(camera, "zone_intrusion")
    EventType.objects.filter(code="zone_intrusion").update(fold_s=0)
    supervisor = cast.person("supervisor")
    enable_profile(actor=supervisor, profile=row, why="test")
    running = detector()

    def another(why: str) -> None:
        """One more visit is signalled."""
        before = Signal.objects.count()

        def came() -> bool:
            running.lives()
            return Signal.objects.count() > before

        until(came, 60, every=0.5, said=f"{why}: {running.log.read_text()}")

    with Console(live_centre, cookie_of(cast.person("operator"))) as console:
        until(lambda: console.got("detection.signalled"), 60, said=running.log.read_text())
        [card, *_] = console.got("detection.signalled")
        assert card["data"]["camera_code"] == "L1" and card["data"]["exercise"] is True
        until(lambda: live_centre.health("watching")["http"] == 200, 20)
        with urllib.request.urlopen(f"{live_centre.url}/metrics") as metrics:
            assert b'nice_watched_cameras{state="watching"} 1.0' in metrics.read()
        running.kill()
        another("after a death")
        live_centre.stop_redis()
        away = time.monotonic()
        another("without Redis")
        time.sleep(max(0.0, REDIS_AWAY_S - (time.monotonic() - away)))
        live_centre.start_redis()
        another("with Redis again")
        assert WatchState.objects.get().skipped_s == 0, "nothing was lost"
        began = time.monotonic()
        stop_all(actor=supervisor, why="test")
        until(lambda: WatchState.objects.get().state == "off", 20)
        assert time.monotonic() - began < 5, "L-23"
    at = sorted(signal.at.timestamp() for signal in Signal.objects.all())
    gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert min(gaps) > LOOP_S / 2, "each visit once, whoever looked at it"
