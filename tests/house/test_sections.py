"""The one navigation: what it shows a person opens for them, what it does not show does not."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from nice_supervision.sections import SECTIONS, opened
from tests.cast import person

# The room asks for a seat first, the administration has its own way in.
PLACES = [
    place
    for section in SECTIONS
    for place in section.places
    if place.view not in ("console:room", "admin:index")
]
ROLES = (
    Role.OPERATOR,
    Role.SHIFT_LEAD,
    Role.SUPERVISOR,
    Role.EVIDENCE_OFFICER,
    Role.OPJ,
    Role.DPO,
    Role.ADMIN,
)


@pytest.mark.parametrize("role", ROLES)
def test_a_place_is_shown_to_whom_it_opens_and_to_nobody_else(db: None, role: Role) -> None:
    client, who = Client(), person(role)
    client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[-1])
    for place in PLACES:
        answer = client.get(reverse(place.view))
        assert answer.status_code == (200 if place.opens(who) else 403), place.view
        if answer.status_code == 200:
            here = re.findall(r'<a href="([^"]+)" aria-current="page"', answer.content.decode())
            assert here == [reverse(place.view)]


def test_a_page_reached_from_a_place_stands_under_it(db: None) -> None:
    who: User = person(Role.SUPERVISOR)
    (section,) = (one for one in opened(who, "footage:work-order") if one["here"])
    (place,) = (one for one in section["places"] if one["here"])
    assert place["url"] == reverse("footage:health")
    assert [one["view"] for one in opened(who, "admin:cameras_camera_changelist") if one["here"]] == [
        "admin:index"
    ]
