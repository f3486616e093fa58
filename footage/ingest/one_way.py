"""Redis told, and not asked: what is published needs no answer, and asking for one costs more than publishing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from footage.live import Message

WITHIN_S = 2.0
Send = Callable[[Iterable[bytes]], Awaitable[None]]


def publish(name: str, message: Message) -> tuple[bytes, ...]:
    """The command in pieces, so that a fragment is copied once, on its way out."""
    to, head, data = name.encode(), message.head(), message.data
    told = b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%b\r\n$%d\r\n%b" % (len(to), to, len(head) + len(data), head)
    return told, data, b"\r\n"


def keep(name: str, value: bytes, seconds: int) -> tuple[bytes, ...]:
    to, lasts = name.encode(), str(seconds).encode()
    told = b"*5\r\n$3\r\nSET\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(to), to, len(value), value)
    return (told + b"$2\r\nEX\r\n$%d\r\n%b\r\n" % (len(lasts), lasts),)


@contextlib.asynccontextmanager
async def one_way(url: str) -> AsyncIterator[Send]:
    """A connection on which Redis answers nothing. Raises RedisError or OSError when it breaks."""
    # One limit of time, below: that of the library makes a task of each write.
    how = {"socket_timeout": None, "socket_connect_timeout": WITHIN_S, "retry": Retry(NoBackoff(), 0)}
    pool = redis.ConnectionPool.from_url(url, **how)
    connection = pool.make_connection()  # type: ignore[no-untyped-call]
    try:
        await connection.connect()
        await connection.send_command("CLIENT", "REPLY", "OFF")

        async def send(pieces: Iterable[bytes]) -> None:
            async with asyncio.timeout(WITHIN_S):
                await connection.send_packed_command(pieces, check_health=False)

        yield send
    finally:
        await connection.disconnect(nowait=True)
