"""From the event in the picture to the card in the room, beyond the time the rule itself has to wait.

Cameras play a visit over and over: somebody steps into a zone at a moment of the film that is known. `run_cameras`
records them and tells, `run_detection` watches, the card comes over a real WebSocket. When the visitor stepped in is
not taken from the signal but from the recording: the film's own time, and the stamp of the fragment that holds it.
What the rule has to wait for (inside for 1 s) is taken off. The floor: the same moment until the fragment that holds
it lies whole on the disk; before that nothing can be told.

    make bench NAME=latency [ARGS="--cameras 4 --seconds 90"]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benches import report
from benches.screens import Screen, close_all, open_all
from benches.stage import Stage, on_stage
from tests.servers import ROOT

QUIET_S, WALK_S, AFTER_S = 4.0, 4.0, 1.0
LOOP_S = QUIET_S + WALK_S + AFTER_S
ZONE_FROM = 0.3  # of the width: where the visitor's foot steps in
PATH = (0.1, 0.6)
STAY_S = 1.0
WARM_AT_MOST_S = 120.0
LATE_S = 5.0


class Room(Screen):
    """Notes when each card came, by the clock of the pictures."""

    def __init__(self, *words: Any) -> None:
        super().__init__(*words)
        self.cards: list[tuple[str, float, float]] = []

    def facts(self, text: str, now: float) -> None:
        import orjson

        for fact in orjson.loads(text)["facts"]:
            if fact["kind"] in ("detection.signalled", "detection.seen_again"):
                self.cards.append((fact["data"]["camera_code"], fact["data"].get("at", ""), time.time()))


def cast(count: int) -> None:
    from cameras.models import Camera
    from detection.actions import enable_profile
    from detection.models import EventType
    from footage.models import Source
    from tests.cast import person
    from tests.detection.cast import profile, street

    supervisor = person("supervisor")
    zone = {"points": [[ZONE_FROM, 0.4], [0.98, 0.4], [0.98, 0.98], [ZONE_FROM, 0.98]]}
    for number in range(count):
        camera: Camera = street(f"L{number}")
        Source.objects.filter(camera=camera).update(kind="file", url="visit.mp4", sub_url="")
        row = profile(camera, "zone_intrusion", zone=zone, parameters={"stay_s": STAY_S})
        enable_profile(actor=supervisor, profile=row, why="bench")
    EventType.objects.update(fold_s=0)


def stepped_in(code: str) -> list[tuple[float, float]]:
    """(when the foot was in the zone, when the fragment that holds that moment lay on the disk), Unix seconds."""
    from footage.models import Segment
    from footage.segment_file import entries_of

    segments = Segment.objects.filter(camera__code=code).order_by("started_at")
    entries = [entry for segment in segments for entry in entries_of(segment.file)]
    enters_s = QUIET_S + WALK_S * (ZONE_FROM - PATH[0]) / (PATH[1] - PATH[0])
    found, media_s, loop = [], 0.0, 0
    for entry in entries:
        lasts_s = entry.duration_us / 1e6
        while loop * LOOP_S + enters_s < media_s + lasts_s:
            moment = entry.starts_us / 1e6 + loop * LOOP_S + enters_s - media_s
            found.append((moment, entry.ends_us / 1e6))
            loop += 1
        media_s += lasts_s
    return found


async def warm(rooms: list[Room], count: int) -> bool:
    """Until each camera has shown that it is watched, and its place is known."""
    until = time.monotonic() + WARM_AT_MOST_S
    while time.monotonic() < until:
        if all(len({code for code, _, _ in room.cards}) == count for room in rooms):
            return True
        await asyncio.sleep(0.5)
    return False


async def measure(stage: Stage, count: int, seconds: float) -> None:
    rooms = [Room(stage.ws, cookie, stage.centre.url) for cookie in stage.cookies]
    tasks = await open_all(rooms)
    if not await warm(rooms, count):
        raise SystemExit("No card came from every camera within two minutes: nothing to measure.")
    began = time.time()
    await asyncio.sleep(seconds)
    await close_all(tasks)
    late, floors, missed = [], [], 0
    for number in range(count):
        code = f"L{number}"
        cards = sorted(at for room in rooms for name, _, at in room.cards if name == code)
        moments = await asyncio.to_thread(stepped_in, code)
        for moment, on_disk in moments:
            if not began < moment < began + seconds - STAY_S - LATE_S:
                continue
            own = [at for at in cards if moment < at < moment + LOOP_S]
            missed += not own
            late += [own[0] - moment - STAY_S] if own else []
            floors.append(on_disk - moment)
    head = ["seconds", "p50", "p95", "p99", "max"]
    ours, floor = report.spread(late), report.spread(floors)
    report.table(
        head,
        [
            ["event in the picture to card", *(ours[name] for name in head[1:])],
            ["floor: its fragment on the disk", *(floor[name] for name in head[1:])],
        ],
    )
    report.line(
        "latency",
        value=ours["p95"],
        floor=floor["p95"],
        unit="s",
        p50=round(ours["p50"], 3),
        events=len(late),
        missed=missed,
        cameras=count,
        limit=3.0,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=90)
    options = parser.parse_args()
    folder = ROOT / "var" / "bench-latency"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    store = {"FOOTAGE_ROOT": str(folder / "footage"), "FOOTAGE_RING": str(folder / "ring")}
    os.environ |= store | {"FOOTAGE_CLIPS": str(folder)}
    running: list[subprocess.Popen[bytes]] = []
    try:
        with on_stage(people=1, buttons=0) as stage:
            from tests.detection import films

            films.file(Path(folder, "visit.mp4"), films.visit(QUIET_S, WALK_S, AFTER_S, path=PATH))
            cast(options.cameras)
            env = stage.centre.env | os.environ
            for words in (["run_cameras"], ["run_detection"]):
                running.append(subprocess.Popen([sys.executable, str(ROOT / "manage.py"), *words], env=env))
            try:
                asyncio.run(measure(stage, options.cameras, options.seconds))
            finally:
                for process in reversed(running):
                    process.terminate()
                    process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
