"""Everybody lands where their role works."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import person


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("operator", "/console/"),
        ("shift_lead", "/console/"),
        ("dpo", "/legal/consultations/"),
        ("evidence_officer", "/footage/extractions/"),
        ("technician", "/admin/"),
        ("admin", "/admin/"),
        ("site_contact", "/accounts/"),
    ],
)
def test_home_is_where_one_works(db: None, role: str, place: str) -> None:
    client = Client()
    client.force_login(person(role), backend=settings.AUTHENTICATION_BACKENDS[-1])
    answer = client.get("/")
    assert (answer.status_code, answer.url) == (302, place)
    assert client.get(answer.url).status_code in (200, 302)


def test_nobody_is_sent_to_sign_in(db: None) -> None:
    assert "/accounts/sign-in/" in Client().get("/").url
