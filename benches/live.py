"""How old is what people see, where the time goes, and what a viewer costs.

Four drawn streets (768x432, a key picture a second) come through a real `run_cameras` and the centre's web process.
Their pictures are encoded beforehand and carry the true clock (decision 0011): the source costs next to nothing.

1. A room in a real browser looks alone. The drawn clock is read back from its screen: glass to glass. Probes beside it
   say where the time goes, stage by stage: the same street through ffmpeg alone, and over RTSP; what Redis carries; the
   browser's socket; its decoder.
2. Thirty people look at four cameras each (120 WebSockets) while the room stays open. The clock is decoded from the
   key pictures, and its age taken at the moment each of the 120 had them.
3. The floor: the very frames one viewer of each camera received, at the very moments, published to a bare daphne
   that passes them to as many sockets. Compared: p95 of (now - end of the fragment), and CPU of the process.

The browser draws without a graphics card and without imitating one: in software, and the map is left out. How busy the
machine was is said beside each figure: above some 85 % the figures are those of a machine that is too small.

    make bench NAME=live [ARGS="--viewers 30 --tiles 4 --seconds 30 --eyes 1"]
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benches import glass, report, stages
from benches.stage import ROOT, Stage, cpu_seconds, on_stage
from benches.viewers import Viewer, bare, decoded, watched
from nice_supervision.start.processes import end
from tests.browser import chromium, program

SCENE = "avenue"
IDLE_S = 4.0
# A processor that imitates a graphics card draws three pictures a second of a room; one that just draws, all.
DRAWN = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
TILES = ".tile[data-picture=live] video"
STAGES = {
    "rtsp": "the same street over RTSP, whole out of ffmpeg (beside the chain)",
    "pipe": "the key picture's fragment, whole out of ffmpeg",
    "redis": "heard on Redis",
    "heard": "in the browser's socket",
    "taken": "taken in by the browser",
    "shown": "on its screen",
}


def prepare(tiles: int, people: int) -> list[str]:
    """Drawn cameras around one place, a call there so that the room turns and shows them, and who may look: cookies."""
    from django.utils import timezone

    import alerts.actions
    from accounts.models import Habilitation, User
    from benches import cast
    from cameras.models import Camera
    from footage.models import Source
    from places.geometry import destination
    from tests.cast import button, school

    cast.cameras(tiles)
    place = cast.spot(0)
    for number, made in enumerate(Camera.objects.order_by("code")):
        made.exercise = True
        made.lat, made.lon = destination(place, 360 * number / tiles, 60)
        made.save()
        Source.objects.create(camera=made, kind="scene", url=SCENE, sub_url=SCENE)
    cookies = cast.sessions(people)
    Habilitation.objects.bulk_create(
        Habilitation(
            user=user, category=Habilitation.Category.MUNICIPAL_POLICE, authority="Mayor", act="bench",
            starts_on=timezone.localdate(), all_cameras=True,
        )
        for user in User.objects.order_by("pk")[:people]
    )  # fmt: skip
    alerts.actions.receive_press(device=button(school(at=place, exercise=True)))
    return cookies


def looks_of(cookies: list[str], tiles: int) -> list[list[str]]:
    """For each person a token for each camera: they must be used within a minute."""
    from accounts.models import User
    from cameras.models import Camera
    from footage import showing
    from legal.looks import open_looks

    looked = showing.looked(list(Camera.objects.order_by("code")[:tiles]))
    found = []
    for user, cookie in zip(User.objects.order_by("pk"), cookies, strict=False):
        key = cookie.partition("=")[2]
        opened = open_looks(actor=user, cameras=looked, kind="live", reason="watch", session_key=key)
        found.append([cookie, *(f"{look.camera_code} {look.token}" for look in opened.looks)])
    return found


async def ours(stage: Stage, tokens: list[list[str]], seconds: float) -> tuple[list[Viewer], float]:
    viewers = [
        Viewer(
            f"{stage.centre.ws_url}/ws/live/{code}/?quality=sub", stage.centre.url, cookie, token, keep=n == 0
        )
        for n, (cookie, *looks) in enumerate(tokens)
        for code, _, token in (look.partition(" ") for look in looks)
    ]
    used = await watched(viewers, stage.centre.pid("web"), seconds)
    return viewers, used


def streets(var: Path) -> None:
    """The drawn street, drawn once for this working tree."""
    from tests.footage.streams import drawn_streets

    drawn_streets(var, SCENE)


@dataclass
class Phase:
    """What was seen on screens, and how busy the machine was meanwhile."""

    glass: list[float] = field(default_factory=list)
    busy_percent: float = 0.0


class Room:
    """A room of the centre in a real browser, its clocks read all the while."""

    def __init__(self, browser: Any, stage: Stage, cookie: str) -> None:
        name, _, value = cookie.partition("=")
        context = browser.new_context(viewport={"width": 1600, "height": 950})
        context.add_cookies([{"name": name, "value": value, "url": stage.centre.url}])
        context.add_init_script(stages.WATCH)
        self.page = context.new_page()
        self.page.goto(f"{stage.centre.url}/console/", timeout=60_000)
        self.page.locator(".queue .call").first.click(timeout=60_000)
        self.page.locator(TILES).first.wait_for(timeout=60_000)
        self.page.wait_for_timeout(4_000)
        glass.watch(self.page, TILES)

    def clear(self) -> None:
        self.page.evaluate("glass.length = chain.heard.length = chain.taken.length = 0")

    def seen(self) -> dict[tuple[int, int], float]:
        return glass.first_shown([(tile, moment, dots) for tile, moment, dots in self.page.evaluate("glass")])

    def tell(self, found: stages.Stages) -> None:
        for stage in ("heard", "taken"):
            for starts_ms, at_ms in self.page.evaluate(f"chain.{stage}"):
                found.note(stage, 1000 * starts_ms, at_ms / 1000)
        for (_tile, second), at_ms in self.seen().items():
            found.note("shown", second * stages.SECOND_US, at_ms / 1000)


@contextmanager
def rooms(stage: Stage, cookies: list[str]) -> Iterator[list[Room]]:
    if not cookies or program() is None:
        yield []
        return
    with chromium(DRAWN) as browser:
        yield [Room(browser, stage, cookie) for cookie in cookies]


def look(open_rooms: list[Room], wait: Callable[[], object]) -> Phase:
    for room in open_rooms:
        room.clear()
    psutil.cpu_percent()
    wait()
    busy = psutil.cpu_percent()
    seen = [
        1000 * (at_ms / 1000 - second) for room in open_rooms for (_, second), at_ms in room.seen().items()
    ]
    return Phase(seen, busy)


def alone(stage: Stage, open_rooms: list[Room], found: stages.Stages, seconds: float) -> Phase:
    """The rooms look, and probes stand at each stage."""
    if not open_rooms:
        return Phase()
    probes = (
        lambda: stages.by_pipe(found, SCENE),
        lambda: stages.by_rtsp(found, SCENE),
        lambda: stages.by_redis(found, stage.centre.redis_url),
    )
    with stages.beside(*probes):
        open_rooms[0].page.wait_for_timeout(5_000)
        found.counting = True
        phase = look(open_rooms, lambda: open_rooms[0].page.wait_for_timeout(1000 * seconds))
        for room in open_rooms:
            room.tell(found)
        found.counting = False
    return phase


def crowd(
    stage: Stage, open_rooms: list[Room], tokens: list[list[str]], seconds: float
) -> tuple[list[Viewer], float, Phase]:
    """In a thread: the rooms' browser has this one."""
    done: list[tuple[list[Viewer], float]] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(asyncio.run(ours(stage, tokens, seconds)))
        except (RuntimeError, OSError) as error:
            failed.append(error)

    thread = threading.Thread(target=run)

    def wait() -> None:
        thread.start()
        while thread.is_alive():
            if open_rooms:
                open_rooms[0].page.wait_for_timeout(500)
            else:
                thread.join(0.5)

    phase = look(open_rooms, wait)
    if failed:
        raise failed[0]
    [(viewers, used)] = done
    return viewers, used, phase


def idle(stage: Stage) -> float:
    """CPU s per s of the web process while nobody looks."""
    before = cpu_seconds(stage.centre.pid("web"))
    time.sleep(IDLE_S)
    return (cpu_seconds(stage.centre.pid("web")) - before) / IDLE_S


def measure(stage: Stage, people: int, tiles: int, seconds: float, eyes: int) -> None:
    streets(stage.centre.var)
    cookies = prepare(tiles, people + eyes)
    browsers = cookies[people:]
    env = stage.centre.env | {"FOOTAGE_ROOT": str(stage.centre.var / "footage")}
    command = [sys.executable, str(ROOT / "manage.py"), "run_cameras"]
    cameras = subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    found = stages.Stages()
    try:
        time.sleep(8)
        rests = idle(stage)
        with rooms(stage, browsers) as open_rooms:
            by_itself = alone(stage, open_rooms, found, min(seconds, 20))
            source = cpu_seconds(cameras.pid)
            began = time.monotonic()
            tokens = looks_of(cookies[:people], tiles)
            viewers, used, crowded = crowd(stage, open_rooms, tokens, seconds)
            source = (cpu_seconds(cameras.pid) - source) / (time.monotonic() - began)
    finally:
        end(cameras.pid, 15)
        cameras.wait()
    kept = [viewer.kept for viewer in viewers if viewer.keep]
    floor_viewers, floor_used = asyncio.run(bare(stage, kept, people))
    report.table(["key picture of a second", "seen", "p50 ms", "p95 ms", "of it here"], found.rows(STAGES))
    print(
        f"run_cameras and its ffmpegs: {source:.2f} cores of {psutil.cpu_count()}, drawn clocks and relay included"
    )
    costs = [1000 * (used / seconds - rests) / len(viewers), 1000 * floor_used / len(floor_viewers) / seconds]
    tell(viewers, floor_viewers, costs, by_itself, crowded)


def tell(
    viewers: list[Viewer], floor: list[Viewer], costs: list[float], alone: Phase, crowded: Phase
) -> None:
    ages = [age for viewer in viewers for age in viewer.ages]
    bare_ages = [age for viewer in floor for age in viewer.ages]
    drawn = decoded(viewers)
    rows: list[list[object]] = [
        [name, len(found), report.percentile(found, 50), report.percentile(found, 95), cpu, busy]
        for name, found, cpu, busy in (
            ("end of a fragment to the viewer", ages, costs[0], crowded.busy_percent),
            ("the same, bare relay", bare_ages, costs[1], ""),
            ("drawn clock to the viewer, decoded", drawn, "", crowded.busy_percent),
            ("drawn clock to the screen, alone", alone.glass, "", alone.busy_percent),
            ("drawn clock to the screen, beside all", crowded.glass, "", crowded.busy_percent),
        )
    ]
    report.table(["", "samples", "p50 ms", "p95 ms", "CPU ms per viewer and s", "machine busy %"], rows)
    report.line(
        "live",
        value=report.percentile(ages, 95),
        floor=report.percentile(bare_ages, 95),
        unit="ms from the end of a fragment to the viewer, p95",
        viewers=len(viewers),
        fragments=len(ages),
        decoded_ms_p50=round(report.percentile(drawn, 50), 1),
        decoded_ms_p95=round(report.percentile(drawn, 95), 1),
        glass_to_glass_ms_p50=round(report.percentile(alone.glass, 50), 1),
        glass_to_glass_ms_p95=round(report.percentile(alone.glass, 95), 1),
        glass_samples=len(alone.glass),
        busy_percent=round(alone.busy_percent),
        crowded_glass_ms_p50=round(report.percentile(crowded.glass, 50), 1),
        crowded_glass_ms_p95=round(report.percentile(crowded.glass, 95), 1),
        crowded_busy_percent=round(crowded.busy_percent),
        cpu_ms_per_viewer_s=round(costs[0], 3),
        floor_cpu_ms_per_viewer_s=round(costs[1], 3),
        cpu_ratio=round(costs[0] / costs[1], 2) if costs[1] else None,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--tiles", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--eyes", type=int, default=1, help="rooms in a real browser")
    options = parser.parse_args()
    with on_stage(people=0, buttons=0) as stage:
        measure(stage, options.viewers, options.tiles, options.seconds, options.eyes)


if __name__ == "__main__":
    main()
