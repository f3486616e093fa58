"""The centre survives its parts: nothing acknowledged is lost, all heals by itself. Real processes are killed."""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from django.db import connection, connections, transaction
from websockets.sync.client import ClientConnection, connect

import alerts.actions
from accounts.models import User
from alerts.facts import AlertPressedAgain
from alerts.models import Alert, AlertDevice
from cameras.models import SteeringOrder
from events.log import publish
from events.models import Delivery, Event
from incidents.actions import OPENING_LOCK
from incidents.models import Incident
from nice_supervision.start.processes import wait_until
from tests.cast import button, camera, may_film, person, school
from tests.console.conftest import cookie_of
from tests.servers import Centre

pytestmark = pytest.mark.survival


@pytest.fixture
def pressing(live_centre: Centre) -> Iterator[Pressing]:
    may_film()
    camera("C885")
    yield Pressing(live_centre, button(school()))


class Pressing:
    """A button on the network of a live centre."""

    def __init__(self, centre: Centre, device: AlertDevice) -> None:
        self.centre, self.device = centre, device
        self.secret = alerts.actions.give_key(actor=None, device=device)

    def press(self, key: str = "", timeout: float = 15) -> httpx.Response:
        return httpx.post(
            f"{self.centre.url}/api/v1/alerts/",
            json={"kind": "press"},
            headers={"Authorization": f"Device {self.secret}", "Idempotency-Key": key or uuid.uuid4().hex},
            timeout=timeout,
        )

    def press_until_received(self, key: str, seconds: float = 30) -> httpx.Response:
        """What the button page does: the same message with the same key until it is answered."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                answer = self.press(key, timeout=5)
            except httpx.HTTPError:
                time.sleep(0.3)
                continue
            if answer.status_code in (200, 201):
                return answer
            assert answer.status_code == 503, answer.text
            time.sleep(min(1.0, float(answer.headers["Retry-After"])))
        raise AssertionError("the press was never received")


EVERYTHING: dict[str, Any] = {
    "alert_id": 1,
    "number": "A-2026-000001",
    "presses": 2,
    "at": "2026-01-01T00:00:00+00:00",
    "received_at": "2026-01-01T00:00:00+00:00",
    "lat": 43.7,
    "lon": 7.26,
    "site_code": "ECO-012",
}


class Console:
    """A console's socket; `facts` gathers what came, by id."""

    def __init__(self, centre: Centre, user: User) -> None:
        self.centre, self.cookie = centre, cookie_of(user)
        self.facts: dict[int, dict[str, Any]] = {}
        self.doubled = 0

    def open(self, after: int | None = None) -> ClientConnection:
        query = "" if after is None else f"?after={after}"
        return connect(
            f"{self.centre.ws_url}/ws/console/{query}",
            additional_headers={"Cookie": self.cookie},
            origin=self.centre.url,  # type: ignore[arg-type]
            max_size=None,
        )

    def listen(self, socket: ClientConnection, *, until: str, seconds: float) -> dict[str, Any]:
        """The first fact of this kind; everything before it is kept."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            message = orjson.loads(socket.recv(timeout=left))
            if message["type"] == until:
                return message  # type: ignore[no-any-return]
            for fact in message.get("facts", []):
                self.doubled += fact["id"] in self.facts
                self.facts[fact["id"]] = fact
            if message["type"] == "facts":
                socket.send(orjson.dumps({"type": "seen", "id": message["last"]}).decode())
            for fact in message.get("facts", []):
                if fact["kind"] == until:
                    return fact  # type: ignore[no-any-return]
        raise AssertionError(f"no {until} within {seconds} s")


def test_web_killed_between_commit_and_reaction(pressing: Pressing) -> None:
    """The alert is kept, the incident follows by the sweep, the button's retry makes no second alert."""
    key = uuid.uuid4().hex
    with connection.cursor() as cursor:
        # The reaction waits here, after the alert's own transaction has committed.
        cursor.execute("SELECT pg_advisory_lock(%s)", [OPENING_LOCK])
        threading.Thread(target=lambda: _quietly(pressing, key), daemon=True).start()
        assert wait_until(lambda: Delivery.objects.owed().exists(), 10)
        assert not Incident.objects.exists()
        pressing.centre.kill("web")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [OPENING_LOCK])
    assert wait_until(lambda: SteeringOrder.objects.exists(), 15), pressing.centre.logs()
    assert Incident.objects.count() == 1
    pressing.centre.start("web")
    again = pressing.press(key)
    assert again.status_code == 200
    assert Alert.objects.get().number == again.json()["number"]
    assert Incident.objects.count() == 1


def test_redis_stopped_in_the_middle_of_presses(pressing: Pressing) -> None:
    console = Console(pressing.centre, person("operator"))
    with console.open() as socket:
        console.listen(socket, until="hello", seconds=10)
        pressing.centre.stop_redis()
        try:
            # Right after Redis is cut a first press may meet the timeout of a connection; then none does.
            for n in range(3):
                site = school(f"ECO-1{n:02d}")
                before = time.monotonic()
                answer = Pressing(pressing.centre, button(site)).press()
                assert answer.status_code == 201, answer.text
                fact = console.listen(socket, until="alerts.received", seconds=2 + time.monotonic() - before)
                assert fact["data"]["number"] == answer.json()["number"]
            assert wait_until(SteeringOrder.objects.exists, 15), "the cameras were ordered without a broker"
        finally:
            pressing.centre.start_redis()
    assert console.doubled == 0


def test_postgresql_away_is_a_clear_503_and_the_retry_makes_one_alert(pressing: Pressing) -> None:
    key = uuid.uuid4().hex
    connections.close_all()
    pressing.centre.stop_postgres()
    try:
        answer = pressing.press(key)
        assert answer.status_code == 503
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert int(answer.headers["Retry-After"]) >= 1
        assert "Idempotency-Key" in answer.json()["what_to_do"]
    finally:
        pressing.centre.start_postgres()
    connection.close_pool()
    received = pressing.press_until_received(key)
    assert received.status_code in (200, 201)
    assert Alert.objects.get().number == received.json()["number"]


def test_postgresql_killed_under_fire_loses_nothing_acknowledged(pressing: Pressing) -> None:
    """kill -9 of the server between presses: every 201 is found again after recovery."""
    senders = [Pressing(pressing.centre, button(school(f"ECO-2{n:02d}"))) for n in range(12)]
    acknowledged: list[str] = []
    connections.close_all()

    def fire(sender: Pressing) -> None:
        acknowledged.append(sender.press_until_received(uuid.uuid4().hex).json()["number"])

    threads = []
    for n, sender in enumerate(senders):
        thread = threading.Thread(target=fire, args=[sender])
        thread.start()
        threads.append(thread)
        time.sleep(0.1)
        if n == 5:
            pressing.centre.kill_postgres()
            threading.Timer(1.0, pressing.centre.start_postgres).start()
    for thread in threads:
        thread.join()
    connection.close_pool()
    assert len(acknowledged) == len(senders)
    assert set(Alert.objects.values_list("number", flat=True)) == set(acknowledged)
    assert wait_until(lambda: not Delivery.objects.owed().exists(), 20), pressing.centre.logs()
    causes = (
        Event.objects.filter(kind="incidents.opened").count()
        + Event.objects.filter(kind="incidents.joined").count()
    )
    assert causes == len(senders)


def test_web_killed_the_console_comes_back_with_its_last_id(pressing: Pressing) -> None:
    console = Console(pressing.centre, person("operator"))
    with console.open() as socket:
        console.listen(socket, until="hello", seconds=10)
        pressing.press()
        console.listen(socket, until="cameras.steering_ordered", seconds=10)
        pressing.centre.kill("web")
    alerts.actions.receive_press(device=button(school("ECO-300")))
    pressing.centre.start("web")
    last = max(console.facts)
    with console.open(after=last) as socket:
        fact = console.listen(socket, until="alerts.received", seconds=10)
        assert fact["data"]["site_code"] == "ECO-300"
    assert console.doubled == 0
    everything = set(Event.objects.filter(id__lte=max(console.facts)).values_list("id", flat=True))
    assert console.facts.keys() == everything


def test_a_console_closed_for_a_long_while_and_back(pressing: Pressing) -> None:
    start = Event.objects.last_id()
    console = Console(pressing.centre, person("operator"))
    for n in range(60):
        alerts.actions.receive_press(device=button(school(f"ECO-4{n:02d}")))
    fact = AlertPressedAgain(**EVERYTHING)
    for _ in range(1500):  # more than one frame of 64 kB, which a web server may drop without a word
        with transaction.atomic():
            publish(fact)
    last = Event.objects.last_id()
    with console.open(after=start) as socket:
        assert wait_until(lambda: _takes(console, socket) >= last, 15, every=0)
    assert console.doubled == 0
    assert list(console.facts) == sorted(console.facts)
    assert len(console.facts) == Event.objects.filter(id__gt=start).count()


def _takes(console: Console, socket: ClientConnection) -> int:
    message = orjson.loads(socket.recv(timeout=5))
    for fact in message.get("facts", []):
        console.doubled += fact["id"] in console.facts
        console.facts[fact["id"]] = fact
    return max(console.facts, default=0)


def _quietly(pressing: Pressing, key: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        pressing.press(key, timeout=30)
