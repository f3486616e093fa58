"""How often one key and one address may call (bursts allowed, floods answered 429 with Retry-After)."""

from __future__ import annotations

import logging

from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class _OpenWhenRedisIsAway(SimpleRateThrottle):
    """Counting is a courtesy of Redis: an alert must pass when Redis is away."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except RedisError:
            logger.warning("throttle open: Redis does not answer")
            return True


class PerDevice(_OpenWhenRedisIsAway):
    """By device key, whatever address it calls from."""

    scope = "device"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        key = getattr(request.auth, "pk", None)
        return self.cache_format % {"scope": self.scope, "ident": key} if key else None


class PerAddress(_OpenWhenRedisIsAway):
    """By address, for callers whose key is unknown as well."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return str(self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)})
