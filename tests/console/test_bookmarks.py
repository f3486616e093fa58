"""Moments marked on an incident's cameras stand in its panel, for who may see recordings."""

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
from tests.cast import button, camera, person, school

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
    assert "Arrives" not in panel(person(Role.OPERATOR), incident)
