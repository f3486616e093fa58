"""Reading the log from asyncio: one connection of its own to PostgreSQL, one subscription to Redis."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
from functools import partial
from typing import Any, NamedTuple, Self

import psycopg
import redis
import redis.asyncio
from django.conf import settings
from django.db import connections

from events import nudge

logger = logging.getLogger(__name__)


class Row(NamedTuple):
    """One line of the log as the tail reads it."""

    id: int
    at: dt.datetime
    kind: str
    data: dict[str, Any]
    actor_id: int | None
    correlation: str

    def public(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": self.at,
            "kind": self.kind,
            "data": self.data,
            "actor": self.actor_id,
            "correlation": self.correlation,
        }


_COLUMNS = "SELECT id, at, kind, data, actor_id, correlation FROM events_event"
_AFTER = f"{_COLUMNS} WHERE id > %s ORDER BY id LIMIT %s"
_BETWEEN = f"{_COLUMNS} WHERE id > %s AND id <= %s ORDER BY id LIMIT %s"


class LogReader:
    """Reads events in id order; reconnects by itself; says once that PostgreSQL went and once that it is back."""

    AWAY = (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError, OSError)

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._away = False

    async def after(self, event_id: int, limit: int) -> list[Row]:
        return [Row(*row) for row in await self._fetch(_AFTER, (event_id, limit))]

    async def between(self, event_id: int, last: int, limit: int) -> list[Row]:
        """Rows with event_id < id <= last."""
        return [Row(*row) for row in await self._fetch(_BETWEEN, (event_id, last, limit))]

    async def last_id(self) -> int:
        rows = await self._fetch("SELECT coalesce(max(id), 0) FROM events_event", ())
        return int(rows[0][0])

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _fetch(self, query: str, parameters: tuple[int, ...]) -> list[tuple[Any, ...]]:
        try:
            async with asyncio.timeout(5):
                connection = await self._connected()
                cursor = await connection.execute(query, parameters)
                rows = await cursor.fetchall()
        except self.AWAY as error:
            await self._lost(error)
            raise
        if self._away:
            self._away = False
            logger.info("the tail reads the log again")
        return rows

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            database = connections["default"].settings_dict
            self._connection = await psycopg.AsyncConnection.connect(
                host=database["HOST"],
                port=database["PORT"] or None,
                dbname=database["NAME"],
                user=database["USER"],
                password=database["PASSWORD"],
                connect_timeout=3,
                autocommit=True,
                application_name="tail",
            )
        return self._connection

    async def _lost(self, error: BaseException) -> None:
        if not self._away:
            self._away = True
            logger.error("the tail cannot read the log: %s", error)
        with contextlib.suppress(psycopg.Error, OSError):
            await self.close()


class Nudges:
    """Waits for "the log has grown", said in this process or on Redis; unsaid, a wait is simply its timeout.

    `known` is the last id its reader has: what Redis says of those is no news.
    """

    def __init__(self) -> None:
        self.known = 0
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._forget = nudge.also_tell(partial(loop.call_soon_threadsafe, self._woken.set))
        self._task = loop.create_task(self._listen())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._forget()
        if self._task:
            self._task.cancel()

    async def wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()

    async def _listen(self) -> None:
        while True:
            client = redis.asyncio.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1)
            try:
                async with client.pubsub() as subscription:
                    await subscription.subscribe(nudge.channel())
                    self._woken.set()  # what was published while nobody listened
                    async for message in subscription.listen():
                        if message["type"] == "message" and int(message["data"]) > self.known:
                            self._woken.set()
            except (redis.RedisError, OSError):
                await asyncio.sleep(1)
            finally:
                with contextlib.suppress(redis.RedisError, OSError):
                    await client.aclose()
