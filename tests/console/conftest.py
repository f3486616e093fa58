from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from accounts.models import User
from nice_supervision.asgi import application

ORIGIN = (b"origin", b"http://localhost")


def cookie_of(user: User) -> str:
    """A signed-in session of this person."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


class Socket:
    """A screen's WebSocket, through the whole ASGI application."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator

    async def receive(self, kind: str, timeout: float = 5) -> dict[str, Any]:
        """The next message of this kind; others are let pass."""
        async with asyncio.timeout(timeout):
            while True:
                message = orjson.loads(await self.communicator.receive_from(timeout=timeout))
                if message["type"] == kind:
                    return message  # type: ignore[no-any-return]

    async def facts(self, *kinds: str, count: int = 1, timeout: float = 5) -> list[dict[str, Any]]:
        """The next facts of these kinds (of any, when none is named)."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            message = await self.receive("facts", timeout)
            found += [f for f in message["facts"] if not kinds or f["kind"] in kinds]
        return found

    async def send(self, **message: Any) -> None:
        await self.communicator.send_to(text_data=orjson.dumps(message).decode())

    async def closed(self, timeout: float = 5) -> int:
        """The close code the server sends; messages before it are let pass."""
        async with asyncio.timeout(timeout):
            while True:
                output = await self.communicator.receive_output(timeout=timeout)
                if output["type"] == "websocket.close":
                    return int(output.get("code", 1000))


Opener = Callable[..., Any]


@pytest.fixture
def screen(transactional_db: None) -> Opener:
    """`async with screen(user, after=ID) as socket`."""

    @asynccontextmanager
    async def open_screen(
        user: User | None,
        after: int | None = None,
        path: str = "/ws/console/",
        origin: tuple[bytes, bytes] = ORIGIN,
    ) -> AsyncIterator[Socket]:
        headers = [origin]
        if user is not None:
            cookie = await sync_to_async(cookie_of)(user)
            headers.append((b"cookie", cookie.encode()))
        query = "" if after is None else f"?after={after}"
        communicator = WebsocketCommunicator(application, path + query, headers=headers)
        connected, _ = await communicator.connect(timeout=5)
        assert connected
        try:
            yield Socket(communicator)
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await communicator.disconnect()

    return open_screen


def background(coroutine: Awaitable[Any]) -> asyncio.Task[Any]:
    return asyncio.ensure_future(coroutine)
