"""The front door: to the room for whoever works there, to their own page for the others."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.rights import Right

PLACES = [
    (Right.SEE_ROOM, "console:room"),
    (Right.SEE_WALL, "console:wall"),
    (Right.SEE_AUDIT, "legal:consultations"),
]


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The first place the person's rights open, else their account."""
    user = request.user
    assert isinstance(user, User)
    return redirect(next((place for right, place in PLACES if user.may(right)), "accounts:me"))
