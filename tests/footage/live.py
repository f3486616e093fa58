"""A camera that is not there: publishes fragments on Redis as `run_cameras` would, when somebody looks."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import orjson
import redis.asyncio as redis
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts.models import User
from footage.boxes import Fragment, InitSegment, Splitter
from footage.live import NUDGE, Message, channel, watch_key
from footage.watching import HEADER
from nice_supervision.asgi import application
from tests.footage import streams

ORIGIN = (b"origin", b"http://localhost")


def parts_of(clips: streams.Clips, name: str = "mp4") -> tuple[InitSegment, list[Fragment]]:
    data = streams.fragmented(clips.mp4 if name == "mp4" else getattr(clips, name).path)
    init, *fragments = Splitter().feed(data)
    assert isinstance(init, InitSegment)
    return init, [one for one in fragments if isinstance(one, Fragment)]


@dataclass
class FakeCamera:
    camera_id: int
    init: InitSegment
    fragments: list[Fragment]
    quality: str = "main"
    run: int = 1
    number: int = 0
    nudges: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = redis.Redis.from_url(settings.REDIS_URL)

    @property
    def channel(self) -> str:
        return channel(self.camera_id, self.quality)

    async def begin(self, run: int | None = None, init: InitSegment | None = None) -> None:
        self.run, self.number, self.init = run or self.run, 0, init or self.init
        await self.send(Message(self.run, 0, _us(), 0, key=False, init=True, data=self.init.data))

    async def fragment(self, *, skip: int = 0, moves: bool = True) -> Fragment:
        self.number += 1 + skip
        one = self.fragments[(self.number - 1) % len(self.fragments)]
        message = Message(self.run, self.number, _us(), 500, one.key, False, one.data, moves)
        await self.send(message)
        return one

    async def send(self, message: Message) -> None:
        await self.client.publish(self.channel, message.packed())

    async def subscribers(self) -> int:
        [(_name, count)] = await self.client.pubsub_numsub(self.channel)
        return int(count)

    async def watched(self) -> bool:
        return bool(await self.client.exists(watch_key(self.camera_id, self.quality)))

    async def until_subscribed(self, count: int = 1) -> None:
        async with asyncio.timeout(5):
            while await self.subscribers() != count:
                await asyncio.sleep(0.02)

    @contextlib.asynccontextmanager
    async def hears_nudges(self) -> AsyncIterator[list[str]]:
        async with self.client.pubsub(ignore_subscribe_messages=True) as heard:
            await heard.subscribe(NUDGE)
            task = asyncio.create_task(self._listen(heard))
            await asyncio.sleep(0.05)
            yield self.nudges
            task.cancel()

    async def _listen(self, heard: redis.client.PubSub) -> None:
        async for message in heard.listen():
            self.nudges.append(message["data"].decode())


def _us() -> int:
    return time.time_ns() // 1000


@dataclass
class Frame:
    flags: int
    lasts: int
    number: int
    starts_ms: int
    data: bytes

    @classmethod
    def of(cls, raw: bytes) -> Frame:
        _version, flags, lasts, number, starts_ms = HEADER.unpack_from(raw)
        return cls(flags, lasts, number, starts_ms, raw[HEADER.size :])


class Player:
    """A viewer's WebSocket, through the whole ASGI application."""

    def __init__(self, socket: WebsocketCommunicator) -> None:
        self.socket = socket
        self.frames = 0

    async def say(self, **message: object) -> None:
        await self.socket.send_to(text_data=orjson.dumps(message).decode())

    async def next(self, timeout: float = 5) -> dict[str, object] | Frame:
        got = await self.socket.receive_output(timeout=timeout)
        if got["type"] == "websocket.close":
            return {"type": "closed", "code": got.get("code", 1000)}
        return orjson.loads(got["text"]) if got.get("text") else Frame.of(got["bytes"])

    async def until(self, kind: str, timeout: float = 5) -> dict[str, object]:
        async with asyncio.timeout(timeout):
            while True:
                got = await self.next(timeout)
                if isinstance(got, dict) and got["type"] == kind:
                    return got

    async def frame(self, timeout: float = 5) -> Frame:
        """The next fragment or beginning; says that it was seen."""
        async with asyncio.timeout(timeout):
            while True:
                got = await self.next(timeout)
                if isinstance(got, Frame):
                    while got.flags & 4:
                        more = await self.next(timeout)
                        assert isinstance(more, Frame)
                        got = Frame(more.flags, got.lasts, got.number, got.starts_ms, got.data + more.data)
                    if not got.flags & 2:
                        self.frames += 1
                        await self.say(type="seen", n=self.frames)
                    return got

    async def closed(self, timeout: float = 5) -> int:
        return int((await self.until("closed", timeout))["code"])  # type: ignore[call-overload]


@contextlib.asynccontextmanager
async def player(
    code: str,
    token: str | None,
    cookie: str,
    *,
    quality: str = "main",
    origin: tuple[bytes, bytes] = ORIGIN,
    **will_do: bool,
) -> AsyncIterator[Player]:
    """`will_do`: what the browser says of itself with the look, smart and h265."""
    headers = [origin, (b"cookie", cookie.encode())]
    path = f"/ws/live/{code}/?quality={quality}"
    socket = WebsocketCommunicator(application, path, headers=headers)
    connected, _ = await socket.connect(timeout=5)
    assert connected
    one = Player(socket)
    if token is not None:
        await one.say(type="look", token=token, **will_do)
    try:
        yield one
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await socket.disconnect()


class Desk:
    """A signed-in browser: opens looks over REST as the room does."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])

    @property
    def cookie(self) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={self.client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def post(self, path: str, **body: object):  # type: ignore[no-untyped-def]
        return self.client.post(f"/api/v1/looks/{path}", body, content_type="application/json")

    def look(self, *codes: str, **reason: object):  # type: ignore[no-untyped-def]
        return self.post("", cameras=list(codes), kind="live", reason=reason or {"kind": "watch"})

    def token(self, code: str) -> str:
        answer = self.look(code)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["looks"][0]["token"])
