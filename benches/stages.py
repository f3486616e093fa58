"""Where the time goes from the drawn clock to the screen: when the key picture of each second was at each stage.

A second is drawn into a picture at the moment it begins, and that picture is a key picture, the first of its fragment:
the one that waits longest. Each probe notes the moment it had the fragment that begins with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import redis.asyncio

from benches import report
from nice_supervision.start.processes import free_port

SYSTEM_PYTHON = "/usr/bin/python3"
SECOND_US = 1_000_000
# In the page, before its own scripts: what comes down its sockets, and when the browser has taken it in.
WATCH = """
globalThis.chain = { heard: [], taken: [] };
{
    const begins = new WeakMap();
    globalThis.WebSocket = class extends WebSocket {
        constructor(...words) {
            super(...words);
            this.addEventListener('message', ({ data }) => {
                if (!(data instanceof ArrayBuffer)) return;
                const view = new DataView(data);
                if ((view.getUint8(1) & 7) !== 1) return;
                begins.set(data, Number(view.getBigUint64(8)));
                chain.heard.push([begins.get(data), performance.timeOrigin + performance.now()]);
            });
        }
    };
    const append = SourceBuffer.prototype.appendBuffer;
    SourceBuffer.prototype.appendBuffer = function (data) {
        const begun = begins.get(data.buffer);
        if (begun) {
            const taken = () => chain.taken.push([begun, performance.timeOrigin + performance.now()]);
            this.addEventListener('updateend', taken, { once: true });
        }
        return append.call(this, data);
    };
}
"""


class Stages:
    """Ms from each drawn second, by stage. Filled by several threads."""

    def __init__(self) -> None:
        self.found: dict[str, list[float]] = {}
        self.counting = False

    def note(self, stage: str, starts_us: float, at_s: float) -> None:
        """A fragment begins a little after the second that is drawn in it: as late as the chain had it at best."""
        if self.counting:
            second = int(starts_us) // SECOND_US
            self.found.setdefault(stage, []).append(1000 * (at_s - second))

    def rows(self, names: dict[str, str]) -> list[list[object]]:
        rows, before = [], 0.0
        for stage, words in names.items():
            if told := self.found.get(stage):
                middle = report.percentile(told, 50)
                rows.append([words, len(told), middle, report.percentile(told, 95), middle - before])
                before = middle if stage != "rtsp" else before
        return rows


class Probe:
    """The sink of a stream of the bench's own: when a fragment came out of ffmpeg and was whole."""

    def __init__(self, stages: Stages, stage: str) -> None:
        from footage.ingest.clock import WallClock

        self._stages, self._stage, self._make = stages, stage, WallClock
        self._clock = WallClock()

    def begins(self, init: Any) -> None:
        self._clock = self._make()

    def takes(self, fragment: Any, arrived_us: int) -> None:
        stamp = self._clock.stamp(fragment, arrived_us)
        if fragment.key:
            self._stages.note(self._stage, stamp.starts_us, arrived_us / 1e6)

    def clock(self, ahead_us: int) -> None:
        pass

    def ends(self, why: str) -> None:
        pass


class Lengths:
    """A way into the camera over RTSP, as the player of drawn streets expects one."""

    def __init__(self, out: Any) -> None:
        self._out = out

    def write(self, data: bytes) -> None:
        self._out.write(struct.pack(">I", len(data)) + data)
        self._out.flush()

    async def drain(self) -> None:
        await asyncio.sleep(0)


async def by_pipe(stages: Stages, scene: str) -> None:
    """The camera's first stage alone: a drawn street through ffmpeg, as run_cameras takes it in."""
    from footage.ingest.program import Spec
    from footage.ingest.stream import Stream
    from footage.scenes.player import Player

    spec = Spec(90_001, "PROBE", "sub", "scene", scene)
    await Stream(spec, Probe(stages, "pipe"), Path(), Player()).run()


async def by_rtsp(stages: Stages, scene: str) -> None:
    """The same street as a camera of the network sends it. Without GStreamer there is no such row."""
    from footage.ingest.program import Spec
    from footage.ingest.stream import Stream
    from footage.scenes.player import Player

    port = free_port()
    server = Path(__file__).with_name("rtsp_clock.py")
    with subprocess.Popen(
        [SYSTEM_PYTHON, str(server), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            if process.stdout is None or process.stdout.readline() != b"ready\n":
                return
            spec = Spec(90_002, "PROBE", "sub", "scene", scene)
            into: Any = Lengths(process.stdin)
            feeding = asyncio.create_task(Player().feed(spec, into))
            spec = Spec(90_003, "PROBE", "sub", "rtsp", f"rtsp://127.0.0.1:{port}/main")
            try:
                await Stream(spec, Probe(stages, "rtsp"), Path()).run()
            finally:
                feeding.cancel()
        finally:
            process.kill()


async def by_redis(stages: Stages, url: str) -> None:
    """What run_cameras publishes, as the web process hears it."""
    from footage.live import Message

    async with redis.asyncio.Redis.from_url(url).pubsub(ignore_subscribe_messages=True) as heard:
        await heard.psubscribe("live:*:sub")
        async for said in heard.listen():
            message = Message.unpacked(said["data"])
            if message.key and not message.init:
                stages.note("redis", message.starts_us, time.time())


@contextlib.contextmanager
def beside(*jobs: Callable[[], Coroutine[Any, Any, None]]) -> Iterator[None]:
    """In a thread of their own: the thread of the bench drives a browser."""
    loop = asyncio.new_event_loop()

    async def run() -> None:
        await asyncio.gather(*(job() for job in jobs), return_exceptions=True)

    task = loop.create_task(run())

    def turn() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=turn, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)
