"""Thirty people look at four cameras each: how old is a fragment when it is there, and what a viewer costs.

Four moving pictures (640x360, 800 kbit/s) by a real `run_cameras`, relayed by the centre's web process to 120
WebSockets. The floor, in the same run: the very frames one viewer of each camera received, at the very moments,
published to a bare daphne that passes them to as many sockets. Compared: p95 of (now − end of the fragment by its
wall clock), and CPU.

    make bench NAME=live [ARGS="--viewers 30 --tiles 4 --seconds 30"]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field

import orjson
import redis
from websockets.asyncio.client import connect

from benches import report
from benches.bare_frames import CHANNEL
from benches.stage import ROOT, Stage, bare_broadcast, cpu_seconds, on_stage
from nice_supervision.start.processes import end

HEADER = struct.Struct(">BBHIQ")
INIT, MORE = 2, 4
SEEN_EVERY = 4  # as the player in static/js/pictures/


@dataclass
class Viewer:
    """One tile. `ages` in ms, `kept` what came and when (monotonic s)."""

    url: str
    origin: str
    cookie: str = ""
    token: str = ""
    keep: bool = False
    ages: list[float] = field(default_factory=list)
    kept: list[tuple[float, bytes]] = field(default_factory=list)
    counting: bool = False
    seen: int = 0
    told: int = 0

    async def run(self) -> None:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        async with connect(
            self.url, additional_headers=headers, origin=self.origin, max_size=None, compression=None,
            ping_interval=None, max_queue=None,
        ) as socket:  # fmt: skip
            if self.token:
                await socket.send(orjson.dumps({"type": "look", "token": self.token}).decode())
            async for data in socket:
                if isinstance(data, str):
                    if "refused" in data:
                        raise RuntimeError(data)
                    continue
                self.take(data)
                if self.token and self.seen - self.told >= SEEN_EVERY:
                    self.told = self.seen
                    await socket.send(f'{{"type":"seen","n":{self.seen}}}')

    def take(self, data: bytes) -> None:
        _version, flags, lasts, _number, starts_ms = HEADER.unpack_from(data)
        if self.keep and self.counting and not flags & INIT:
            self.kept.append((time.perf_counter(), data))
        if flags & (INIT | MORE):
            return
        self.seen += 1
        if self.counting:
            self.ages.append(time.time() * 1000 - starts_ms - lasts)


def prepare(people: int, tiles: int) -> list[list[str]]:
    """Drawn cameras, and for each person a token for each."""
    from django.conf import settings
    from django.utils import timezone

    from accounts.models import Habilitation, User
    from benches import cast
    from cameras.models import Camera, MaskCheck
    from footage import showing
    from footage.models import Source
    from legal.looks import open_looks

    cast.cameras(tiles)
    Camera.objects.update(exercise=True)
    for made in Camera.objects.all():
        Source.objects.create(camera=made, kind="file", url="street.mp4")
        now = timezone.now()
        MaskCheck.objects.create(camera=made, result=MaskCheck.Result.NOTHING, at=now, holds_from=now)
    tokens = []
    looked = showing.looked(list(Camera.objects.order_by("code")[:tiles]))
    for user, cookie in people_of(cast, people, settings.SESSION_COOKIE_NAME, User):
        Habilitation.objects.create(
            user=user, category=Habilitation.Category.MUNICIPAL_POLICE, authority="Mayor", act="bench",
            starts_on=timezone.localdate(), all_cameras=True,
        )  # fmt: skip
        key = cookie.partition("=")[2]
        opened = open_looks(actor=user, cameras=looked, kind="live", reason="watch", session_key=key)
        tokens.append([cookie, *(f"{look.camera_code} {look.token}" for look in opened.looks)])
    return tokens


def people_of(cast, people: int, _cookie_name: str, model):  # type: ignore[no-untyped-def]
    cookies = cast.sessions(people)
    return list(zip(model.objects.order_by("pk")[:people], cookies, strict=True))


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


async def watched(viewers: list[Viewer], pid: int, seconds: float) -> float:
    """CPU seconds of the process while they look; raises when somebody was cut off."""
    tasks = []
    for viewer in viewers:
        tasks.append(asyncio.create_task(viewer.run()))
        await asyncio.sleep(0.01)
    await asyncio.sleep(5)
    for viewer in viewers:
        viewer.counting = True
    before = cpu_seconds(pid)
    await asyncio.sleep(seconds)
    used = cpu_seconds(pid) - before
    for viewer in viewers:
        viewer.counting = False
    ended = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if ended:
        raise RuntimeError(f"{len(ended)} viewers were cut off: {ended[0].exception()!r}")
    return used


async def bare(
    stage: Stage, kept: list[list[tuple[float, bytes]]], people: int
) -> tuple[list[Viewer], float]:
    """The same bytes at the same pace; their wall clock is set to the moment they are published."""
    timeline = sorted((moment, tile, data) for tile, frames in enumerate(kept) for moment, data in frames)
    with bare_broadcast(stage.centre.redis_url, "benches.bare_frames:application") as (url, pid):
        viewers = [
            Viewer(f"{url}?tile={tile}", stage.centre.url) for _ in range(people) for tile in range(len(kept))
        ]
        publisher = redis.Redis.from_url(stage.centre.redis_url)

        async def play() -> None:
            await asyncio.sleep(5)
            begun, first = time.perf_counter(), timeline[0][0]
            for moment, tile, data in timeline:
                await asyncio.sleep(max(0.0, begun + moment - first - time.perf_counter()))
                version, flags, lasts, number, _ = HEADER.unpack_from(data)
                now = int(time.time() * 1000) - lasts
                body = HEADER.pack(version, flags, lasts, number, now) + data[HEADER.size :]
                publisher.publish(f"{CHANNEL}.{tile}", body)

        playing = asyncio.create_task(play())
        seconds = timeline[-1][0] - timeline[0][0] + 1
        used = await watched(viewers, pid, seconds)
        await playing
    return viewers, used


def measure(stage: Stage, people: int, tiles: int, seconds: float) -> None:
    from tests.footage.streams import Clips

    clips = stage.centre.var / "clips"
    clips.mkdir(exist_ok=True)
    Clips(clips).mp4  # noqa: B018  made when first asked for
    tokens = prepare(people, tiles)
    env = stage.centre.env | {"FOOTAGE_ROOT": str(stage.centre.var / "footage")}
    env["FOOTAGE_CLIPS"] = str(clips)
    manage = [sys.executable, str(ROOT / "manage.py")]
    command = [*manage, "run_cameras"]
    cameras = subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(8)
        viewers, used = asyncio.run(ours(stage, tokens, seconds))
    finally:
        end(cameras.pid, 15)
        cameras.wait()
    kept = [viewer.kept for viewer in viewers if viewer.keep]
    floor_viewers, floor_used = asyncio.run(bare(stage, kept, people))
    tell(viewers, used, floor_viewers, floor_used, seconds)


def tell(viewers: list[Viewer], used: float, floor: list[Viewer], floor_used: float, seconds: float) -> None:
    ages = [age for viewer in viewers for age in viewer.ages]
    bare_ages = [age for viewer in floor for age in viewer.ages]
    per = [1000 * used / len(viewers) / seconds, 1000 * floor_used / len(floor) / seconds]
    rows = [
        ["centre", len(ages), report.percentile(ages, 50), report.percentile(ages, 95), per[0]],
        [
            "bare relay",
            len(bare_ages),
            report.percentile(bare_ages, 50),
            report.percentile(bare_ages, 95),
            per[1],
        ],
    ]
    report.table(["", "fragments", "p50 ms", "p95 ms", "CPU ms per viewer and s"], rows)
    report.line(
        "live",
        value=report.percentile(ages, 95),
        floor=report.percentile(bare_ages, 95),
        unit="ms from the end of a fragment to the viewer, p95",
        viewers=len(viewers),
        fragments=len(ages),
        cpu_ms_per_viewer_s=round(per[0], 3),
        floor_cpu_ms_per_viewer_s=round(per[1], 3),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--tiles", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    with on_stage(people=0, buttons=0) as stage:
        os.environ.setdefault("FFMPEG", "")
        measure(stage, options.viewers, options.tiles, options.seconds)


if __name__ == "__main__":
    main()
