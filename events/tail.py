"""The live tail: one reader of the log per web process, whatever the number of screens.

The reader wakes on a nudge, or every second without one, reads what follows its last id, encodes it once per
audience and puts the same text on every subscriber's bounded queue. A subscriber that joins with an old id is
first brought up to the reader's id, so a reload, a lost nudge and Redis away are one code path.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

import orjson

from events.facts import KINDS
from events.reader import LogReader, Nudges, Row

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
BATCH = 500
# A pause per socket between two rounds: what arrives meanwhile leaves in one frame, so a burst costs fewer
# frames instead of a busy process. 30 sockets: 6 ms; 300 sockets: 60 ms.
PAUSE_PER_SOCKET = 0.0002
FAR_BEHIND = 5_000


def encode(rows: Iterable[Row], audience: str) -> str | None:
    """One frame for all of an audience, or None when nothing in the rows is for it."""
    facts = [row.public() for row in rows if audience in KINDS[row.kind].audiences]
    if not facts:
        return None
    return orjson.dumps({"type": "facts", "last": facts[-1]["id"], "facts": facts}).decode()


class Subscriber:
    """One screen's bounded queue. When it is full the screen fell behind: it must come back with its last id."""

    def __init__(self, audience: str, on_overrun: Callable[[], None], limit: int = 256) -> None:
        self.audience = audience
        self.queue: asyncio.Queue[str] = asyncio.Queue(limit)
        self.overrun = False
        self._on_overrun = on_overrun

    def offer(self, frame: str) -> None:
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.overrun = True
            self._on_overrun()


class Tail:
    """The reader of one web process; `last` is the id of the last event it has handed out."""

    def __init__(self) -> None:
        self.last = 0
        self.shown = 0  # as `last`, once the sockets have written it
        self.read_at = 0.0
        self.subscribers: set[Subscriber] = set()
        self._reader = LogReader()
        self._nudges = Nudges()
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._joining = 0
        self._catch_ups = asyncio.Semaphore(4)  # a storm of reloads must not take every connection

    async def join(self, subscriber: Subscriber, after: int | None) -> int:
        """Bring a screen up to date from the id it has, then let it follow. Returns the id it starts from.

        Raises LookupError when the screen is too far behind for a replay: it must fetch the snapshot.
        """
        self._joining += 1
        try:
            self._start()
            await asyncio.wait_for(self._ready.wait(), timeout=10)
            cursor = self.last if after is None else after
            if not 0 <= self.last - cursor <= FAR_BEHIND:
                raise LookupError(after)
            if cursor < self.last:
                async with self._catch_ups:
                    await self._catch_up(subscriber, cursor)
            else:
                self.subscribers.add(subscriber)
        finally:
            self._joining -= 1
        return cursor

    async def _catch_up(self, subscriber: Subscriber, cursor: int) -> None:
        reader = LogReader()
        try:
            while cursor < self.last:
                rows = await reader.between(cursor, self.last, BATCH)
                cursor = rows[-1].id if rows else self.last
                if frame := encode(rows, subscriber.audience):
                    async with asyncio.timeout(30):
                        await subscriber.queue.put(frame)
            # No await between the comparison above and this line: nothing can slip between.
            self.subscribers.add(subscriber)
        finally:
            await reader.close()

    def leave(self, subscriber: Subscriber) -> None:
        """Let a screen go; with the last one the reading stops, until somebody joins again."""
        self.subscribers.discard(subscriber)
        if not self.subscribers and not self._joining and self._task is not None:
            self._task.cancel()
            self._task = None

    def broadcast(self, frame: str, audience: str | None = None) -> None:
        """Something that is not a fact (who is here, what moves) for every screen of an audience."""
        for subscriber in tuple(self.subscribers):
            if audience is None or subscriber.audience == audience:
                subscriber.offer(frame)
                if subscriber.overrun:
                    self.leave(subscriber)

    def state(self) -> dict[str, Any]:
        """For /healthz: last id, seconds since the last good read, screens."""
        running = self._task is not None and not self._task.done()
        age = time.monotonic() - self.read_at if running and self.read_at else None
        return {
            "last": self.last,
            "read_age_seconds": age,
            "screens": len(self.subscribers),
            "running": running,
        }

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._ready.clear()
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            async with self._nudges:
                await self._first_id()
                self._ready.set()
                while True:
                    if not await self._round():
                        await self._nudges.wait(POLL_SECONDS)
        finally:
            await self._reader.close()

    async def _first_id(self) -> None:
        while True:
            try:
                self.last = self._nudges.known = await self._reader.last_id()
            except LogReader.AWAY:
                await asyncio.sleep(POLL_SECONDS)
            else:
                return

    async def _round(self) -> bool:
        """Read once and hand out; True when there may be more to read at once."""
        try:
            rows = await self._reader.after(self.last, BATCH)
        except LogReader.AWAY:
            return False
        self.read_at = time.monotonic()
        if not rows:
            return False
        self.last = self._nudges.known = rows[-1].id
        for audience in {subscriber.audience for subscriber in self.subscribers}:
            if frame := encode(rows, audience):
                self.broadcast(frame, audience)
        await asyncio.sleep(0)  # every pump takes its frame and writes it
        self.shown = self.last
        await asyncio.sleep(PAUSE_PER_SOCKET * len(self.subscribers))
        return len(rows) == BATCH


_tails: WeakKeyDictionary[asyncio.AbstractEventLoop, Tail] = WeakKeyDictionary()


def tail() -> Tail:
    """The tail of the running event loop: one per web process."""
    return _tails.setdefault(asyncio.get_running_loop(), Tail())


def give_way(event_id: int, seconds: float = 0.025) -> None:
    """Let the screens of this process show an event before the calling thread goes on computing.

    A thread and the event loop share one interpreter: whoever presses waits, an operator must not. Returns at
    once in a process without screens, and after `seconds` at the latest.
    """
    following = next((t for t in list(_tails.values()) if t.subscribers), None)
    until = time.monotonic() + seconds
    while following is not None and following.shown < event_id and time.monotonic() < until:
        time.sleep(0.001)


def state() -> dict[str, Any]:
    """What /healthz says of this process' tail; callable from any thread."""
    states = [t.state() for t in list(_tails.values())]
    return next((s for s in states if s["running"]), {"running": False, "screens": 0, "last": 0})
