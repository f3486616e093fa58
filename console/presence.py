"""Who is on what, kept in PostgreSQL so that every web process says the same, Redis away or not."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import uuid
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from channels.db import database_sync_to_async
from django.db import DatabaseError, InterfaceError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.people import holding
from accounts.rights import Right
from console.models import Presence
from console.moving import Movement
from events.tail import Tail, tail

logger = logging.getLogger(__name__)
SAY_SO_SECONDS = 10


@dataclass
class Seat:
    """One socket of this process."""

    socket: uuid.UUID
    user_id: int
    label: str
    workstation: str
    incident_id: int | None = None


class Attendance:
    """The seats of one web process: once a second its screens are told who is in the whole centre, and what moved."""

    def __init__(self) -> None:
        self.seats: dict[uuid.UUID, Seat] = {}
        self.frame = ""
        self.movement = Movement()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._said_at = 0.0

    def sit(self, seat: Seat) -> None:
        self.seats[seat.socket] = seat
        self._changed.set()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def look_at(self, socket: uuid.UUID, incident_id: int | None) -> None:
        if (seat := self.seats.get(socket)) and seat.incident_id != incident_id:
            seat.incident_id = incident_id
            self._changed.set()

    def frames(self, audience: str) -> list[str]:
        """What a screen that opens now must be told at once."""
        told = [self.frame, self.movement.frame] if audience == "room" else [self.movement.frame]
        return [frame for frame in told if frame]

    async def leave(self, socket: uuid.UUID) -> None:
        if self.seats.pop(socket, None):
            self._changed.set()
            try:
                await _forget(socket)
            except (DatabaseError, InterfaceError):
                logger.info("a screen left while the database was away")

    async def _run(self) -> None:
        while self.seats:
            await asyncio.sleep(1)
            try:
                await self._round(tail())
            except (DatabaseError, InterfaceError):
                continue  # the tail says that the database is away

    async def _round(self, log_tail: Tail) -> None:
        now = asyncio.get_running_loop().time()
        if self._changed.is_set() or now - self._said_at > SAY_SO_SECONDS:
            self._changed.clear()
            await _say(list(self.seats.values()))
            self._said_at = now
        frame = encode(await _here())
        if frame != self.frame:
            self.frame = frame
            log_tail.broadcast(frame, "room")
        if moved := await self.movement.changed():
            log_tail.broadcast(moved)


def encode(people: list[dict[str, Any]]) -> str:
    return orjson.dumps({"type": "presence", "people": people}).decode()


@database_sync_to_async
def _say(seats: list[Seat]) -> None:
    now: dt.datetime = timezone.now()
    Presence.objects.bulk_create(
        [
            Presence(
                socket=s.socket,
                user_id=s.user_id,
                label=s.label,
                workstation=s.workstation,
                incident_id=s.incident_id,
                seen_at=now,
            )
            for s in seats
        ],
        update_conflicts=True,
        unique_fields=["socket"],
        update_fields=["incident_id", "seen_at", "workstation"],
    )


@database_sync_to_async
def _here() -> list[dict[str, Any]]:
    leads = holding(Right.LEAD_ROOM).filter(pk=OuterRef("user_id"))
    rows = Presence.objects.here().annotate(lead=Exists(leads))
    return [dict(p) for p in rows.values("user_id", "label", "workstation", "incident_id", "lead")]


@database_sync_to_async
def _forget(socket: uuid.UUID) -> None:
    Presence.objects.filter(socket=socket).delete()


_attendances: WeakKeyDictionary[asyncio.AbstractEventLoop, Attendance] = WeakKeyDictionary()


def attendance() -> Attendance:
    """The seats of the running event loop: one per web process."""
    return _attendances.setdefault(asyncio.get_running_loop(), Attendance())
