"""Who asks: people in the role a test is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Habilitation, User
from accounts.roles import Role
from tests import cast


def person(username: str, role: Role | None = None) -> User:
    user = User.objects.create_user(username)
    if role:
        user.groups.add(cast.group(role))
    return User.objects.get(pk=user.pk)


def operator() -> User:
    return person("operator", Role.OPERATOR)


def technician() -> User:
    return person("technician", Role.TECHNICIAN)


def outsider() -> User:
    return person("outsider")


def habilitation(user: User, **fields: Any) -> Habilitation:
    today = timezone.localdate()
    given = {
        "category": Habilitation.Category.MUNICIPAL_POLICE,
        "authority": "Prefecture",
        "act": "2026-17",
        "starts_on": today - dt.timedelta(days=30),
    } | fields
    return Habilitation.objects.create(user=user, **given)
