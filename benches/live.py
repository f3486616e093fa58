"""Thirty people look at four cameras each: how old is what they see, and what a viewer costs.

Four drawn streets (768x432) by a real `run_cameras`, relayed by the centre's web process to 120 WebSockets, and to a
room in a real browser. What is old is said by the clock drawn in the pictures: decoded once for each fragment, at the
moment each of the viewers had it; and read back from the screen of the browser. The floor, in the same run: the very
frames one viewer of each camera received, at the very moments, published to a bare daphne that passes them to as many
sockets. Compared: p95 of (now - end of the fragment), and CPU of the process.

    make bench NAME=live [ARGS="--viewers 30 --tiles 4 --seconds 30 --eyes 1"]
"""

from __future__ import annotations

import argparse
import asyncio
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import redis
from websockets.asyncio.client import connect

from benches import glass, report
from benches.bare_frames import CHANNEL
from benches.stage import ROOT, Stage, bare_broadcast, cpu_seconds, on_stage
from nice_supervision.start.processes import end
from tests.browser import chromium, program

HEADER = struct.Struct(">BBHIQ")
KEY, INIT, MORE = 1, 2, 4
SCENE = "avenue"
SEEN_EVERY = 10  # as the player in static/js/pictures/


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
    # When each fragment was there (UTC, s), by its number.
    arrived: dict[int, float] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)
    whole: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    init: bytes = b""
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
        _version, flags, lasts, number, starts_ms = HEADER.unpack_from(data)
        if self.keep and self.counting and not flags & INIT:
            self.kept.append((time.perf_counter(), data))
        if self.keep:
            self.parts.append(data[HEADER.size :])
            if flags & INIT:
                self.init, self.parts = self.parts[-1], []
        if flags & (INIT | MORE):
            return
        if self.keep:
            self.whole[number], self.parts = (flags, b"".join(self.parts)), []
        self.seen += 1
        if self.counting:
            self.arrived[number] = time.time()
            self.ages.append(time.time() * 1000 - starts_ms - lasts)


def prepare(people: int, tiles: int, eyes: int) -> tuple[list[list[str]], list[str]]:
    """Drawn cameras around one place; for each person a token for each; and who looks with a browser."""
    from django.conf import settings
    from django.utils import timezone

    import alerts.actions
    from accounts.models import Habilitation, User
    from benches import cast
    from cameras.models import Camera
    from footage import showing
    from footage.models import Source
    from legal.looks import open_looks
    from places.geometry import destination
    from tests.cast import button, school

    cast.cameras(tiles)
    place = cast.spot(0)
    for number, made in enumerate(Camera.objects.order_by("code")):
        made.exercise = True
        made.lat, made.lon = destination(place, 360 * number / tiles, 60)
        made.save()
        Source.objects.create(camera=made, kind="scene", url=SCENE, sub_url=SCENE)
    tokens, browsers = [], []
    looked = showing.looked(list(Camera.objects.order_by("code")[:tiles]))
    everybody = people_of(cast, people + eyes, settings.SESSION_COOKIE_NAME, User)
    for number, (user, cookie) in enumerate(everybody):
        Habilitation.objects.create(
            user=user, category=Habilitation.Category.MUNICIPAL_POLICE, authority="Mayor", act="bench",
            starts_on=timezone.localdate(), all_cameras=True,
        )  # fmt: skip
        if number >= people:
            browsers.append(cookie)
            continue
        key = cookie.partition("=")[2]
        opened = open_looks(actor=user, cameras=looked, kind="live", reason="watch", session_key=key)
        tokens.append([cookie, *(f"{look.camera_code} {look.token}" for look in opened.looks)])
    # A call, so that the room turns the cameras and shows them.
    alerts.actions.receive_press(device=button(school(at=place, exercise=True)))
    return tokens, browsers


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


def streets(var: Path) -> None:
    """The drawn street, drawn once for this working tree."""
    from tests.footage.streams import drawn_streets

    drawn_streets(var, SCENE)


def rooms(stage: Stage, cookies: list[str], seconds: float) -> list[float]:
    """The room of each of these people in a real browser: ms from glass to glass."""
    found: list[float] = []
    if not cookies or program() is None:
        return found
    with chromium() as browser:
        pages = []
        for cookie in cookies:
            name, _, value = cookie.partition("=")
            context = browser.new_context(viewport={"width": 1600, "height": 950})
            context.add_cookies([{"name": name, "value": value, "url": stage.centre.url}])
            page = context.new_page()
            page.goto(f"{stage.centre.url}/console/", timeout=60_000)
            page.locator(".queue .call").first.click(timeout=30_000)
            page.locator(".tile[data-picture=live] video").first.wait_for(timeout=60_000)
            page.wait_for_timeout(4_000)
            pages.append(page)
        for page in pages:
            glass.watch(page, ".tile[data-picture=live] video")
        pages[0].wait_for_timeout(1000 * seconds)
        for page in pages:
            shown = page.evaluate("glass")
            found += glass.first_seen([(tile, moment, seen) for tile, moment, seen in shown])
    return found


def measure(stage: Stage, people: int, tiles: int, seconds: float, eyes: int) -> None:
    streets(stage.centre.var)
    tokens, browsers = prepare(people, tiles, eyes)
    env = stage.centre.env | {"FOOTAGE_ROOT": str(stage.centre.var / "footage")}
    command = [sys.executable, str(ROOT / "manage.py"), "run_cameras"]
    cameras = subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        time.sleep(8)
        viewers, used = asyncio.run(ours(stage, tokens, seconds))
        # After them and beside nobody: a browser without a graphics card takes all there is.
        shown = rooms(stage, browsers, seconds)
    finally:
        end(cameras.pid, 15)
        cameras.wait()
    kept = [viewer.kept for viewer in viewers if viewer.keep]
    floor_viewers, floor_used = asyncio.run(bare(stage, kept, people))
    tell(viewers, used, floor_viewers, floor_used, seconds, decoded(viewers), shown)


def decoded(viewers: list[Viewer]) -> list[float]:
    """Ms from the second drawn in a key picture to the moment each viewer had it."""
    found = []
    for viewer in viewers:
        if not viewer.keep or not viewer.init:
            continue
        keys = [(number, data) for number, (flags, data) in sorted(viewer.whole.items()) if flags & KEY]
        drawn = glass.seconds_drawn(viewer.init, [data for _number, data in keys], time.time())
        if len(drawn) != len(keys):
            raise RuntimeError(f"{len(keys)} key pictures were sent and {len(drawn)} decoded")
        second_of = {number: second for (number, _data), second in zip(keys, drawn, strict=True)}
        for other in viewers:
            if other.url == viewer.url:
                found += [
                    1000 * (moment - second)
                    for number, moment in other.arrived.items()
                    if (second := second_of.get(number)) is not None
                ]
    return found


def tell(
    viewers: list[Viewer],
    used: float,
    floor: list[Viewer],
    floor_used: float,
    seconds: float,
    drawn: list[float],
    shown: list[float],
) -> None:
    ages = [age for viewer in viewers for age in viewer.ages]
    bare_ages = [age for viewer in floor for age in viewer.ages]
    per = [1000 * used / len(viewers) / seconds, 1000 * floor_used / len(floor) / seconds]
    rows: list[list[object]] = [
        [name, len(found), report.percentile(found, 50), report.percentile(found, 95), cpu]
        for name, found, cpu in (
            ("end of a fragment to the viewer", ages, per[0]),
            ("the same, bare relay", bare_ages, per[1]),
            ("drawn clock to the viewer, decoded", drawn, ""),
            ("drawn clock to the screen of a browser", shown, ""),
        )
    ]
    report.table(["", "samples", "p50 ms", "p95 ms", "CPU ms per viewer and s"], rows)
    report.line(
        "live",
        value=report.percentile(ages, 95),
        floor=report.percentile(bare_ages, 95),
        unit="ms from the end of a fragment to the viewer, p95",
        viewers=len(viewers),
        fragments=len(ages),
        decoded_ms_p50=round(report.percentile(drawn, 50), 1),
        decoded_ms_p95=round(report.percentile(drawn, 95), 1),
        glass_to_glass_ms_p50=round(report.percentile(shown, 50), 1),
        glass_to_glass_ms_p95=round(report.percentile(shown, 95), 1),
        glass_samples=len(shown),
        cpu_ms_per_viewer_s=round(per[0], 3),
        floor_cpu_ms_per_viewer_s=round(per[1], 3),
        cpu_ratio=round(per[0] / per[1], 2) if per[1] else None,
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
