from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def signed_in(request: HttpRequest) -> User:
    """The person of a request behind `login_required`, as our own User."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def second_step_done(request: HttpRequest) -> bool:
    """Whether a code was given in this session (django-otp's middleware says so on the user)."""
    return getattr(request.user, "otp_device", None) is not None
