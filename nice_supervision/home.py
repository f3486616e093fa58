"""The front door: everybody to where their role works."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.desk import opens_desk
from accounts.models import User
from accounts.rights import Right

PLACES = [
    (Right.SEE_ROOM, "console:room"),
    (Right.SEE_WALL, "console:wall"),
    (Right.SEE_AUDIT, "legal:consultations"),
    (Right.ASK_EXTRACTION, "footage:extractions"),
]


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The first place the person's rights open, else the administration, else their account."""
    user = request.user
    assert isinstance(user, User)
    desk = "admin:index" if opens_desk(user) else "accounts:me"
    return redirect(next((place for right, place in PLACES if user.may(right)), desk))
