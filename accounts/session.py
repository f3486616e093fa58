"""What a session says of the person in it: second step done, screen locked, seat taken.

Works on `request.session` and on the session in the scope of a WebSocket alike.
"""

from __future__ import annotations

import enum
import time
from typing import TypedDict

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Occupancy, User, Workstation

LOCKED = "locked"
AWAKE = "awake_at"
SEAT = "seat"
SEAT_PLACE = "seat_place"
LANGUAGE_CHOSEN = "language_chosen"
# The page locks itself at the delay; the server locks a page that failed to, a little later.
GRACE_SECONDS = 90


class SecondStep(enum.Enum):
    """Where a person stands with the second step of signing in."""

    DONE = "done"
    VERIFY = "verify"
    ENROL = "enrol"


def second_step(user: User, session: SessionBase) -> SecondStep:
    """A confirmed device is always asked for; without one, the roles say whether there must be one."""
    if _verified_by(user, session):
        return SecondStep.DONE
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        return SecondStep.VERIFY
    return SecondStep.ENROL if user.standing.second_step_required else SecondStep.DONE


def _verified_by(user: User, session: SessionBase) -> bool:
    persistent_id = session.get(DEVICE_ID_SESSION_KEY)
    device = Device.from_persistent_id(persistent_id) if persistent_id else None
    return device is not None and device.user_id == user.pk and device.confirmed


def is_complete(user: User | AnonymousUser, session: SessionBase) -> bool:
    """Signed in, and through the second step when there is one. Every door asks this, WebSockets too.

    A locked screen is complete: it goes on showing pictures and refuses only what changes something.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    return second_step(user, session) is SecondStep.DONE


def is_locked(session: SessionBase) -> bool:
    return bool(session.get(LOCKED))


def fell_asleep(session: SessionBase, idle_seconds: int) -> bool:
    """Nothing was heard from this session for its lock delay, and a little more than the page takes."""
    heard = session.get(AWAKE)
    return heard is not None and time.time() - float(heard) > idle_seconds + GRACE_SECONDS


def stay_awake(session: SessionBase) -> None:
    """Note that somebody is there, at most once a minute."""
    now = int(time.time())
    if now - int(session.get(AWAKE, 0)) < 60:
        return
    change(session, **{AWAKE: now})
    if ticket := session.get(SEAT):
        Occupancy.objects.still_there(ticket)


def change(session: SessionBase, **values: object) -> None:
    """Write these values (None removes one) into the stored session at once, under a lock on its row.

    A session is saved whole at the end of a request: without this, a slow request that began before the
    screen was locked would save it unlocked.
    """
    was_modified = session.modified
    with transaction.atomic():
        row = Session.objects.select_for_update(no_key=True).filter(pk=session.session_key).first()
        if row is not None:
            row.session_data = Session.objects.encode(_changed(row.get_decoded(), values))
            row.save(update_fields=["session_data"])
    for key, value in values.items():
        if value is None:
            session.pop(key, None)
        else:
            session[key] = value
    session.modified = was_modified or row is None


def _changed(data: dict[str, object], values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in (data | values).items() if value is not None}


def occupancy_of(session: SessionBase) -> Occupancy | None:
    """The seat this session holds; None when it never took one or somebody else has taken it since."""
    ticket = session.get(SEAT)
    if not ticket:
        return None
    return Occupancy.objects.select_related("workstation", "user").filter(ticket=ticket).first()


class LostSeat(TypedDict):
    """A seat this session had until somebody took it, or the same person sat down elsewhere."""

    seat: str
    by: str | None


def lost_seat(session: SessionBase) -> LostSeat | None:
    """What to tell the person whose seat was taken; None while all is well."""
    place = session.get(SEAT_PLACE)
    if place is None or occupancy_of(session) is not None:
        return None
    workstation = Workstation.objects.filter(pk=place).first()
    if workstation is None:
        return None
    now_there = Occupancy.objects.select_related("user").filter(workstation=workstation).first()
    return {"seat": workstation.label, "by": now_there.user.label if now_there else None}


def workstation_of(session: SessionBase) -> Workstation | None:
    """The workstation of this session (of a request, or of a WebSocket's scope)."""
    occupancy = occupancy_of(session)
    return occupancy.workstation if occupancy else None
