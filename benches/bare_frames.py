"""The floor of `live`: bytes from a Redis channel to every socket that asked for it, with nothing in between."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import redis.asyncio

CHANNEL = "bench.frames"
sockets: dict[bytes, set[Any]] = {}
task: asyncio.Task[None] | None = None


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    global task
    if scope["type"] != "websocket":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"bare"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    if task is None:
        task = asyncio.get_running_loop().create_task(relay())
    mine = sockets.setdefault(f"{CHANNEL}.".encode() + scope["query_string"].partition(b"=")[2], set())
    mine.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        mine.discard(send)


async def relay() -> None:
    client = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])
    async with client.pubsub() as subscription:
        await subscription.psubscribe(f"{CHANNEL}.*")
        async for message in subscription.listen():
            if message["type"] == "pmessage":
                for send in tuple(sockets.get(message["channel"], ())):
                    await send({"type": "websocket.send", "bytes": message["data"]})
