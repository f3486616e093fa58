"""Many tiles on WebSockets, and the floor: the same bytes from a relay with nothing in it."""

from __future__ import annotations

import asyncio
import struct
import time
from dataclasses import dataclass, field

import orjson
import redis
from websockets.asyncio.client import connect

from benches import glass
from benches.bare_frames import CHANNEL
from benches.stage import Stage, bare_broadcast, cpu_seconds

HEADER = struct.Struct(">BBHIQ")
KEY, INIT, MORE = 1, 2, 4
SETTLE_S = 5.0
SEEN_EVERY = 16  # as the player in static/js/pictures/


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
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        async with connect(
            self.url, additional_headers=headers, origin=self.origin, max_size=None, compression=None,
            ping_interval=None, max_queue=None, open_timeout=60,
        ) as socket:  # fmt: skip
            self.opened.set()
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


async def join(viewers: list[Viewer]) -> list[asyncio.Task[None]]:
    """One after the other, as people sit down: the door is not what is measured."""
    tasks = []
    for viewer in viewers:
        tasks.append(asyncio.create_task(viewer.run()))
        opened = asyncio.create_task(viewer.opened.wait())
        await asyncio.wait([tasks[-1], opened], return_when=asyncio.FIRST_COMPLETED)
        opened.cancel()
    return tasks


async def watched(
    viewers: list[Viewer], pid: int, seconds: float, ready: asyncio.Event | None = None
) -> float:
    """CPU seconds of the process while they look; raises when somebody was cut off."""
    tasks = await join(viewers)
    await asyncio.sleep(SETTLE_S)
    if ready is not None:
        ready.set()
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

        ready = asyncio.Event()

        async def play() -> None:
            await ready.wait()
            begun, first = time.perf_counter(), timeline[0][0]
            for moment, tile, data in timeline:
                await asyncio.sleep(max(0.0, begun + moment - first - time.perf_counter()))
                version, flags, lasts, number, _ = HEADER.unpack_from(data)
                now = int(time.time() * 1000) - lasts
                body = HEADER.pack(version, flags, lasts, number, now) + data[HEADER.size :]
                publisher.publish(f"{CHANNEL}.{tile}", body)

        playing = asyncio.create_task(play())
        seconds = timeline[-1][0] - timeline[0][0] + 1
        used = await watched(viewers, pid, seconds, ready)
        await playing
    return viewers, used


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
