"""Moments marked on an incident's cameras stand in its panel; the recording opens for who may see it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

import alerts.actions
from accounts.models import User
from accounts.roles import Role
from footage.models import Bookmark
from incidents.models import Incident
from tests.cast import button, camera, habilitated, person, school

pytestmark = pytest.mark.django_db(transaction=True)


def panel(user: User, incident: Incident) -> str:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client.get(f"/console/incidents/{incident.pk}/").content.decode()


def test_the_panel_lists_what_was_marked_since_the_alert_and_opens_the_recording_there() -> None:
    lead = person(Role.SHIFT_LEAD)
    near, far = camera("X001", exercise=True), camera("X900", distance_m=2000, exercise=True)
    alerts.actions.receive_press(device=button(school(exercise=True)))
    incident = Incident.objects.get()
    now = timezone.now()
    for where, at in [(near, now), (near, now - dt.timedelta(hours=1)), (far, now)]:
        Bookmark.objects.create(camera=where, at=at, label=Bookmark.Label.ARRIVES, author=lead)
    shown = panel(lead, incident)
    [link] = re.findall(r'href="([^"]+)"[^>]*>Arrives<', shown)
    assert "/replay/?cameras=X001&amp;at=" in link, "not what was marked elsewhere, nor an hour before"
    assert link.endswith(f"reason=incident&amp;reference={incident.number}")
    of_an_operator = panel(person(Role.OPERATOR), incident)
    assert "Arrives" in of_an_operator
    assert "reason=incident" not in of_an_operator.split('id="bookmarks-title"')[1].split("</section>")[0]
    assert not Bookmark.objects.visible_to(person(Role.DPO)).exists()


def test_an_operator_marks_what_is_before_their_eyes_and_nothing_older() -> None:
    operator, now = person(Role.OPERATOR), timezone.now()
    near, elsewhere = camera("X001", exercise=True), camera("X002", exercise=True)
    habilitated(operator, all_cameras=False, camera_codes=["X001"])
    client = Client()
    client.force_login(operator, backend=settings.AUTHENTICATION_BACKENDS[-1])

    def mark(code: str, at: dt.datetime) -> int:
        said = {"camera": code, "at": at.isoformat(), "label": "begins"}
        return client.post("/footage/replay/bookmarks", said, content_type="application/json").status_code

    assert mark(near.code, now - dt.timedelta(seconds=3)) == 201
    assert mark(near.code, now - dt.timedelta(minutes=5)) == 403
    assert mark(elsewhere.code, now) == 400
    assert [mark.author for mark in Bookmark.objects.all()] == [operator]
