"""The web process: pages and REST by Django, WebSockets by Channels."""

from __future__ import annotations

import gc
import os
import sys

import django
from asgiref.sync import sync_to_async
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nice_supervision.settings")
django.setup(set_prefix=False)

# Apps must be loaded first.
from cameras.routing import websocket_urlpatterns as steering  # noqa: E402
from console.routing import websocket_urlpatterns as screens  # noqa: E402
from footage.routing import websocket_urlpatterns as pictures  # noqa: E402

# One process serves requests in threads and screens in its event loop. With the usual 5 ms before a busy thread
# lets another run, a frame waits 5 ms at each step while a request computes; with 0.5 ms it does not.
sys.setswitchinterval(0.0005)
# What is loaded by now stays for good: the collector need not walk through it in the middle of a press.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)


class OneHopHandler(ASGIHandler):
    """Middleware and views are all synchronous: run the whole chain in one thread, one hop from the event loop."""

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        respond = sync_to_async(BaseHandler.get_response, thread_sensitive=True)
        return await respond(self, request)


application = ProtocolTypeRouter(
    {
        "http": OneHopHandler(),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter([*screens, *pictures, *steering]))
        ),
    }
)
