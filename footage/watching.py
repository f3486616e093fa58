"""Live pictures on their way to who looks: one Redis subscription per stream and web process (architecture §5).

The hub takes each fragment once, gives it its header once, and puts the same bytes on every viewer's bounded
queue. A viewer that is slow loses what waits for it and goes on at a key frame; the others never notice. A smart
viewer is sent nothing but a whole picture now and then while nothing moves, and word every second that it still is so.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections import deque
from dataclasses import dataclass
from struct import Struct
from weakref import WeakKeyDictionary

import orjson
import redis.asyncio as redis
from django.conf import settings
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from footage.boxes import InitSegment, Splitter
from footage.live import ASK_AGAIN, INIT, KEY, NUDGE, TRANSCODED, WATCH_S, Message, channel, watch_key
from footage.moov import BoxError

logger = logging.getLogger(__name__)
Name = tuple[int, str]
# Version, flags (live.KEY, live.INIT, MORE), ms it lasts, its number in this run, UTC ms of its first picture.
HEADER = Struct(">BBHIQ")
FRAME_VERSION = 1
MORE = 4  # the rest of it follows
PIECE = 60_000  # a long fragment goes in pieces, so that no message of a socket is long
QUEUE = 32  # fragments that wait for one viewer: eight seconds
GROUP = 80  # a group of pictures longer than that is not kept for newcomers
LOST_S = 3.0
# What is too small or too far to be told by its size is seen after so long all the same.
STILL_S = 10.0
WORD_S = 1.0
TURN_S = 0.5
RENEW_S = WATCH_S / 3
AGAIN_S = 1.0
HALF = 1 << 31
# What a thermal camera measured is said to newcomers for so long.
SAID_S = 10.0
FADING = frozenset({"still", "heat"})


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent to a player: a sentence in JSON, or bytes."""

    text: str = ""
    pieces: tuple[bytes, ...] = ()
    key: bool = False
    fragment: bool = False
    starts: bool = False
    again: bool = False  # whether this viewer may still look is asked before anything else is sent
    h265: bool = False

    # A later one of its like says all that it says.
    fades: str = ""


def said(kind: str, **more: object) -> Part:
    return Part(
        text=orjson.dumps({"type": kind, **more}).decode(),
        starts=kind == "start",
        h265=more.get("note") == "h265",
        fades=kind if kind in FADING else "",
    )


class Viewer:
    """One player's bounded queue. `smart`: content with a still while nothing moves."""

    def __init__(self, limit: int = QUEUE, *, smart: bool = False) -> None:
        self.dropped = 0
        self.smart = smart
        # The picture it rests on, and since when (monotonic); None while it is sent everything.
        self.still: tuple[Part, float] | None = None
        self._limit = limit
        self._waiting: deque[Part] = deque()
        self._fragments = 0
        self._needs_key = True
        self._more = asyncio.Event()

    def offer(self, part: Part) -> None:
        """Never waits. Fragments that find no room go, with those before them, up to the next key frame."""
        if part.again:
            self._waiting.appendleft(part)
            self._more.set()
            return
        if part.starts:
            self.dropped += self._fragments
            self._waiting = deque(one for one in self._waiting if one.again)
            self._fragments, self._needs_key, self.still = 0, True, None
        elif part.fragment:
            if self._fragments >= self._limit:
                self._drop_up_to_a_key()
            if self._needs_key and not part.key:
                self.dropped += 1
                return
            self._needs_key = False
            self._fragments += 1
        if part.fades and self._waiting and self._waiting[-1].fades == part.fades:
            self._waiting.pop()
        self._waiting.append(part)
        self._more.set()

    def break_off(self) -> None:
        """Something is missing in what comes: what can be decoded next begins with a key frame."""
        self._needs_key = True

    async def next(self) -> Part:
        while not self._waiting:
            self._more.clear()
            await self._more.wait()
        part = self._waiting.popleft()
        self._fragments -= part.fragment
        return part

    def _drop_up_to_a_key(self) -> None:
        """Keep the newest group that waits, unless it alone fills the queue."""
        waiting = list(self._waiting)
        keys = [at for at, part in enumerate(waiting) if part.key and at > 0]
        start = keys[-1] if keys else len(waiting)
        kept = [part for at, part in enumerate(waiting) if not part.fragment or at >= start]
        self._waiting = deque(kept)
        left = sum(part.fragment for part in kept)
        self.dropped += self._fragments - left
        self._fragments, self._needs_key = left, left == 0


class Stream:
    """One stream of one camera as this process hears it, and who looks at it here."""

    def __init__(self, name: Name) -> None:
        self.name = name
        self.viewers: set[Viewer] = set()
        self._run = self._number = 0
        self._opening: list[Part] = []
        self._group: list[Part] = []
        self._heard_at = time.monotonic()
        self._last_ms: int | None = None
        self._lost: Part | None = None
        self._refused: Part | None = None
        self._said: tuple[Part, float] | None = None
        self._moves = True
        self._word_at = 0.0

    def join(self, viewer: Viewer) -> None:
        """A newcomer is given the beginning and the group of pictures under way: no waiting for a key frame."""
        for part in self._opening:
            viewer.offer(part)
        if viewer.smart and not self._moves and self._group:
            self._rest(viewer, self._group[0])
            viewer.offer(self._still())
        else:
            for part in self._group:
                viewer.offer(part)
        last = self._said[0] if self._said and time.monotonic() - self._said[1] < SAID_S else None
        for part in filter(None, (self._lost, self._refused, last)):
            viewer.offer(part)
        self.viewers.add(viewer)

    def mind(self, viewer: Viewer, *, smart: bool) -> None:
        """Whether a still will do for this one from now on."""
        viewer.smart = smart
        if not smart:
            self._wake(viewer)

    def hear(self, message: Message) -> bool:
        """False when it belongs to a run whose beginning was not heard: ask for it again."""
        if message.refused and message.data == ASK_AGAIN:
            self._hand_out(Part(again=True))
            return True
        if message.refused:
            self._refused = said("unavailable", code=message.data.decode(errors="replace"))
            self._hand_out(self._refused)
            return True
        if message.said:
            part = _about(message.data)
            self._said = part, time.monotonic()
            self._hand_out(part)
            return True
        if message.init:
            if self._is_new(message.run):
                self._begin(message)
            return True
        if message.run != self._run:
            return not self._is_new(message.run)
        if message.number > self._number:
            self._take(message)
        return True

    def turn(self) -> None:
        """Called twice a second: says once that nothing comes any more."""
        if self._lost is None and time.monotonic() - self._heard_at > LOST_S:
            since = None if self._last_ms is None else _iso(self._last_ms)
            self._lost = said("lost", since=since)
            self._hand_out(self._lost)

    def _is_new(self, run: int) -> bool:
        """Runs are milliseconds of a clock, modulo 2^32. Two nodes may send for a moment: the later one counts."""
        if not self._opening or time.monotonic() - self._heard_at > LOST_S:
            return run != self._run
        return 0 < (run - self._run) % (1 << 32) < HALF

    def _begin(self, message: Message) -> None:
        try:
            init = next(iter(Splitter().feed(message.data)), None)
        except BoxError as error:
            logger.warning("camera %s/%s: no beginning of a stream: %s", *self.name, error)
            return
        if not isinstance(init, InitSegment):
            return
        self._run, self._number, self._group, self._refused = message.run, 0, [], None
        self._opening = [_start(init, self.name[1]), Part(pieces=_framed(message, INIT))]
        for part in self._opening:
            self._hand_out(part)

    def _take(self, message: Message) -> None:
        missing = self._number and message.number != self._number + 1
        self._number = message.number
        self._heard_at = time.monotonic()
        self._last_ms = message.starts_us // 1000 + message.duration_ms
        self._lost = None
        part = Part(pieces=_framed(message, KEY if message.key else 0), key=message.key, fragment=True)
        if missing:
            self._group = []
            for viewer in self.viewers:
                viewer.break_off()
        if message.key:
            self._group = [part]
        elif self._group:
            self._group = [*self._group, part] if len(self._group) < GROUP else []
        self._moves = message.moves or not self._group
        word = None if self._moves else self._word()
        for viewer in self.viewers:
            if viewer.smart and not self._moves:
                self._spare(viewer, part, word)
            elif viewer.still is not None:
                self._wake(viewer)
            else:
                viewer.offer(part)

    def _spare(self, viewer: Viewer, part: Part, word: Part | None) -> None:
        """Nothing moves: a whole picture now and then, and word that it is so."""
        now = time.monotonic()
        due = viewer.still is None or now - viewer.still[1] >= STILL_S
        if part.key and due:
            self._rest(viewer, part)
            viewer.offer(self._still())
        elif viewer.still is None:
            viewer.offer(part)  # up to the next key frame
        elif word is not None:
            viewer.offer(word)

    def _rest(self, viewer: Viewer, part: Part) -> None:
        viewer.offer(part)
        viewer.still = part, time.monotonic()

    def _wake(self, viewer: Viewer) -> None:
        """It moves again: what the viewer lacks of the group under way, without a hole."""
        if viewer.still is None:
            return
        shown, viewer.still = viewer.still[0], None
        lacks = self._group[1:] if self._group and self._group[0] is shown else self._group
        if lacks is self._group:
            viewer.break_off()
        viewer.offer(said("moves"))
        for part in lacks:
            viewer.offer(part)

    def _word(self) -> Part | None:
        now = time.monotonic()
        if now - self._word_at < WORD_S:
            return None
        self._word_at = now
        return self._still()

    def _still(self) -> Part:
        """So far was heard, and nothing moved: what a player counts the age of its still by."""
        return said("still", heard=self._last_ms)

    def _hand_out(self, part: Part) -> None:
        for viewer in self.viewers:
            viewer.offer(part)


def _framed(message: Message, flags: int) -> tuple[bytes, ...]:
    """In pieces: the web server lets no long message pass, in either direction."""
    lasts, starts_ms = min(message.duration_ms, 0xFFFF), message.starts_us // 1000
    cuts = range(0, len(message.data), PIECE)
    return tuple(
        HEADER.pack(
            FRAME_VERSION,
            flags | (MORE if at + PIECE < len(message.data) else 0),
            lasts,
            message.number,
            starts_ms,
        )
        + message.data[at : at + PIECE]
        for at in cuts
    )


def _start(init: InitSegment, quality: str) -> Part:
    video = init.video
    note = "h265" if video.codec.startswith(("hvc1", "hev1")) else ""
    if quality in TRANSCODED.values():
        note = "transcoded"
    return said("start", codec=init.codecs, mime=init.mime, width=video.width, height=video.height, note=note)


def _about(sentence: bytes) -> Part:
    """Raises ValueError for what is none."""
    told = orjson.loads(sentence)
    return said(str(told.pop("type")), **told)


def _iso(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC).isoformat(timespec="milliseconds")


class Hub:
    """All streams looked at in one web process, on one connection to Redis."""

    def __init__(self) -> None:
        self.streams: dict[Name, Stream] = {}
        self._by_channel: dict[bytes, Stream] = {}
        self._heard: PubSub | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._asked: dict[Name, float] = {}
        self._client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
        )

    async def join(self, viewer: Viewer, name: Name) -> None:
        stream = self.streams.get(name)
        if stream is not None:
            stream.join(viewer)
            return
        stream = self.streams[name] = Stream(name)
        self._by_channel[channel(*name).encode()] = stream
        stream.join(viewer)
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks = [loop.create_task(self._hear()), loop.create_task(self._turn())]
        elif self._heard is not None:
            with contextlib.suppress(RedisError, OSError):  # the hearing task connects anew and asks for all
                await self._heard.subscribe(channel(*name))
                await self._ask([name])

    def mind(self, viewer: Viewer, name: Name, *, smart: bool) -> None:
        if (stream := self.streams.get(name)) is not None:
            stream.mind(viewer, smart=smart)

    async def leave(self, viewer: Viewer, name: Name) -> None:
        """Let one go; what nobody looks at any more is not asked for, and `run_cameras` stops sending it."""
        stream = self.streams.get(name)
        if stream is None:
            return
        stream.viewers.discard(viewer)
        if stream.viewers:
            return
        del self.streams[name], self._by_channel[channel(*name).encode()]
        if self.streams:
            if self._heard is not None:
                with contextlib.suppress(RedisError, OSError):
                    await self._heard.unsubscribe(channel(*name))
                    if name in self.streams:  # Race: somebody joined meanwhile.
                        await self._heard.subscribe(channel(*name))
            return
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(self) -> None:
        away = False
        try:
            while True:
                try:
                    async with self._client.pubsub(ignore_subscribe_messages=True) as heard:
                        known = set(self.streams)
                        await heard.subscribe(*(channel(*name) for name in known))
                        self._heard = heard
                        # Race: those who joined while this was on its way could not subscribe themselves.
                        if late := set(self.streams) - known:
                            await heard.subscribe(*(channel(*name) for name in late))
                        await self._ask(list(self.streams))
                        away = _told(away, None)
                        while True:
                            message = await heard.get_message(timeout=AGAIN_S)
                            if message is not None:
                                await self._take(message["channel"], message["data"])
                except (RedisError, OSError) as error:
                    self._heard = None
                    away = _told(away, error)
                    await asyncio.sleep(AGAIN_S)
        finally:
            if not self.streams:  # else a newcomer has begun anew on the same client
                self._heard = None
                await self._client.aclose()

    async def _take(self, name: bytes, data: bytes) -> None:
        stream = self._by_channel.get(name)
        if stream is None:
            return
        try:
            understood = stream.hear(Message.unpacked(data))
        except ValueError:
            return
        if not understood and time.monotonic() - self._asked.get(stream.name, 0) > AGAIN_S:
            await self._ask([stream.name])

    async def _turn(self) -> None:
        renewed = time.monotonic()
        while True:
            await asyncio.sleep(TURN_S)
            for stream in list(self.streams.values()):
                stream.turn()
            if time.monotonic() - renewed >= RENEW_S:
                renewed = time.monotonic()
                with contextlib.suppress(RedisError, OSError):
                    await self._ask(list(self.streams), nudge=False)

    async def _ask(self, names: list[Name], *, nudge: bool = True) -> None:
        """Say that somebody looks, for a while; with a nudge, so that it is served at once."""
        async with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                self._asked[name] = time.monotonic()
                pipe.set(watch_key(*name), "1", ex=WATCH_S)
                if nudge:
                    pipe.publish(NUDGE, f"{name[0]}:{name[1]}")
            await pipe.execute()


def _told(away: bool, error: Exception | None) -> bool:
    if error is not None and not away:
        logger.error("Redis is away, no live pictures: %s", error)
    elif error is None and away:
        logger.info("Redis is back")
    return error is not None


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop: one per web process."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
