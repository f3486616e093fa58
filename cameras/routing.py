from __future__ import annotations

from typing import Any

from django.urls import path

from cameras.steering.consumers import SteerConsumer

STEER: Any = SteerConsumer.as_asgi()  # an ASGI application where Django's stubs know only of views

websocket_urlpatterns = [path("ws/steer/<str:code>/", STEER)]
