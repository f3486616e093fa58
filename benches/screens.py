"""Screens for benches: real WebSockets to a real daphne, each noting when each alert came."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import orjson
import websockets
from websockets.asyncio.client import ClientConnection, connect


class Screen:
    """One open console. `seen[number]` is when its alert came (seconds, monotonic); `order` as they came."""

    def __init__(self, url: str, cookie: str, origin: str) -> None:
        self.url, self.cookie, self.origin = url, cookie, origin
        self.seen: dict[str, float] = {}
        self.order: list[int] = []
        self.doubled = self.frames = self.bytes = 0
        self.last = 0
        self.kept: list[tuple[float, str]] | None = None
        self.dropped = False
        self.ready = asyncio.Event()

    async def run(self) -> None:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        async with connect(
            self.url,
            additional_headers=headers,
            origin=self.origin,
            max_queue=None,
            compression=None,
            ping_interval=None,
        ) as socket:
            acks = asyncio.create_task(self._say_seen(socket))
            try:
                async for text in socket:
                    self._take(text, time.perf_counter())
            except websockets.ConnectionClosed:
                self.dropped = True
            else:
                self.dropped = True
            finally:
                acks.cancel()

    def _take(self, text: str | bytes, now: float) -> None:
        assert isinstance(text, str)
        if text.startswith('{"type":"hello"'):
            self.ready.set()
        if not text.startswith('{"type":"facts"'):
            return
        self.frames += 1
        self.bytes += len(text)
        if self.kept is not None:
            self.kept.append((now, text))
        self.last = int(text[23 : text.index(",", 23)])
        self.facts(text, now)

    def facts(self, text: str, now: float) -> None:
        for fact in orjson.loads(text)["facts"]:
            self.order.append(fact["id"])
            if fact["kind"] == "alerts.received":
                number = fact["data"]["number"]
                if number in self.seen:
                    self.doubled += 1
                self.seen.setdefault(number, now)

    async def _say_seen(self, socket: ClientConnection) -> None:
        said = 0
        while True:
            await asyncio.sleep(0.3)
            if self.last != said:
                said = self.last
                with contextlib.suppress(websockets.ConnectionClosed):
                    await socket.send(f'{{"type":"seen","id":{said}}}')


class Counter(Screen):
    """A screen that only counts, for loads where reading every fact would measure the reader."""

    def facts(self, text: str, now: float) -> None:
        pass


class BareScreen(Screen):
    """A screen on the bare broadcast: each text is one arrival."""

    def __init__(self, url: str, origin: str) -> None:
        super().__init__(url, "", origin)
        self.arrivals: dict[str, float] = {}

    def _take(self, text: str | bytes, now: float) -> None:
        assert isinstance(text, str)
        self.frames += 1
        self.bytes += len(text)
        self.arrivals.setdefault(text[:24], now)

    async def _say_seen(self, socket: ClientConnection) -> None:
        self.ready.set()


async def open_all(screens: list[Any]) -> list[asyncio.Task[None]]:
    """Connect them all and wait until each follows."""
    tasks = []
    for screen in screens:
        tasks.append(asyncio.create_task(screen.run()))
        await asyncio.sleep(0.01)
    for screen in screens:
        await asyncio.wait_for(screen.ready.wait(), 30)
    return tasks


async def close_all(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
