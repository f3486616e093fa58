from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import DeviceKey
from alerts import actions
from alerts.models import AlertDevice
from tests import cast as people
from tests.alerts import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def technician() -> Client:
    client = Client()
    client.force_login(people.person("technician"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_key_is_shown_once_with_its_link_and_its_code(technician: Client) -> None:
    device = cast.button()
    url = reverse("admin:alerts_alertdevice_key", args=[device.pk])
    assert b"nsk_" not in technician.get(url).content
    page = technician.post(url)
    text = page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    secret = re.search(r"nsk_[\w-]+", text)[0]
    assert f"/button/#key={secret}" in text
    assert "data:image/svg+xml;base64," in text
    assert AlertDevice.objects.holding(DeviceKey.objects.find(secret)) == device
    change = technician.get(reverse("admin:alerts_alertdevice_change", args=[device.pk])).content.decode()
    assert secret not in change
    assert device.keys.get().public in change


def test_keys_are_revoked_from_the_list(technician: Client) -> None:
    device = cast.button()
    actions.give_key(actor=None, device=device)
    data = {"action": "take_back_keys", "_selected_action": [device.pk]}
    technician.post(reverse("admin:alerts_alertdevice_changelist"), data)
    assert not device.keys.filter(revoked_at=None).exists()


@pytest.mark.parametrize("model", ["site", "alertdevice"])
def test_the_estate_is_open_to_who_manages_it(technician: Client, model: str) -> None:
    device = cast.button()
    pk = device.pk if model == "alertdevice" else device.site.pk
    assert (
        technician.get(
            reverse(f"admin:alerts_{model}_changelist") + "?silent=yes" * (model == "alertdevice")
        ).status_code
        == 200
    )
    assert technician.get(reverse(f"admin:alerts_{model}_change", args=[pk])).status_code == 200
    assert technician.get(reverse(f"admin:alerts_{model}_add")).status_code == 200
    assert technician.get(reverse(f"admin:alerts_{model}_delete", args=[pk])).status_code == 403


def test_a_site_is_made_with_its_contacts(technician: Client) -> None:
    data = {
        "code": "ECO-012",
        "kind": "school",
        "name": "École",
        "address": "12 rue",
        "lat": "43.7",
        "lon": "7.28",
        "contacts-TOTAL_FORMS": "1",
        "contacts-INITIAL_FORMS": "0",
        "contacts-0-role": "Direction",
        "contacts-0-phone": "04 00 00 00 00",
        "contacts-0-order": "1",
    }
    assert technician.post(reverse("admin:alerts_site_add"), data).status_code == 302
    device = cast.button(site=cast.Site.objects.get(code="ECO-012"))
    assert device.site.priority == 1
    assert device.site.contacts.get().role == "Direction"


def test_alerts_are_read_and_never_changed() -> None:
    alert = actions.receive_press(device=cast.button(), note="au portail")
    client = Client()
    client.force_login(people.person("supervisor"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("admin:alerts_alert_change", args=[alert.pk]))
    assert page.status_code == 200
    assert b"au portail" in page.content
    assert client.post(reverse("admin:alerts_alert_change", args=[alert.pk]), {}).status_code == 403
    assert client.get(reverse("admin:alerts_alert_add")).status_code == 403
