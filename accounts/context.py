from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.rights import Right
from accounts.session import is_locked, lost_seat, workstation_of


def seat(request: HttpRequest) -> dict[str, Any]:
    """The name of the centre; of the person: `in_room` (works there), `workstation` and `seat_lost` of this
    session, and what the lock of the screen needs."""
    user = getattr(request, "user", None)
    centre = {"centre_name": settings.CENTRE_NAME}
    if not isinstance(user, User):
        return centre
    return centre | {
        "in_room": SimpleLazyObject(lambda: user.may(Right.SEE_ROOM)),
        "workstation": SimpleLazyObject(lambda: workstation_of(request.session)),
        "seat_lost": SimpleLazyObject(lambda: lost_seat(request.session)),
        "screen_locked": is_locked(request.session),
        "idle_lock_seconds": SimpleLazyObject(lambda: user.standing.idle_lock_seconds),
    }
