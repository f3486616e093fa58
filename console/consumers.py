"""The WebSocket of a screen: it reads the log from its last id, and says what it looks at."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections import deque
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs

import orjson
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

import alerts.actions
from accounts.models import User
from accounts.rights import Right
from accounts.session import is_complete, workstation_of
from console.presence import Seat, attendance
from events.tail import Subscriber, tail

logger = logging.getLogger(__name__)

# Codes below 3000 are the protocol's own: the web server refuses to send them for us.
RUBBISH, SIGN_IN, NO_RIGHT, FELL_BEHIND, TRY_LATER = 4400, 4401, 4403, 4408, 4503
LONGEST_MESSAGE = 8_192  # of a screen, in characters
WINDOW = 64  # frames a screen may leave unseen before its queue starts to fill
RECHECK_SECONDS = 30


class ScreenConsumer(AsyncWebsocketConsumer):
    """`audience` says what a screen hears; `right` who may open it."""

    audience = "room"
    right = Right.SEE_ROOM
    presented: ClassVar[dict[int, None]] = {}  # of this process, oldest first

    async def connect(self) -> None:
        await self.accept()
        self.socket = uuid.uuid4()
        self.unseen: deque[int] = deque()
        self.room_to_send = asyncio.Event()
        self.room_to_send.set()
        self.subscriber = Subscriber(self.audience, on_overrun=self.room_to_send.set)
        self.tasks: list[asyncio.Task[None]] = []
        refusal, workstation = await self._admit()
        if refusal:
            await self.close(code=refusal)
            return
        await self._follow(workstation)

    async def _follow(self, workstation: str) -> None:
        self.tasks = [asyncio.create_task(self._pump()), asyncio.create_task(self._recheck())]
        try:
            start = await tail().join(self.subscriber, self._after())
        except LookupError:
            await self._json({"type": "reload"})
            start = await tail().join(self.subscriber, None)
        except TimeoutError:
            await self.close(code=TRY_LATER)
            return
        await self._json({"type": "hello", "last": start, "now": timezone.now()})
        user = self._user()
        attendance().sit(Seat(self.socket, user.pk, user.label, workstation))
        for frame in attendance().frames(self.audience):
            await self.send(text_data=frame)

    async def disconnect(self, code: int) -> None:
        tail().leave(self.subscriber)
        for task in self.tasks:
            task.cancel()
        await attendance().leave(self.socket)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            message = orjson.loads((text_data or "")[: LONGEST_MESSAGE + 1])
            kind = message.get("type")
        except (orjson.JSONDecodeError, AttributeError):
            await self.close(code=RUBBISH)
            return
        if kind == "seen":
            self._seen(message.get("id"))
        elif kind == "ping":
            pong = {"type": "pong", "n": message.get("n"), "now": timezone.now(), "last": tail().last}
            await self._json(pong)
        elif kind == "looking_at":
            incident_id = message.get("incident_id")
            attendance().look_at(self.socket, incident_id if isinstance(incident_id, int) else None)
        elif kind == "shown" and self.audience == "room":
            await self._shown(message.get("alert_ids"))

    async def _pump(self) -> None:
        """Send from the queue, at most WINDOW frames ahead of what the screen says it has seen."""
        while True:
            await self.room_to_send.wait()
            if self.subscriber.overrun:
                break
            await self._send_counted(await self.subscriber.queue.get())
        logger.warning("a screen fell behind and is sent back to its last id")
        await self.close(code=FELL_BEHIND)

    async def _send_counted(self, frame: str) -> None:
        if frame.startswith('{"type":"facts"'):
            # {"type":"facts","last":N,… : the id is read without parsing the frame again for every socket.
            self.unseen.append(int(frame[23 : frame.index(",", 23)]))
            if len(self.unseen) >= WINDOW:
                self.room_to_send.clear()
        await self.send(text_data=frame)

    def _seen(self, event_id: Any) -> None:
        if not isinstance(event_id, int):
            return
        while self.unseen and self.unseen[0] <= event_id:
            self.unseen.popleft()
        if len(self.unseen) < WINDOW:
            self.room_to_send.set()

    async def _shown(self, alert_ids: Any) -> None:
        """An operator's screen has drawn these alerts (law Q-01); the first screen to say so counts."""
        asked = alert_ids if isinstance(alert_ids, list) else []
        new = [a for a in asked[:100] if isinstance(a, int) and a not in self.presented]
        if not new:
            return
        self.presented.update(dict.fromkeys(new))
        while len(self.presented) > 5_000:
            self.presented.pop(next(iter(self.presented)))
        with contextlib.suppress(DatabaseError):  # away: the alert is on the screen all the same
            await database_sync_to_async(alerts.actions.present)(alert_ids=new, actor=self._user())

    async def _recheck(self) -> None:
        """A right that ends closes the screen (law L-07: within 60 s)."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            with contextlib.suppress(DatabaseError, InterfaceError):  # away: asked again next time
                refusal, _workstation = await self._admit()
                if refusal:
                    await self.close(code=refusal)
                    return

    def _user(self) -> User:
        """Who opened the socket: an AnonymousUser has no pk."""
        return cast("User", self.scope["user"])

    def _after(self) -> int | None:
        asked = parse_qs(self.scope["query_string"].decode()).get("after", [""])[0]
        return int(asked) if asked.isdigit() and len(asked) < 19 else None

    async def _json(self, message: dict[str, Any]) -> None:
        await self.send(text_data=orjson.dumps(message).decode())

    @database_sync_to_async
    def _admit(self) -> tuple[int, str]:
        """(close code or 0, workstation label), from fresh rows."""
        user = User.objects.filter(pk=self._user().pk or 0, is_active=True).first()
        session = self.scope["session"]
        if user is None or not session.exists(session.session_key or "") or not is_complete(user, session):
            return SIGN_IN, ""
        if not user.may(self.right):
            return NO_RIGHT, ""
        seat = workstation_of(session)
        return 0, seat.label if seat else ""


class RoomConsumer(ScreenConsumer):
    """The operators' room."""


class WallConsumer(ScreenConsumer):
    """The video wall: incidents and cameras, no notes, no presence."""

    audience = "wall"
    right = Right.SEE_WALL
