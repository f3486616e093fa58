from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts import roles
from accounts.models import RoleRule, User, Workstation

PASSWORD = "a-long-enough-passphrase"
BROWSER = {"HTTP_ACCEPT": "text/html,application/xhtml+xml"}

Someone = Callable[..., User]


@pytest.fixture(autouse=True)
def known_roles(db: None) -> None:
    roles.sync()


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Argon2 takes its time on purpose, and these tests sign in some hundred times."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def someone() -> Someone:
    """A person with these roles: someone("operator"), someone("dpo", username="d")."""

    def make(*codes: str, username: str = "someone", **fields: object) -> User:
        user = User.objects.create_user(username, password=PASSWORD, language="en", **fields)
        user.groups.set(Group.objects.filter(name__in=codes))
        return user

    return make


@pytest.fixture
def operator(someone: Someone) -> User:
    return someone("operator", username="operator")


@pytest.fixture
def supervisor(someone: Someone) -> User:
    return someone("supervisor", username="supervisor")


@pytest.fixture
def administrator(someone: Someone) -> User:
    return someone("admin", username="administrator")


@pytest.fixture
def seat(db: None) -> Workstation:
    return Workstation.objects.create(code="p3", label="Poste 3", room="Salle 1")


@pytest.fixture
def browser() -> Client:
    """Asks for pages, as a browser does; English."""
    client = Client(**BROWSER)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def second_step_for(known_roles: None) -> Callable[[str], None]:
    def make(role: str) -> None:
        RoleRule.objects.filter(group__name=role).update(totp_required=True)

    return make
