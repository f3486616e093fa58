"""What a change of masks says at once: to the nodes, which begin anew, and to whoever looks, who may no longer."""

from __future__ import annotations

import logging

import redis
from django.conf import settings
from redis.exceptions import RedisError

from footage.live import ASK_AGAIN, NUDGE, STREAMS, Message, channel

logger = logging.getLogger(__name__)


def ask_again(camera_id: int) -> None:
    """After the commit. Lost, it only comes later: nodes read the rows every three seconds, looks are renewed."""
    word = Message(0, 0, 0, 0, key=False, init=False, data=ASK_AGAIN, refused=True).packed()
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            for quality in STREAMS:
                client.publish(channel(camera_id, quality), word)
            client.publish(NUDGE, ASK_AGAIN)
    except (RedisError, OSError) as error:
        logger.warning("a change of masks is not told at once: %s", error)
