from __future__ import annotations

from django.urls import path

from console.consumers import RoomConsumer, WallConsumer

websocket_urlpatterns = [
    path("ws/console/", RoomConsumer.as_asgi()),
    path("ws/wall/", WallConsumer.as_asgi()),
]
