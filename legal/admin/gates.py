from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from accounts.rights import Right


def may(request: HttpRequest, *rights: Right) -> bool:
    user = request.user
    return isinstance(user, User) and any(user.may(right) for right in rights)
