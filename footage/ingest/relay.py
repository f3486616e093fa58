"""Sends fragments to Redis while somebody watches, and only then."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import Protocol

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from footage.boxes import Fragment, InitSegment
from footage.ingest.movement import Movement
from footage.ingest.one_way import keep, one_way, publish
from footage.live import ASK_AGAIN, NUDGE, STREAMS, Message, channel, init_key, watch_key

logger = logging.getLogger(__name__)
INIT_KEPT_S = 3600
ASK_S, AGAIN_S = 1.0, 0.5
AT_ONCE = 256
# So many seconds of a node's fragments wait for a slow Redis; older ones are dropped: live is live.
WAITING = 1024
# Fragments of a group of pictures kept for newcomers: of a camera with one key frame a minute not all of it.
GROUP = 80
Name = tuple[int, str]


class Tap(Protocol):
    """Somebody else who needs each fragment of a channel."""

    def begins(self, init: InitSegment) -> None: ...

    def takes(self, fragment: Fragment, starts_us: int) -> None: ...


class Channel:
    """One stream of one camera: numbers its fragments and keeps the group of pictures under way."""

    def __init__(self, camera_id: int, quality: str, relay: Relay) -> None:
        self.name: Name = (camera_id, quality)
        self.watched = False
        self._relay = relay
        self._run = self._number = 0
        self._init: Message | None = None
        self._movement = Movement()
        self._begun: InitSegment | None = None
        self.tap: Tap | None = None
        # The group under way as it came: what a decoder that starts now needs first.
        self.group: list[tuple[Fragment, int]] = []

    @property
    def under_way(self) -> InitSegment | None:
        """The beginning of what comes, once its first group of pictures has begun."""
        return self._begun if self.group else None

    def begins(self, init: InitSegment, now_us: int) -> None:
        self._run, self._number = now_us // 1000, 0
        self._init = Message(self._run, 0, now_us, 0, key=False, init=True, data=init.data)
        self._movement = Movement()
        self._begun, self.group = init, []
        if self.tap is not None:
            self.tap.begins(init)
        self._relay.keep(self.name, self._init)
        if self.watched:
            self._relay.send(self.name, self._init)

    def takes(self, fragment: Fragment, starts_us: int) -> None:
        self._number += 1
        if fragment.key:
            self.group = []
        if fragment.key or self.group:
            self.group.append((fragment, starts_us))
        if len(self.group) > GROUP:
            self.group = []
        if self.tap is not None:
            self.tap.takes(fragment, starts_us)
        if self.watched:
            moves = self._movement.takes(fragment, starts_us)
            self._relay.send(self.name, self._message(fragment, starts_us, self._number, moves=moves))

    def begins_to_be_watched(self) -> None:
        """What moves is told from now on: while nobody looked nobody asked."""
        self._movement = Movement()
        self.catch_up()

    def catch_up(self) -> None:
        """For somebody who has just begun to watch. Whether something moved in what was is not known any more."""
        if self._init is None:
            return
        self._relay.keep(self.name, self._init)
        self._relay.send(self.name, self._init)
        for number, one in enumerate(self.group, self._number - len(self.group) + 1):
            self._relay.send(self.name, self._message(*one, number, moves=True))

    def _message(self, fragment: Fragment, starts_us: int, number: int, *, moves: bool) -> Message:
        return Message(
            run=self._run,
            number=number,
            starts_us=starts_us,
            duration_ms=fragment.duration * 1000 // fragment.timescale,
            key=fragment.key,
            init=False,
            data=fragment.data,
            moves=moves,
        )


class Relay:
    """One connection for all streams of a node."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._channels: dict[Name, Channel] = {}
        self._waiting: asyncio.Queue[tuple[bytes, ...]] = asyncio.Queue(WAITING)
        self._away = False
        self.wanted: frozenset[Name] = frozenset()
        self.changed = asyncio.Event()
        # Somebody changed what is to be taken in, and will not wait for the next look at the rows.
        self.roster = asyncio.Event()

    def open(self, camera_id: int, quality: str) -> Channel:
        opened = Channel(camera_id, quality, self)
        self._channels[opened.name] = opened
        opened.watched = opened.name in self.wanted
        return opened

    def channel(self, name: Name) -> Channel | None:
        return self._channels.get(name)

    def close(self, closed: Channel) -> None:
        if self._channels.get(closed.name) is closed:
            del self._channels[closed.name]

    def send(self, name: Name, message: Message) -> None:
        self._put(publish(channel(*name), message))

    def refuse(self, name: Name, why: str) -> None:
        """There is no such stream for now: whoever watches is told why."""
        self.send(name, Message(0, 0, 0, 0, key=False, init=False, data=why.encode(), refused=True))

    def say(self, name: Name, sentence: bytes) -> None:
        """Something about the camera, for whoever looks at it now."""
        self.send(name, Message(0, 0, 0, 0, key=False, init=False, data=sentence, said=True))

    def keep(self, name: Name, init: Message) -> None:
        self._put(keep(init_key(*name), init.packed(), INIT_KEPT_S))

    def _put(self, command: tuple[bytes, ...]) -> None:
        if self._away:
            return
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait(command)

    async def run(self, cameras: Iterable[int]) -> None:
        """Until cancelled. `cameras` is asked anew each time: those of this node."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pump())
            tasks.create_task(self._ask(cameras))
            tasks.create_task(self._hear())

    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(
            self._url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
        )

    async def _pump(self) -> None:
        while not _cancelled():
            with contextlib.suppress(RedisError, OSError):  # told by _ask, every second
                async with one_way(self._url) as send:
                    while not _cancelled():
                        batch = list(await self._waiting.get())
                        while not self._waiting.empty() and len(batch) < AT_ONCE:
                            batch += self._waiting.get_nowait()
                        await send(batch)
            await asyncio.sleep(AGAIN_S)

    async def _ask(self, cameras: Iterable[int]) -> None:
        """Every second: who is watched? This also notices Redis going and coming back."""
        client = self._client()
        while not _cancelled():
            names = [(camera, quality) for camera in list(cameras) for quality in STREAMS]
            try:
                found = await client.mget([watch_key(*name) for name in names]) if names else []
            except (RedisError, OSError) as error:
                if not self._away:
                    logger.error("Redis is away, nothing can be watched live; recording goes on: %s", error)
                self._away = True
            else:
                if self._away:
                    logger.info("Redis is back")
                    self._away = False
                self._set_wanted({name for name, value in zip(names, found, strict=True) if value})
            await asyncio.sleep(ASK_S)

    def _set_wanted(self, wanted: set[Name]) -> None:
        if wanted == self.wanted:
            return
        self.wanted = frozenset(wanted)
        self.changed.set()
        for name, open_one in self._channels.items():
            was, open_one.watched = open_one.watched, name in wanted
            if open_one.watched and not was:
                open_one.begins_to_be_watched()

    async def _hear(self) -> None:
        """Nudges: somebody has begun to watch and should not wait for the next question."""
        while not _cancelled():
            try:
                async with self._client().pubsub(ignore_subscribe_messages=True) as heard:
                    await heard.subscribe(NUDGE)
                    while not _cancelled():
                        message = await heard.get_message(timeout=1.0)
                        if message is not None:
                            self._nudged(bytes(message["data"]))
            except (RedisError, OSError):
                await asyncio.sleep(ASK_S)

    def _nudged(self, data: bytes) -> None:
        if data == ASK_AGAIN:
            self.roster.set()
            return
        camera, _, quality = data.decode(errors="replace").partition(":")
        if not camera.isdigit():
            return
        name = int(camera), quality
        open_one = self._channels.get(name)
        if open_one is None or not open_one.watched:
            self._set_wanted({*self.wanted, name})
        else:
            open_one.catch_up()


def _cancelled() -> bool:
    """Whether this task was told to end: the client turns a cancellation at its own time limit into an error."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
