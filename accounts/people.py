from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.rights import Right
from accounts.roles import SHEETS


def signed_in(request: HttpRequest) -> User:
    """The person of a request behind `login_required`, as our own User."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def second_step_done(request: HttpRequest) -> bool:
    """Whether a code was given in this session (django-otp's middleware says so on the user)."""
    return getattr(request.user, "otp_device", None) is not None


def holding(right: Right) -> QuerySet[User]:
    """The people whose roles give the right, as `User.may` would answer one by one."""
    giving = [role for role, sheet in SHEETS.items() if right in sheet.rights]
    barring = [role for role, sheet in SHEETS.items() if right in sheet.bars]
    people = User.objects.filter(is_active=True, groups__name__in=giving)
    return people.exclude(groups__name__in=barring).distinct()
