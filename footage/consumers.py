"""The WebSocket of one live picture: a token first, then fragments for Media Source Extensions (L-07, L-08).

A right that ends cuts the picture within 60 seconds: the player renews its token every 30, which asks for
everything again; a token nobody renews ends by itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, cast
from urllib.parse import parse_qs

import orjson
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.session import is_complete
from doors.problems import Refused, problem
from footage import showing
from footage.live import MAIN, QUALITIES, TRANSCODED
from footage.watching import Part, Viewer, hub
from legal.looks import Look, check_look, renew_look
from legal.models import Consultation
from legal.tokens import LookRefused, read

logger = logging.getLogger(__name__)

# The web server sends 1000 and 3000 to 4999 only.
SIGN_IN, NO_RIGHT, TRY_LATER, NONSENSE = 4401, 4403, 4503, 4400
FIRST_WORD_S = 10
# Fragments a player may leave unseen before its queue starts to fill: eight seconds.
WINDOW = 32
# A stop of a tour is a look like another; only its consultation says so (W-05).
SHOWN_LIVE = (Consultation.Kind.LIVE, Consultation.Kind.TOUR)


class LiveConsumer(AsyncWebsocketConsumer):
    """/ws/live/<code>/?quality=main|sub

    The first message also says what will do: `smart`, a still while nothing moves; `h265` false, a browser without it.
    """

    # Pictures come by the hub: a channel of its own would have each socket ask Redis, and never be told anything.
    channel_layer_alias = "none"

    async def connect(self) -> None:
        await self.accept()
        self.code = str(self.scope["url_route"]["kwargs"]["code"])
        asked = parse_qs(self.scope["query_string"].decode()).get("quality", [MAIN])[0]
        self.quality = asked if asked in QUALITIES else MAIN
        self.viewer = Viewer()
        self.camera_id: int | None = None
        self.token = ""
        self.shows_h265 = True
        self.sent = self.seen = 0
        self.room_to_send = asyncio.Event()
        self.room_to_send.set()
        self.tasks: list[asyncio.Task[None]] = []
        self.ending = asyncio.get_running_loop().call_later(FIRST_WORD_S, self._time_is_up)

    async def disconnect(self, code: int) -> None:
        self.ending.cancel()
        for task in self.tasks:
            task.cancel()
        if self.camera_id is not None:
            await hub().leave(self.viewer, (self.camera_id, self.quality))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            message = orjson.loads(text_data or "")
            kind, token = message.get("type"), message.get("token")
        except (orjson.JSONDecodeError, AttributeError):
            await self.close(code=NONSENSE)
            return
        if not self.token:
            self.viewer.smart = message.get("smart") is True
            self.shows_h265 = message.get("h265") is not False
            await self._begin(token if kind == "look" and isinstance(token, str) else "")
        elif kind == "seen":
            self._seen(message.get("n"))
        elif kind == "renew":
            await self._renew()
        elif kind == "smart" and self.camera_id is not None:
            hub().mind(self.viewer, (self.camera_id, self.quality), smart=message.get("on") is True)

    async def _begin(self, token: str) -> None:
        """The token opens the picture. Nothing is sent before."""
        try:
            camera_id, until = await self._admit(token)
        except Refused as refused:
            await self._refuse(refused)
            return
        except DatabaseError:
            await self.close(code=TRY_LATER)
            return
        self.token = token
        self._ends_at(until)
        self.camera_id = camera_id
        self.tasks.append(asyncio.create_task(self._pump()))
        await hub().join(self.viewer, (camera_id, self.quality))

    async def _renew(self) -> None:
        try:
            look = await self._asked_again()
        except Refused as refused:
            await self._refuse(refused)
        except DatabaseError as error:
            # Not a refusal: the token there is serves until its time, and the player asks again.
            logger.warning("a look could not be renewed: %s", str(error).strip())
        else:
            self.token = look.token
            self._ends_at(look.expires_at.timestamp())
            await self._say(type="token", token=look.token, expires_at=look.expires_at)

    def _ends_at(self, moment: float) -> None:
        """A token that nobody renews ends the picture; so does silence at the beginning."""
        self.ending.cancel()
        loop = asyncio.get_running_loop()
        self.ending = loop.call_later(max(0.0, moment - time.time()), self._time_is_up)

    def _time_is_up(self) -> None:
        # Kept, or it might be collected before it runs.
        self.tasks.append(asyncio.create_task(self.close(code=NO_RIGHT if self.token else SIGN_IN)))

    async def _pump(self) -> None:
        """At most WINDOW fragments ahead of what the player says it has seen."""
        while True:
            await self.room_to_send.wait()
            part = await self.viewer.next()
            if part.again:
                await self._renew()
            elif part.h265 and not self.shows_h265 and self.camera_id is not None:
                await self._to_h264(self.camera_id)
            else:
                await self._send(part)

    async def _to_h264(self, camera_id: int) -> None:
        """This browser cannot show what comes: the same picture, made for it (what came so far is thrown away)."""
        await hub().leave(self.viewer, (camera_id, self.quality))
        self.quality = TRANSCODED[self.quality]
        self.viewer = Viewer(smart=self.viewer.smart)
        await hub().join(self.viewer, (camera_id, self.quality))

    async def _send(self, part: Part) -> None:
        if part.text:
            await self.send(text_data=part.text)
            return
        if part.fragment:
            self.sent += 1
            if self.sent - self.seen >= WINDOW:
                self.room_to_send.clear()
        for piece in part.pieces:
            await self.base_send({"type": "websocket.send", "bytes": piece, "text": None})

    def _seen(self, count: Any) -> None:
        if isinstance(count, int) and self.seen < count:
            self.seen = min(count, self.sent)
            if self.sent - self.seen < WINDOW:
                self.room_to_send.set()

    async def _refuse(self, refused: Refused) -> None:
        await self._say(**(problem(refused) | {"type": "refused"}))
        await self.close(code=SIGN_IN if refused.code == "look-signed-out" else NO_RIGHT)

    async def _say(self, **message: Any) -> None:
        await self.send(text_data=orjson.dumps(message).decode())

    @database_sync_to_async
    def _admit(self, token: str) -> tuple[int, float]:
        """(camera, until when the token serves). Raises Refused."""
        with override(self._language()):
            kind = read(token).kind
            grant = check_look(
                token,
                camera_code=self.code,
                kind=kind if kind in SHOWN_LIVE else Consultation.Kind.LIVE,
                session_key=self._session_key(),
            )
            user = self._user()
            if user.pk != grant.user_id or not is_complete(user, self.scope["session"]):
                raise LookRefused(
                    _("This token belongs to another session."),
                    what_to_do=_("Open the look again from this one."),
                    code="look-other-session",
                )
            camera = showing.cameras_of([self.code]).get(self.code)
            if refusal := showing.why_not(camera, self.code):
                raise refusal
            assert camera is not None
            return camera.pk, grant.recheck_at.timestamp()

    @database_sync_to_async
    def _asked_again(self) -> Look:
        with override(self._language()):
            camera = showing.cameras_of([self.code]).get(self.code)
            if refusal := showing.why_not(camera, self.code):
                raise refusal
            assert camera is not None
            [known] = showing.looked([camera])
            return renew_look(self.token, session_key=self._session_key(), camera=known)

    def _session_key(self) -> str:
        return self.scope["session"].session_key or ""

    def _language(self) -> str | None:
        """A refusal is read by this person."""
        return getattr(self._user(), "language", None) or None

    def _user(self) -> User:
        """Who opened the socket: an AnonymousUser has no pk."""
        return cast("User", self.scope["user"])
