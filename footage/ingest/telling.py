"""Tells software that looks at cameras of each fragment that lies on the disk, in messages for many fragments each.

Recording never waits for it. When the broker is away, or nobody takes the messages, fragments go untold: whoever looks
finds them in the files (hand_over.py).
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Iterable

import redis
from celery.app import app_or_default
from kombu.exceptions import OperationalError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry as LaterRetry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from footage.hand_over import Asked, Written, analyse_key

logger = logging.getLogger(__name__)
ASK_S = 1.0
# Told together what came within this; at the speed of fragments nobody notices.
TOGETHER_S = 0.1
# Older messages are worth nothing: their fragments were found in the files by then.
EXPIRES_S = 30
# Messages on a queue that nobody takes: more are not put there.
QUEUED_AT_MOST = 200
WAITING = 10_000
AWAY_S = 2.0


class Teller(threading.Thread):
    def __init__(self, url: str) -> None:
        super().__init__(name="teller", daemon=True)
        self.asked: dict[int, Asked] = {}
        self.changed = asyncio.Event()
        self._url = url
        self._waiting: queue.Queue[Written | None] = queue.Queue(WAITING)
        self._client = redis.Redis.from_url(
            url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        # Taken here: a thread of its own would find no application but a bare one.
        self._celery = app_or_default()
        self._away_until = 0.0

    def wrote(self, written: Written) -> None:
        """From the writing thread; does not wait."""
        if written.camera_id in self.asked:
            try:
                self._waiting.put_nowait(written)
            except queue.Full:
                return  # in the files it is

    async def ask(self, cameras: Iterable[int]) -> None:
        """Until cancelled. `cameras` is asked anew each time: those of this node."""
        client = Redis.from_url(
            self._url, socket_timeout=2, socket_connect_timeout=2, retry=LaterRetry(NoBackoff(), 0)
        )
        while not _cancelled():
            names = list(cameras)
            try:
                found = await client.mget([analyse_key(name) for name in names]) if names else []
            except (RedisError, OSError):
                # Who looked goes on looking, by the files: what it needs is kept for as long as it may take.
                pass
            else:
                read = {name: Asked.read(_bytes(value)) for name, value in zip(names, found, strict=True)}
                asked = {name: one for name, one in read.items() if one is not None}
                if asked != self.asked:
                    self.asked = asked
                    self.changed.set()
            await asyncio.sleep(ASK_S)

    def run(self) -> None:
        while (first := self._waiting.get()) is not None:
            time.sleep(TOGETHER_S)
            batch = [first]
            while not self._waiting.empty():
                one = self._waiting.get_nowait()
                if one is None:
                    return
                batch.append(one)
            self._tell(batch)

    def finish(self) -> None:
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            return  # it ends with the process
        if self.is_alive():
            self.join(3)

    def _tell(self, batch: list[Written]) -> None:
        if time.monotonic() < self._away_until:
            return
        by_queue: dict[Asked, list[list[object]]] = defaultdict(list)
        for written in batch:
            if asked := self.asked.get(written.camera_id):
                by_queue[asked].append(written.packed())
        try:
            for asked, told in by_queue.items():
                if self._client.llen(asked.queue) < QUEUED_AT_MOST:
                    self._celery.send_task(
                        asked.task, args=[told], queue=asked.queue, expires=EXPIRES_S, retry=False
                    )
        except (RedisError, OperationalError, OSError) as error:
            if not self._away_until:
                logger.error("the broker is away, fragments are found in the files instead: %s", error)
            self._away_until = time.monotonic() + AWAY_S
        else:
            if self._away_until:
                logger.info("the broker is back")
            self._away_until = 0.0


def _bytes(value: bytes | str | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def _cancelled() -> bool:
    """Whether this task was told to end: the client turns a cancellation at its own time limit into an error."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
