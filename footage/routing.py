from __future__ import annotations

from typing import Any

from django.urls import path

from footage.consumers import LiveConsumer

LIVE: Any = LiveConsumer.as_asgi()  # an ASGI application where Django's stubs know only of views

websocket_urlpatterns = [path("ws/live/<str:code>/", LIVE)]
