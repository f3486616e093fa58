"""Telling the tails that the log has grown. Losing a nudge loses time, never a fact."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from functools import cache, partial

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)
CHANNEL = "events.grew"
PAUSE_SECONDS = 1.0
_away_until = 0.0


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=0.25,
        socket_connect_timeout=0.25,
        retry=Retry(NoBackoff(), 0),
    )


_here: list[Callable[[], object]] = []


def also_tell(wake: Callable[[], object]) -> Callable[[], None]:
    """From now on `wake` is called, from any thread, when this process makes the log grow; until the result is."""
    _here.append(wake)
    return partial(_here.remove, wake)


def log_grew(event_id: int) -> None:
    """Wake the readers of this process, then say so on Redis."""
    for wake in tuple(_here):
        with contextlib.suppress(RuntimeError):  # its loop has ended
            wake()
    tell(channel(), event_id)


def tell(where: str, what: int | str) -> None:
    """Say something on a channel. When Redis is away, do not wait for it again within a second."""
    global _away_until
    if time.monotonic() < _away_until:
        return
    try:
        _client().publish(where, what)
    except redis.RedisError as error:
        if not _away_until:
            logger.error("Redis is away, the screens fall back to polling: %s", error)
        _away_until = time.monotonic() + PAUSE_SECONDS
    else:
        if _away_until:
            logger.info("Redis is back")
        _away_until = 0.0


def channel() -> str:
    """One channel per database, so that two centres may share a Redis."""
    return f"{CHANNEL}.{settings.DATABASES['default']['NAME']}"
