"""Sixteen tiles of quiet streets: what reaches one screen when tiles may rest, against the same tiles all live.

Four drawn streets (320x176, constant quality) that are empty for 24 s and crossed by somebody for 6 s, each at its own
moment, by a real `run_cameras`, to the tiles of two screens at once: one lets its tiles rest, one does not (the
floor). Counted in bytes on the WebSockets, over the same seconds; how much of the time a tile rests comes from the same
run. How quiet streets are is what decides it: the share of seconds in which somebody passes is printed beside it.

    make bench NAME=smart-tiles [ARGS="--tiles 16 --seconds 30"]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
from websockets.asyncio.client import connect

from benches import report
from benches.stage import ROOT, Stage, cpu_seconds, on_stage
from nice_supervision.start.processes import end

STREETS, QUIET_S, PASSES_S = 4, 24, 6
# What run_cameras must have seen before it may call a street still, and a whole turn of the loop besides.
RENEW_S = 20
WARM_S = QUIET_S + PASSES_S + 6


@dataclass
class Tile:
    url: str
    origin: str
    cookie: str
    token: str
    smart: bool
    bytes: int = 0
    fragments: int = 0
    rested_s: float = 0.0
    counting: bool = False
    _rests_since: float | None = None

    async def run(self) -> None:
        async with connect(
            self.url, additional_headers={"Cookie": self.cookie}, origin=self.origin, max_size=None, compression=None,
            ping_interval=None, max_queue=None,
        ) as socket:  # fmt: skip
            await socket.send(
                orjson.dumps({"type": "look", "token": self.token, "smart": self.smart}).decode()
            )
            seen, renewed = 0, time.perf_counter()
            async for data in socket:
                if time.perf_counter() - renewed > RENEW_S:
                    renewed = time.perf_counter()
                    await socket.send('{"type":"renew"}')
                if self.counting:
                    self.bytes += len(data)
                if isinstance(data, str):
                    self._hear(data)
                elif not data[1] & 6:
                    seen += 1
                    self.fragments += self.counting
                    await socket.send(f'{{"type":"seen","n":{seen}}}')

    def _hear(self, said: str) -> None:
        if "refused" in said:
            raise RuntimeError(said)
        if '"still"' in said and self._rests_since is None:
            self._rests_since = time.perf_counter()
        elif '"moves"' in said:
            self._stop_resting()

    def count(self, counting: bool) -> None:
        if self._rests_since is not None:
            if counting:
                self._rests_since = time.perf_counter()
            else:
                self._stop_resting()
        self.counting = counting

    def _stop_resting(self) -> None:
        if self._rests_since is not None and self.counting:
            self.rested_s += time.perf_counter() - self._rests_since
        self._rests_since = None


def draw(clips: Path) -> None:
    """Quiet, then somebody who passes; each street begins elsewhere in its turn."""
    from footage.scenes import FPS, HEIGHT, WIDTH
    from footage.scenes.catalogue import Scene
    from tests.footage.streams import run_ffmpeg

    empty = next(Scene("bench", 11, people=0, cars=0).frames(1))[::4, ::4].tobytes()
    passes = [p[::4, ::4].tobytes() for p in Scene("bench", 11, people=1, cars=0).frames(PASSES_S * FPS)]
    turn = [empty] * (QUIET_S * FPS) + passes
    for n in range(STREETS):
        at = n * len(turn) // STREETS
        run_ffmpeg(
            *["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH // 4}x{HEIGHT // 4}", "-r", str(FPS)],
            *["-i", "pipe:0", "-vf", "noise=alls=2:allf=t,format=yuv420p", "-c:v", "libx264"],
            *["-preset", "veryfast", "-crf", "27", "-g", str(FPS), "-keyint_min", str(FPS)],
            *["-sc_threshold", "0", "-bf", "0", str(clips / f"quiet-{n}.mp4")],
            input=b"".join(turn[at:] + turn[:at]),
        )


def prepare(tiles: int) -> str:
    """The cameras, and the cookie of somebody who may look at them."""
    from django.utils import timezone

    from accounts.models import Habilitation, User
    from benches import cast
    from cameras.models import Camera
    from footage.models import Source

    cast.cameras(tiles)
    Camera.objects.update(exercise=True)
    for n, made in enumerate(Camera.objects.order_by("code")):
        Source.objects.create(camera=made, kind="file", url=f"quiet-{n % STREETS}.mp4")
    [cookie] = cast.sessions(1)
    user = User.objects.order_by("pk")[0]
    Habilitation.objects.create(
        user=user, category=Habilitation.Category.MUNICIPAL_POLICE, authority="Mayor", act="bench",
        starts_on=timezone.localdate(), all_cameras=True,
    )  # fmt: skip
    return cookie


def looks(cookie: str, tiles: int) -> list[str]:
    """For each tile of either screen a camera and a token."""
    from accounts.models import User
    from cameras.models import Camera
    from footage import showing
    from legal.looks import open_looks

    user = User.objects.order_by("pk")[0]
    key = cookie.partition("=")[2]
    looked = showing.looked(list(Camera.objects.order_by("code")[:tiles]))
    opened = [
        open_looks(actor=user, cameras=looked, kind="live", reason="watch", session_key=key) for _ in range(2)
    ]
    return [f"{look.camera_code} {look.token}" for both in opened for look in both.looks]


async def watched(stage: Stage, cookie: str, tokens: list[str], tiles: int, seconds: float) -> list[Tile]:
    shown = [
        Tile(f"{stage.centre.ws_url}/ws/live/{code}/?quality=sub", stage.centre.url, cookie, token, n < tiles)
        for n, (code, _, token) in enumerate(look.partition(" ") for look in tokens)
    ]
    tasks = [asyncio.create_task(tile.run()) for tile in shown]
    await asyncio.sleep(5)
    for tile in shown:
        tile.count(True)
    await asyncio.sleep(seconds)
    for tile in shown:
        tile.count(False)
    ended = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if ended:
        raise RuntimeError(f"{len(ended)} tiles were cut off: {ended[0].exception()!r}")
    return shown


def measure(stage: Stage, tiles: int, seconds: float) -> None:
    clips = stage.centre.var / "clips"
    clips.mkdir(exist_ok=True)
    draw(clips)
    cookie = prepare(tiles)
    env = stage.centre.env | {"FOOTAGE_ROOT": str(stage.centre.var / "footage"), "FOOTAGE_CLIPS": str(clips)}
    command = [sys.executable, str(ROOT / "manage.py"), "run_cameras"]
    cameras = subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(WARM_S)
        before = cpu_seconds(stage.centre.pid("web"))
        shown = asyncio.run(watched(stage, cookie, looks(cookie, tiles), tiles, seconds))
        used = cpu_seconds(stage.centre.pid("web")) - before
    finally:
        end(cameras.pid, signal.SIGTERM)
        cameras.wait()
    tell(shown, seconds, used)


def tell(shown: list[Tile], seconds: float, used: float) -> None:
    smart, live = [one for one in shown if one.smart], [one for one in shown if not one.smart]
    kbit = [8 * sum(one.bytes for one in some) / seconds / 1000 for some in (smart, live)]
    rested = 100 * sum(one.rested_s for one in smart) / len(smart) / seconds
    rows = [
        ["may rest", len(smart), kbit[0], sum(one.fragments for one in smart), round(rested)],
        ["all live", len(live), kbit[1], sum(one.fragments for one in live), 0],
    ]
    report.table(["tiles", "number", "kbit/s of a screen", "fragments", "% of the time at rest"], rows)
    report.line(
        "smart-tiles",
        value=kbit[0],
        floor=kbit[1],
        unit="kbit/s to one screen",
        tiles=len(smart),
        at_rest_percent=round(rested, 1),
        somebody_passes_percent=round(100 * PASSES_S / (QUIET_S + PASSES_S), 1),
        web_cpu_s=round(used, 2),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiles", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    with on_stage(people=0, buttons=0) as stage:
        os.environ.setdefault("FFMPEG", "")
        measure(stage, options.tiles, options.seconds)


if __name__ == "__main__":
    main()
