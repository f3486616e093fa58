"""W-09: an alert nobody takes in time is told to the whole room, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

import alerts.actions
from alerts.models import Alert, EscalationRule
from alerts.tasks import escalate
from events.models import Event
from tests.cast import button, person, school

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules() -> None:
    for priority, after_s in ((1, 30), (2, 90)):
        EscalationRule.objects.update_or_create(priority=priority, defaults={"after_s": after_s})


def pressed(seconds_ago: float, code: str = "ECO-012", priority: int = 1) -> Alert:
    alert = alerts.actions.receive_press(device=button(school(code, priority=priority)))
    Alert.objects.filter(pk=alert.pk).update(
        received_at=timezone.now() - dt.timedelta(seconds=seconds_ago),
        at=alert.at - dt.timedelta(seconds=seconds_ago),
    )
    return alert


@pytest.mark.parametrize(
    ("seconds", "priority", "escalated"), [(29, 1, False), (31, 1, True), (31, 2, False), (91, 2, True)]
)
def test_each_priority_has_its_time(seconds: float, priority: int, escalated: bool) -> None:
    alert = pressed(seconds, priority=priority)
    escalate()
    alert.refresh_from_db()
    assert (alert.state == Alert.State.ESCALATED) is escalated


def test_told_once_and_never_after_somebody_took_it() -> None:
    late = pressed(40)
    taken = pressed(40, "ECO-013")
    alerts.actions.acknowledge(alert_ids=[taken.pk], actor=person("operator"))
    escalate()
    escalate()
    told = Event.objects.filter(kind="alerts.state_changed", data__state="escalated")
    assert [event.data["alert_id"] for event in told] == [late.pk]


def test_a_test_is_never_escalated() -> None:
    alert = alerts.actions.receive_test(device=button(school()))
    Alert.objects.filter(pk=alert.pk).update(received_at=timezone.now() + dt.timedelta(seconds=1))
    assert not Alert.objects.unanswered(timezone.now() + dt.timedelta(hours=1)).exists()
