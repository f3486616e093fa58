from __future__ import annotations

import datetime as dt
import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import DeviceKey
from alerts import actions, callers, device_door
from alerts.models import Alert, AlertDevice, AlertPress
from events.models import Event
from tests.alerts import cast

pytestmark = pytest.mark.django_db
URL = "/api/v1/alerts/"


class Caller:
    """A button that speaks HTTP."""

    def __init__(self, device: AlertDevice | None = None) -> None:
        self.device = device or cast.button()
        self.secret = cast.key_for(self.device)
        self.client = Client(raise_request_exception=False)

    def post(self, body: Any, *, url: str = URL, key: str | None = "", **headers: str) -> HttpResponse:
        sent = {"Authorization": f"Device {self.secret}"}
        if key is not None:
            sent["Idempotency-Key"] = key or uuid.uuid4().hex
        content_type = headers.pop("content_type", "application/json")
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(url, data, content_type=content_type, headers=sent | headers)

    def get(self, url: str) -> HttpResponse:
        return self.client.get(url, headers={"Authorization": f"Device {self.secret}"})


@pytest.fixture
def caller() -> Caller:
    return Caller()


def is_problem(response: HttpResponse, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].startswith("application/problem+json")
    body: dict[str, Any] = json.loads(response.content)
    assert body["code"] == code
    assert body["status"] == status
    assert body["title"]
    assert body["what_to_do"]
    return body


def test_a_press_is_answered_with_exactly_what_was_promised(caller: Caller) -> None:
    response = caller.post({"kind": "press"})
    assert response.status_code == 201
    alert = Alert.objects.get()
    assert response.json() == {
        "id": str(alert.public_id),
        "number": alert.number,
        "state": "received",
        "received_at": alert.received_at.isoformat(),
        "position_used": "site",
        "talk_url": f"/api/v1/alerts/{alert.public_id}/talk/",
    }
    assert response.headers["Location"] == f"/api/v1/alerts/{alert.public_id}/"


def test_everything_a_device_says_is_written_down(caller: Caller) -> None:
    at = (timezone.now() - dt.timedelta(minutes=3)).isoformat()
    point = {"lat": 43.7, "lon": 7.27, "accuracy_m": 12}
    response = caller.post({"kind": "press", "at": at, "point": point, "note": "deux personnes"})
    assert response.json()["position_used"] == "press"
    press = AlertPress.objects.get()
    assert (press.lat, press.lon, press.accuracy_m, press.note) == (43.7, 7.27, 12, "deux personnes")
    assert press.at.isoformat() == dt.datetime.fromisoformat(at).astimezone(dt.UTC).isoformat()


def test_the_same_message_again_gets_the_same_answer(caller: Caller) -> None:
    first = caller.post({"kind": "press"}, key="the-same-key")
    again = caller.post({"kind": "press"}, key="the-same-key")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Alert.objects.get().presses == 1


def test_a_repeated_message_is_answered_even_when_its_time_has_become_too_old(caller: Caller) -> None:
    body = {"kind": "press", "at": timezone.now().isoformat()}
    first = caller.post(body, key="the-same-key")
    AlertDevice.objects.update(state="out_of_service")
    assert caller.post(body, key="the-same-key").json() == first.json()


def test_the_same_key_for_another_message_is_a_conflict(caller: Caller) -> None:
    caller.post({"kind": "press"}, key="the-same-key")
    is_problem(caller.post({"kind": "test"}, key="the-same-key"), 409, "idempotency-key-reused")


def test_two_devices_may_use_one_idempotency_key(caller: Caller) -> None:
    other = Caller(cast.button(site=caller.device.site, code="BTN-0013"))
    assert caller.post({"kind": "press"}, key="the-same-key").status_code == 201
    assert other.post({"kind": "press"}, key="the-same-key").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_twice_at_once_makes_one_alert() -> None:
    caller, together, statuses = Caller(), threading.Barrier(2), []

    def send() -> None:
        together.wait()
        statuses.append(caller.post({"kind": "press"}, key="the-same-key").status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 201]
    assert Alert.objects.get().presses == 1


@pytest.mark.parametrize("key", [None, "short", "ké" * 10])
def test_an_idempotency_key_is_needed(caller: Caller, key: str | None) -> None:
    is_problem(caller.post({"kind": "press"}, key=key), 400, "idempotency-key")
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"kind": "press", "point": {"lat": NaN, "lon": 1}}', b"\xff\xfe", b"[" * 100_000],
)
def test_bad_json_is_refused(caller: Caller, body: bytes) -> None:
    is_problem(caller.post(body), 400, "parse-error")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "kind"),
        (b"", "kind"),
        ([], "non_field_errors"),
        ({"kind": "panic"}, "kind"),
        ({"kind": "press", "point": {"lat": 95, "lon": 7}}, "point.lat"),
        ({"kind": "press", "point": {"lat": "43", "lon": 7}}, "point.lat"),
        ({"kind": "press", "point": {"lat": 1e400, "lon": 7}}, None),
        ({"kind": "press", "point": {"lat": 43}}, "point.lon"),
        ({"kind": "press", "point": {"lat": 43, "lon": 7, "acuracy": 3}}, "point.acuracy"),
        ({"kind": "press", "point": None}, "point"),
        ({"kind": "press", "positon": {}}, "positon"),
        ({"kind": "press", "at": "yesterday"}, "at"),
        ({"kind": "press", "at": "2026-03-02T14:03:07"}, "at"),
        ({"kind": "press", "at": "0001-01-01T00:00:00+14:00"}, "at"),
        ({"kind": "press", "note": "x" * 501}, "note"),
        ({"kind": "press", "note": "a\u0000b"}, "note"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(caller: Caller, body: Any, path: str | None) -> None:
    if path is None:
        is_problem(caller.post(body), 400, "parse-error")
        return
    errors = is_problem(caller.post(body), 400, "invalid")["errors"]
    for name in path.split("."):
        errors = errors[name]
    assert errors
    assert not Alert.objects.exists()


@pytest.mark.parametrize("minutes", [3, -24 * 60 - 1])
def test_an_impossible_time_is_refused_with_the_time_of_the_centre(caller: Caller, minutes: int) -> None:
    at = (timezone.now() + dt.timedelta(minutes=minutes)).isoformat()
    problem = is_problem(caller.post({"kind": "press", "at": at}), 400, "invalid")
    assert problem["errors"]["at"]
    assert abs(dt.datetime.fromisoformat(problem["now"]) - timezone.now()) < dt.timedelta(seconds=5)


def test_who_has_no_key_is_asked_for_one(caller: Caller) -> None:
    response = Client().post(URL, b"{}", content_type="application/json")
    is_problem(response, 401, "not-authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Device")


def test_an_unknown_key_is_refused(caller: Caller) -> None:
    caller.secret = "nsk_000000000000_nothing"
    is_problem(caller.post({"kind": "press"}), 401, "unknown-key")


def test_a_revoked_key_is_refused(caller: Caller) -> None:
    actions.take_back_keys(actor=None, device=caller.device)
    is_problem(caller.post({"kind": "press"}), 401, "revoked-key")


def test_a_key_of_no_device_is_refused(caller: Caller) -> None:
    DeviceKey.objects.get().given_to.delete()
    is_problem(caller.post({"kind": "press"}), 403, "key-without-device")


def test_a_device_out_of_service_is_refused(caller: Caller) -> None:
    AlertDevice.objects.update(state="out_of_service")
    is_problem(caller.post({"kind": "press"}), 403, "device-out-of-service")


def test_a_megabyte_is_refused(caller: Caller) -> None:
    is_problem(caller.post({"kind": "press", "note": "x" * 1_048_576}), 413, "too-big")


def test_another_content_type_is_refused(caller: Caller) -> None:
    is_problem(caller.post(b"kind=press", content_type="text/plain"), 415, "unsupported-media-type")


def test_another_method_is_refused(caller: Caller) -> None:
    is_problem(caller.get(URL), 405, "method-not-allowed")


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine, all calls of the test fall into one minute."""
    monkeypatch.setattr(SimpleRateThrottle, "timer", lambda _self: 1_000.0)


@pytest.mark.usefixtures("one_moment")
def test_a_flood_is_slowed_down_but_never_a_first_press(caller: Caller) -> None:
    statuses = {caller.post({"kind": "test"}).status_code for _ in range(60)}
    assert statuses == {201}
    assert int(caller.post({"kind": "test"}).headers["Retry-After"]) >= 1
    is_problem(caller.post(b"{"), 429, "throttled")
    assert caller.post({"kind": "press"}).status_code == 201
    is_problem(caller.post({"kind": "press"}), 429, "throttled")


@pytest.mark.usefixtures("one_moment")
def test_guessing_keys_is_slowed_down(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_door.PerAddress, "rate", "3/min", raising=False)
    known, caller.secret = caller.secret, "nsk_000000000000_nothing"
    assert [caller.post({}).status_code for _ in range(4)] == [401, 401, 401, 429]
    caller.secret = known
    assert caller.post({"kind": "press"}).status_code == 201


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_: object) -> Callable[..., Alert]:
        raise OperationalError("terminating connection")

    monkeypatch.setattr("alerts.api.once", away)
    response = caller.post({"kind": "press"})
    is_problem(response, 503, "database-away")
    assert response.headers["Retry-After"] == "2"


def test_the_presser_follows_its_alert(caller: Caller) -> None:
    public_id = caller.post({"kind": "press"}).json()["id"]
    alert = Alert.objects.get()
    actions.acknowledge(alert_ids=[alert.pk], actor=None)
    actions.send_message(alert=alert, text="Un équipage part.")
    seen = caller.get(f"{URL}{public_id}/").json()
    assert (seen["state"], seen["taken"], seen["closed"], seen["presses"]) == ("acknowledged", True, False, 1)
    assert [m["text"] for m in seen["messages"]] == ["Un équipage part."]
    actions.close(alert_ids=[alert.pk], state="unfounded", actor=None)
    assert caller.get(f"{URL}{public_id}/").json()["closed"] is True


def test_a_device_reads_no_alert_but_its_own(caller: Caller) -> None:
    other = Caller(cast.button(site=caller.device.site, code="BTN-0013"))
    public_id = other.post({"kind": "press"}).json()["id"]
    is_problem(caller.get(f"{URL}{public_id}/"), 404, "not-found")
    is_problem(caller.get(f"{URL}{public_id}/talk/"), 404, "not-found")
    is_problem(caller.post({"text": "hé"}, url=f"{URL}{public_id}/talk/"), 404, "not-found")


def test_the_site_and_the_centre_write_to_one_another(caller: Caller) -> None:
    talk = caller.post({"kind": "press"}).json()["talk_url"]
    sent = caller.post({"text": "Ils sont partis."}, url=talk, key="first-line")
    again = caller.post({"text": "Ils sont partis."}, url=talk, key="first-line")
    assert (sent.status_code, again.status_code) == (201, 200)
    assert sent.json() == again.json()
    actions.send_message(alert=Alert.objects.get(), text="Bien reçu.")
    lines = caller.get(talk).json()
    assert [(m["from_centre"], m["text"]) for m in lines] == [
        (False, "Ils sont partis."),
        (True, "Bien reçu."),
    ]
    assert len(caller.get(f"{talk}?after={lines[0]['id']}").json()) == 1
    told = Event.objects.filter(kind="alerts.message_sent").values_list("data", flat=True)
    assert [sorted(d) for d in told] == [["alert_id", "from_centre"]] * 2


@pytest.mark.parametrize("text", ["", "   ", "x" * 501])
def test_a_message_is_short_and_says_something(caller: Caller, text: str) -> None:
    talk = caller.post({"kind": "press"}).json()["talk_url"]
    assert is_problem(caller.post({"text": text}, url=talk), 400, "invalid")["errors"]["text"]


def test_nothing_is_written_to_a_closed_alert(caller: Caller) -> None:
    talk = caller.post({"kind": "press"}).json()["talk_url"]
    actions.close(alert_ids=[Alert.objects.get().pk], actor=None)
    is_problem(caller.post({"text": "allô"}, url=talk), 409, "alert-closed")


def test_a_mistake_is_answered_about_its_alert(caller: Caller) -> None:
    pressed = caller.post({"kind": "press"}).json()
    said = caller.post({"kind": "cancel"})
    assert (said.status_code, said.json()["id"], said.json()["state"]) == (201, pressed["id"], "received")
    seen = caller.get(f"{URL}{pressed['id']}/").json()
    assert (seen["cancelled"], seen["closed"]) == (True, False)


def test_there_must_be_something_to_call_a_mistake(caller: Caller) -> None:
    is_problem(caller.post({"kind": "cancel"}), 409, "nothing-to-cancel")


def test_a_heartbeat_is_one_update(caller: Caller, django_assert_num_queries: Any) -> None:
    caller.post({"battery_percent": 80}, url="/api/v1/heartbeats/", key=None)
    with django_assert_num_queries(2):  # the key with its device, the update
        said = {"battery_percent": 79, "firmware": "1.4"}
        assert caller.post(said, url="/api/v1/heartbeats/", key=None).status_code == 204
    caller.device.refresh_from_db()
    assert (caller.device.battery_percent, caller.device.firmware) == (79, "1.4")
    assert not Event.objects.exists()


@pytest.mark.parametrize("body", [{"battery_percent": 101}, {"battery_percent": "full"}, {"batery": 3}])
def test_a_wrong_heartbeat_is_refused(caller: Caller, body: Any) -> None:
    is_problem(caller.post(body, url="/api/v1/heartbeats/", key=None), 400, "invalid")


def test_a_device_that_says_nothing_is_listed(caller: Caller) -> None:
    quiet = cast.button(site=caller.device.site, code="BTN-0013", longest_silence_s=300)
    assert not AlertDevice.objects.silent().exists()
    later = timezone.now() + dt.timedelta(seconds=301)
    assert list(AlertDevice.objects.silent(later)) == [quiet]
    AlertDevice.objects.filter(pk=quiet.pk).update(last_heartbeat_at=later)
    assert not AlertDevice.objects.silent(later).exists()


def test_a_device_learns_who_it_is(caller: Caller) -> None:
    pressed = caller.post({"kind": "press"}).json()
    me = caller.get("/api/v1/device/").json()
    assert me["site"] == {
        "code": "ECO-012",
        "kind": "school",
        "name": "École Saint-Roch",
        "address": "12 rue Acchiardi",
    }
    assert (me["label"], me["in_service"], me["open_alert"]) == ("accueil", True, pressed["id"])
    assert me["now"]


def test_answers_are_never_kept_by_a_cache(caller: Caller) -> None:
    assert caller.get("/api/v1/device/").headers["Cache-Control"] == "no-store"


def test_the_correlation_goes_from_the_press_to_the_fact(caller: Caller) -> None:
    caller.post({"kind": "press"}, **{"X-Correlation-ID": "gesture-0001"})
    assert Event.objects.get().correlation == Alert.objects.get().correlation == "gesture-0001"


def test_who_calls_is_read_as_the_models_say(caller: Caller) -> None:
    key = DeviceKey.objects.find(caller.secret, callers.read)
    assert key is not None
    for instance in (key, key.given_to, key.given_to.device, key.given_to.device.site):
        kept = type(instance)._default_manager.get(pk=instance.pk)
        for field in instance._meta.concrete_fields:
            assert getattr(instance, field.attname) == getattr(kept, field.attname), field
