from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import actions
from accounts.authentication import DeviceAuthentication, DevicePrincipal
from accounts.models import DeviceKey, User
from accounts.rights import Right
from accounts.schema import DeviceKeyScheme
from doors.problems import NotAllowed


class Door(APIView):
    authentication_classes = [DeviceAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        return Response({"key": request.auth.pk, "who": type(request.user).__name__, "pk": request.user.pk})


def call(authorization: str | None) -> Any:
    headers = {} if authorization is None else {"HTTP_AUTHORIZATION": authorization}
    answer = Door.as_view()(RequestFactory().get("/api/v1/x/", **headers))
    answer.render()
    return answer


@pytest.fixture
def made(known_roles: None) -> tuple[DeviceKey, str]:
    return actions.create_device_key(actor=None, label="School, reception")


def test_a_device_comes_in_with_its_key(made: tuple[DeviceKey, str]) -> None:
    key, secret = made
    assert call(f"Device {secret}").data == {"key": key.pk, "who": "DevicePrincipal", "pk": None}
    assert call(f"device  {secret} ").status_code == 200, "the scheme's name has no case (RFC 9110)"


def test_only_a_hash_is_kept(made: tuple[DeviceKey, str]) -> None:
    key, secret = made
    assert secret not in str(DeviceKey.objects.values().get())
    assert key.digest == DeviceKey.digest_of(secret)


@pytest.mark.parametrize(
    "authorization",
    [
        "Device",
        "Device ",
        "Device nsk_",
        "Device nsk_a_b",
        "Device \xe9",
        "Device nsk_" + "0" * 5000,
        "Device a b c",
    ],
)
def test_unknown_and_malformed_keys_are_answered_alike(db: None, authorization: str) -> None:
    answer = call(authorization)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Device realm="nice-supervision"'
    assert answer.data["code"] == "unknown-key"
    assert answer.data["what_to_do"]


def test_without_a_key_the_answer_says_how_to_come_in(db: None) -> None:
    answer = call(None)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Device realm="nice-supervision"'


def test_a_revoked_key_is_told_so_only_to_whoever_holds_it_whole(made: tuple[DeviceKey, str]) -> None:
    key, secret = made
    actions.revoke_device_key(actor=None, key=key)
    assert call(f"Device {secret}").data["code"] == "revoked-key"
    assert call(f"Device {secret[:-1]}").data["code"] == "unknown-key"
    assert call(f"Device nsk_{key.public}_guess").data["code"] == "unknown-key"


def test_revoking_twice_keeps_the_first_date(made: tuple[DeviceKey, str]) -> None:
    first = actions.revoke_device_key(actor=None, key=made[0]).revoked_at
    assert actions.revoke_device_key(actor=None, key=made[0]).revoked_at == first


def test_last_use_is_written_once_a_minute(
    made: tuple[DeviceKey, str], django_assert_num_queries: Any
) -> None:
    key, secret = made
    call(f"Device {secret}")
    key.refresh_from_db()
    first = key.last_used_at
    assert first is not None
    with django_assert_num_queries(1):
        call(f"Device {secret}")
    key.refresh_from_db()
    assert key.last_used_at == first
    DeviceKey.objects.update(last_used_at=timezone.now() - dt.timedelta(minutes=2))
    call(f"Device {secret}")
    key.refresh_from_db()
    assert key.last_used_at is not None
    assert key.last_used_at > first


def test_a_device_has_no_right_of_a_person(made: tuple[DeviceKey, str]) -> None:
    principal = DevicePrincipal(made[0])
    assert not any(principal.may(right) for right in Right)
    assert not principal.has_perm("accounts.see_room")


def test_making_keys_needs_the_right(operator: User, supervisor: User) -> None:
    with pytest.raises(NotAllowed):
        actions.create_device_key(actor=operator, label="x")
    assert actions.create_device_key(actor=supervisor, label="x")[0].created_by == supervisor


def test_no_key_is_logged(made: tuple[DeviceKey, str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        call(f"Device {made[1]}")
        actions.revoke_device_key(actor=None, key=made[0])
        call(f"Device {made[1]}")
    lines = [str(record.__dict__) for record in caplog.records if not record.name.startswith("django.db")]
    assert lines
    assert not any(made[1] in line or made[0].digest in line for line in lines)


def test_the_admin_shows_the_secret_once(browser: Client, supervisor: User) -> None:
    browser.force_login(supervisor)
    page = browser.post("/admin/accounts/devicekey/add/", {"label": "Theatre, box office"})
    secret = page.context["secret"]
    assert "no-store" in page["Cache-Control"]
    assert secret in page.content.decode()
    key = DeviceKey.objects.get(label="Theatre, box office")
    assert DeviceKey.objects.find(secret) == key
    for later in ("/admin/accounts/devicekey/", f"/admin/accounts/devicekey/{key.pk}/change/"):
        text = browser.get(later).content.decode()
        assert secret not in text
        assert key.digest not in text


def test_the_admin_revokes(browser: Client, supervisor: User, made: tuple[DeviceKey, str]) -> None:
    browser.force_login(supervisor)
    browser.post("/admin/accounts/devicekey/", {"action": "revoke", "_selected_action": [made[0].pk]})
    assert call(f"Device {made[1]}").data["code"] == "revoked-key"
    assert DeviceKey.objects.get(pk=made[0].pk).revoked_by == supervisor


def test_the_openapi_document_describes_the_key() -> None:
    scheme = DeviceKeyScheme.get_match(DeviceAuthentication)
    assert scheme.name == "deviceKey"
    assert scheme.get_security_definition(None)["name"] == "Authorization"
