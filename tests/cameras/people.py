"""Who asks: people with exactly the rights a test is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import Habilitation, User
from accounts.rights import Right


def person(username: str, *rights: Right, **fields: Any) -> User:
    user = User.objects.create_user(username, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=[right.value for right in rights]))
    return user


def operator() -> User:
    return person("operator", Right.SEE_ROOM, Right.STEER_CAMERA, Right.SEE_IMAGE)


def technician() -> User:
    return person("technician", Right.MANAGE_ESTATE, is_staff=True)


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
