"""Who looks, at what, from which session."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from accounts.models import User
from accounts.roles import Role
from legal.gate import Looked
from legal.masked import AT_ALL_TIMES
from legal.models import Consultation
from tests.cast import habilitated, person

STREET = Looked("C885", "NORTH", authorised=True, purpose=5, masked=AT_ALL_TIMES)
SOUTH = Looked("C010", "SOUTH", authorised=True, masked=AT_ALL_TIMES)
EXERCISE = Looked("X001", "NORTH", exercise=True, masked=AT_ALL_TIMES)

LIVE = Consultation.Kind.LIVE
INCIDENT = Consultation.Reason.INCIDENT


def operator(**scope: Any) -> User:
    """An operator whose habilitation covers all, or what is said."""
    user = person(Role.OPERATOR)
    habilitated(user, **scope)
    return user


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    key = session.session_key
    assert key
    return key
