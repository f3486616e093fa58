"""Says to `run_cameras` which cameras are looked at, and on which queue their fragments are told."""

from __future__ import annotations

import logging
from collections.abc import Collection

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from footage.hand_over import ASKED_S, Asked, analyse_key

logger = logging.getLogger(__name__)
TASK = "detection.hear"


def queue_of(number: int) -> str:
    return f"detect.{number}"


class Asking:
    def __init__(self, number: int) -> None:
        self.asked = Asked(TASK, queue_of(number))
        self.away = False
        self._client = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        self._named: set[int] = set()

    def renew(self, cameras: Collection[int]) -> None:
        """Every few seconds; a camera no longer named is told no more."""
        over = self._named - set(cameras)
        try:
            pipe = self._client.pipeline(transaction=False)
            for camera in cameras:
                pipe.set(analyse_key(camera), str(self.asked), ex=ASKED_S)
            for camera in over:
                pipe.delete(analyse_key(camera))
            pipe.execute()
        except (RedisError, OSError) as error:
            if not self.away:
                logger.error("Redis is away, fragments are read from the files as they come: %s", error)
            self.away = True
            return
        if self.away:
            logger.info("Redis is back")
        self.away = False
        self._named = set(cameras)
