from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import DeviceKey, User
from alerts import actions
from alerts.models import Alert, AlertDevice, AlertMessage, Site
from doors.problems import NotAllowed
from events.models import Event
from tests import cast as people
from tests.alerts import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> User:
    return people.person("operator")


@pytest.fixture
def alert() -> Alert:
    return actions.receive_press(device=cast.button())


def last_states() -> list[str]:
    rows = Event.objects.filter(kind="alerts.state_changed").order_by("id")
    return [row.data["state"] for row in rows]


def test_every_step_has_its_time_and_its_person(operator: User, alert: Alert) -> None:
    actions.present(alert_ids=[alert.pk])
    actions.acknowledge(alert_ids=[alert.pk], actor=operator)
    actions.set_state(alert_ids=[alert.pk], state="doubt_removal", actor=operator)
    actions.close(alert_ids=[alert.pk], state="confirmed", actor=operator)
    alert.refresh_from_db()
    assert alert.presented_at <= alert.acknowledged_at <= alert.closed_at
    assert alert.acknowledged_by == operator
    assert last_states() == ["presented", "acknowledged", "doubt_removal", "confirmed"]
    assert Event.objects.order_by("id").last().actor == operator


def test_taking_it_twice_keeps_the_first_taker(operator: User, alert: Alert) -> None:
    assert actions.acknowledge(alert_ids=[alert.pk], actor=operator)
    assert actions.acknowledge(alert_ids=[alert.pk], actor=people.person("shift_lead")) == []
    alert.refresh_from_db()
    assert alert.acknowledged_by == operator


def test_presenting_or_escalating_late_does_not_undo_the_taking(operator: User, alert: Alert) -> None:
    actions.acknowledge(alert_ids=[alert.pk], actor=operator)
    assert actions.present(alert_ids=[alert.pk]) == []
    assert actions.escalate(alert_ids=[alert.pk]) == []


def test_what_nobody_took_escalates_and_can_still_be_taken(operator: User, alert: Alert) -> None:
    assert actions.escalate(alert_ids=[alert.pk])[0].state == "escalated"
    assert actions.acknowledge(alert_ids=[alert.pk], actor=operator)


def test_a_finding_may_be_corrected_until_the_alert_is_closed(operator: User, alert: Alert) -> None:
    actions.set_state(alert_ids=[alert.pk], state="unfounded", actor=operator)
    actions.set_state(alert_ids=[alert.pk], state="confirmed", actor=operator)
    assert [a.state for a in actions.close(alert_ids=[alert.pk], actor=operator)] == ["confirmed"]
    assert actions.set_state(alert_ids=[alert.pk], state="unfounded", actor=operator) == []


def test_closing_keeps_what_was_found(operator: User, alert: Alert) -> None:
    actions.set_state(alert_ids=[alert.pk], state="technical", actor=operator)
    assert actions.close(alert_ids=[alert.pk], actor=operator)[0].state == "technical"


@pytest.mark.parametrize(
    "act",
    [
        lambda a, who: actions.acknowledge(alert_ids=[a.pk], actor=who),
        lambda a, who: actions.set_state(alert_ids=[a.pk], state="unfounded", actor=who),
        lambda a, who: actions.close(alert_ids=[a.pk], state="unfounded", actor=who),
        lambda a, who: actions.send_message(alert=a, text="allô", actor=who),
        lambda a, who: actions.give_key(device=a.device, actor=who),
    ],
)
def test_it_refuses_somebody_without_the_right(alert: Alert, act: Callable[[Alert, User], object]) -> None:
    with pytest.raises(NotAllowed):
        act(alert, people.person("dpo"))


def test_only_the_room_sees_alerts(operator: User, alert: Alert) -> None:
    outsider = User.objects.create_user("outsider")
    assert list(Alert.objects.visible_to(operator)) == [alert]
    assert not Alert.objects.visible_to(outsider).exists()
    assert not Site.objects.visible_to(outsider).exists()
    assert not AlertDevice.objects.visible_to(outsider).exists()


def test_the_queue_is_by_priority_then_age() -> None:
    low = actions.receive_press(device=cast.button(site=cast.school(code="COM-1", kind="shop"), code="B1"))
    high = actions.receive_press(device=cast.button(site=cast.school(code="ECO-1"), code="B2"))
    later = actions.receive_press(device=cast.button(site=cast.school(code="ECO-2"), code="B3"))
    assert list(Alert.objects.open().in_queue_order()) == [high, later, low]


def test_a_site_takes_the_usual_priority_of_its_kind() -> None:
    technician = people.person("technician")
    fields = {"code": "THE-001", "kind": "theatre", "name": "Théâtre", "address": "1 promenade", "lat": 43.7}
    contacts = [("Régie", "04 00 00 00 01"), ("Accueil", "04 00 00 00 02")]
    site = actions.register_site(actor=technician, contacts=contacts, lon=7.27, **fields)
    assert site.priority == 2
    assert [c.role for c in site.contacts.all()] == ["Régie", "Accueil"]
    device = actions.register_device(actor=technician, site=site, code="BTN-1", label="régie")
    secret = actions.give_key(actor=technician, device=device)
    assert AlertDevice.objects.holding(DeviceKey.objects.find(secret)) == device


def test_a_site_without_a_place_is_refused_by_name() -> None:
    with pytest.raises(ValidationError) as refused:
        actions.register_site(actor=None, code="x y", kind="shop", name="", address="a", lat=91, lon=7)
    assert {"code", "name", "lat"} <= set(refused.value.message_dict)


@pytest.mark.parametrize(
    "change",
    [
        {"lat": 91},
        {"priority": 4},
        {"presses": 0},
        {"accuracy_m": -1},
        {"closed_at": timezone.now()},
        {"kind": "test"},
    ],
)
def test_the_database_refuses_nonsense(alert: Alert, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**change)


def test_a_site_never_speaks_under_a_name(alert: Alert, operator: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AlertMessage.objects.create(alert=alert, text="x", from_centre=False, author=operator)


@pytest.mark.parametrize(
    ("content", "ok"),
    [
        (b"%PDF-1.7 ...", True),
        (b"\x89PNG\r\n\x1a\n...", True),
        (b"\xff\xd8\xff\xe0", True),
        (b"<html><script>", False),
        (b"%PDF-" + b"x" * (10 * 1024 * 1024), False),
    ],
)
def test_a_plan_is_a_pdf_or_a_picture(content: bytes, ok: bool, settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    site = cast.school()
    site.plan = SimpleUploadedFile("plan.html", content)
    if not ok:
        with pytest.raises(ValidationError):
            site.full_clean()
        return
    site.full_clean()
    site.save()
    assert site.plan.name.rpartition(".")[2] in {"pdf", "png", "jpg"}


def test_the_plan_of_a_school_is_for_the_room(settings: object, tmp_path: object, operator: User) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    site = cast.school()
    site.plan = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 ...")
    site.save()
    url, client = "/api/v1/sites/ECO-012/plan/", Client()
    assert client.get(url).status_code in {401, 403}
    client.force_login(User.objects.create_user("outsider"))
    assert client.get(url).status_code == 404
    client.force_login(operator)
    response = client.get(url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/pdf")
