from __future__ import annotations

from typing import Any

from django.urls import path

from console.consumers import RoomConsumer, WallConsumer

ROOM: Any = RoomConsumer.as_asgi()  # an ASGI application where Django's stubs know only of views
WALL: Any = WallConsumer.as_asgi()

websocket_urlpatterns = [path("ws/console/", ROOM), path("ws/wall/", WALL)]
