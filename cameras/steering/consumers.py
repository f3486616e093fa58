"""Steering by hand: what the fingers do goes to the head, what came of it comes back with how long it took.

`/ws/steer/<code>/` serves who looks at that camera now (the token of the look, so the consultation is written),
may steer, and holds it. The first move takes it. Messages are JSON:

    {"type": "look", "token": …, "cause": "incident:5"}                    first
    {"type": "move", "n": 1, "pan": -1…1, "tilt": …, "zoom": …}            again every 200 ms while held
    {"type": "stop", "n": 2}
    {"type": "centre", "n": 3, "x": -0.5…0.5, "y": …, "width": 1}          click, wheel, box

Answers: `ready`, `done` (n, round_ms, device_ms, pose), `failed` (n, code, title), `refused` (a problem; the
socket stays open), `held` (until).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
import uuid
from typing import Any, cast

import orjson
import redis.asyncio as redis
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext as _
from django.utils.translation import override
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from accounts.models import User
from accounts.session import is_complete, is_locked, workstation_of
from cameras.models import Camera, CameraLock
from cameras.reasons import WORDS, Reason
from cameras.steering import hands, locks
from cameras.steering.locks import Hand
from doors.problems import Refused, problem
from legal.looks import check_look
from legal.models import Consultation

logger = logging.getLogger(__name__)
NONSENSE, SIGN_IN, NO_RIGHT, TRY_LATER = 4400, 4401, 4403, 4503
FIRST_WORD_S = 10
CHECKED_S = 0.5  # while a move lasts: another hand is noticed within this, and the dead man's time
SILENT_S = 2.0  # a camera that does not answer so long is said not to
LONGEST_MESSAGE = 2_048
MOVES = {"move": ("pan", "tilt", "zoom"), "centre": ("x", "y", "width"), "stop": ()}


class SteerConsumer(AsyncWebsocketConsumer):
    """/ws/steer/<code>/"""

    async def connect(self) -> None:
        await self.accept()
        self.code = str(self.scope["url_route"]["kwargs"]["code"])
        self.channel_hand = uuid.uuid4().hex  # no two sockets alike, in whatever process
        self.camera: Camera | None = None
        self.hand: Hand | None = None
        self.token = self.cause = ""
        self.checked_at = 0.0
        self.moving = False
        self.sent: dict[int, float] = {}
        self.client: redis.Redis | None = None
        self.heard: PubSub | None = None
        self.tasks = [asyncio.create_task(self._first_word())]

    async def disconnect(self, code: int) -> None:
        for task in self.tasks:
            task.cancel()
        if self.client is not None:
            if self.moving:
                await self._publish({"do": "stop", "n": 0})
            with contextlib.suppress(RedisError, OSError):
                if self.heard is not None:
                    await self.heard.aclose()  # type: ignore[no-untyped-call]
                await self.client.aclose()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            message = orjson.loads((text_data or "")[:LONGEST_MESSAGE])
            kind, number = message["type"], int(message.get("n", 0))
            wish = {name: float(message[name]) for name in MOVES.get(kind, ())}
            if not all(math.isfinite(value) for value in wish.values()):
                raise ValueError(message)
        except (KeyError, TypeError, ValueError, OverflowError):  # not JSON is a ValueError too
            await self.close(code=NONSENSE)
            return
        try:
            if kind == "look":
                await self._begin(message)
            elif self.camera is not None and kind in MOVES:
                await self._move(kind, number, wish)
        except Refused as refused:
            self.moving = False  # what it moved stops by the dead man's time; a stop would be another's
            await self._say(**(problem(refused) | {"type": "refused", "n": number}))
            if self.camera is None:
                await self.close(code=NO_RIGHT)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("steering %s: %s", self.code, str(error).strip())
            await self._fail(number, "no_database")
        except (RedisError, OSError) as error:
            logger.warning("steering %s: %s", self.code, error)
            await self._fail(number, "no_line")

    async def _first_word(self) -> None:
        await asyncio.sleep(FIRST_WORD_S)
        if self.camera is None:
            await self.close(code=SIGN_IN)

    async def _begin(self, message: dict[str, Any]) -> None:
        """Also said again with a fresh token."""
        token = str(message.get("token", ""))
        camera = await self._admit(token)
        self.token, self.cause = token, str(message.get("cause") or "")[:60]
        if self.camera is None:
            self.camera = camera
            self.client = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
            )
            self.heard = self.client.pubsub(ignore_subscribe_messages=True)
            await self.heard.subscribe(hands.answered(camera.pk))
            self.tasks.append(asyncio.create_task(self._listen(self.heard)))
        await self._say(type="ready", turns=locks.needs_lock(camera))

    async def _move(self, kind: str, number: int, wish: dict[str, float]) -> None:
        now = time.monotonic()
        if kind == "stop":
            if not self.moving:  # nobody stops what another hand moves
                await self._check()
        else:
            if not self.moving or kind == "centre":
                await self._held(await self._take())
                self.checked_at = time.monotonic()
            elif now - self.checked_at > CHECKED_S:
                self.checked_at = now
                await self._held(await self._check())
        self.moving = kind == "move"
        self.sent[number] = now
        heard_by = await self._publish({"do": kind, "n": number, **wish})
        if not heard_by:
            self.moving = False
            self.sent.pop(number, None)
            await self._fail(number, "not_held")

    async def _publish(self, wish: dict[str, Any]) -> int:
        assert self.client is not None and self.camera is not None
        try:
            told = orjson.dumps(wish | {"hand": self.channel_hand})
            return int(await self.client.publish(hands.asked(self.camera.pk), told))
        except (RedisError, OSError):
            if wish["do"] == "stop":
                return 1  # the dead man stops it
            raise

    async def _listen(self, heard: PubSub) -> None:
        while True:
            try:
                message = await heard.get_message(timeout=0.5)
            except (RedisError, OSError) as error:
                logger.warning("steering %s: %s", self.code, error)
                await self._fail(0, "no_line")
                await self.close(code=TRY_LATER)
                return
            if message is not None:
                await self._answered(orjson.loads(message["data"]))
            await self._complain()

    async def _answered(self, said: dict[str, Any]) -> None:
        if said.get("hand") not in (self.channel_hand, ""):
            return
        began = self.sent.pop(said["n"], None)
        for older in [number for number in self.sent if number < said["n"]]:
            del self.sent[older]  # a newer wish took its place
        if not said["ok"]:
            await self._fail(said["n"], said["code"], said.get("detail", ""))
            return
        round_ms = None if began is None else round((time.monotonic() - began) * 1000)
        pose = {
            name: said[name] for name in ("pan_deg", "tilt_deg", "zoom", "hfov_deg", "moving") if name in said
        }
        await self._say(type="done", n=said["n"], round_ms=round_ms, device_ms=said["device_ms"], **pose)

    async def _complain(self) -> None:
        now = time.monotonic()
        late = [number for number, at in self.sent.items() if now - at > SILENT_S]
        if late:
            for number in late:
                del self.sent[number]
            await self._fail(max(late), "silent")

    async def _held(self, lock: CameraLock) -> None:
        assert lock.until is not None
        await self._say(type="held", until=lock.until.isoformat(timespec="seconds"), cause=lock.cause)

    async def _fail(self, number: int, code: str, said: str = "") -> None:
        with override(self._language()):
            words = str(Reason(code if code in WORDS else "driver", {"said": said or "?"}))
        await self._say(type="failed", n=number, code=code, title=words)

    async def _say(self, **message: Any) -> None:
        await self.send(text_data=orjson.dumps(message).decode())

    @database_sync_to_async
    def _admit(self, token: str) -> Camera:
        with override(self._language()):
            session = self.scope["session"]
            user = self._user()
            grant = check_look(
                token,
                camera_code=self.code,
                kind=Consultation.Kind.LIVE,
                session_key=session.session_key or "",
            )
            if user.pk != grant.user_id or not is_complete(user, session):
                raise Refused(_("Sign in again."), status=401, code="signed-out")
            seat = workstation_of(session)
            self.hand = Hand.of(user, seat.code if seat else "", seat.label if seat else "")
            return Camera.objects.select_related("sector").get(code=self.code)

    @database_sync_to_async
    def _take(self) -> CameraLock:
        assert self.camera is not None
        with override(self._language()):
            return locks.move_by_hand(camera=self.camera, hand=self._hand_now(), cause=self.cause)

    @database_sync_to_async
    def _check(self) -> CameraLock:
        assert self.camera is not None
        with override(self._language()):
            return locks.check(camera=self.camera, hand=self._hand_now())

    def _hand_now(self) -> Hand:
        """The person as they are now: a right taken away, a screen that was locked count at once."""
        assert self.hand is not None
        session = self.scope["session"]
        fresh = session.__class__(session.session_key)  # behind a lazy object
        if is_locked(fresh):
            raise Refused(
                _("The screen is locked."), what_to_do=_("Unlock it first."), status=423, code="locked"
            )
        check_look(
            self.token,
            camera_code=self.code,
            kind=Consultation.Kind.LIVE,
            session_key=session.session_key or "",
        )
        user = User.objects.get(pk=self.hand.user.pk)
        return Hand(user, self.hand.key, self.hand.label)

    def _language(self) -> str | None:
        return getattr(self._user(), "language", None) or None

    def _user(self) -> User:
        return cast("User", self.scope["user"])
