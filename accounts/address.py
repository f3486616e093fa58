from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address the farthest trusted proxy saw, whatever the caller claims before it."""
    direct = str(request.META.get("REMOTE_ADDR") or "")
    trusted = int(settings.TRUSTED_PROXIES)
    claimed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if not trusted or not claimed:
        return direct
    return claimed[-min(trusted, len(claimed))]
