"""The floor: a WebSocket broadcast with nothing in it. Served by the same daphne as the centre.

Whatever is published on the Redis channel `bench.bare` goes to every open socket as it is.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

import redis.asyncio

CHANNEL = "bench.bare"
sockets: set[Any] = set()
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
        task = asyncio.get_running_loop().create_task(broadcast())
    sockets.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        sockets.discard(send)


async def broadcast() -> None:
    client = redis.asyncio.Redis.from_url(os.environ["REDIS_URL"])
    async with client.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        async for message in subscription.listen():
            if message["type"] == "message":
                text = message["data"].decode()
                for send in tuple(sockets):
                    await send({"type": "websocket.send", "text": text})
