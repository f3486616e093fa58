"""Servers away for a while, seen from outside: the buttons are received and the console shows it."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from alerts.models import Alert
from cameras.models import SteeringOrder
from events.models import Delivery
from incidents.models import Incident
from nice_supervision.start.processes import wait_until
from tests.alerts.cast import key_for
from tests.cast import button, camera, may_film, person, school
from tests.console.conftest import cookie_of
from tests.servers import Centre
from tests.survival.outside import Button, Console

pytestmark = [pytest.mark.survival, pytest.mark.slow]
# Long enough for whoever speaks to Redis to have given up and to wait between two tries.
REDIS_AWAY_S = float(os.environ.get("NICE_AWAY_S", "12"))
POSTGRES_AWAY_S = 6


@pytest.fixture
def console(live_centre: Centre) -> Console:
    return Console(live_centre, cookie_of(person("operator")))


@pytest.fixture
def buttons(live_centre: Centre) -> Callable[[int], list[Button]]:
    """Buttons of as many schools, too far apart for their alerts to join; a camera sees each."""

    def make(count: int) -> list[Button]:
        made = []
        may_film()
        for n in range(count):
            site = school(f"ECO-{n:03d}", lat=43.66 + n * 0.01)
            camera(f"C{n:03d}", towards=site.point)
            made.append(Button(live_centre, key_for(button(site))))
        return made

    return make


def settled(seconds: float = 20) -> bool:
    return wait_until(lambda: not Delivery.objects.owed().exists(), seconds, every=0.1)


def test_redis_away_for_a_while(
    live_centre: Centre, console: Console, buttons: Callable[[int], list[Button]]
) -> None:
    people = buttons(10)
    with console:
        assert people[0].press().status == 201
        live_centre.stop_redis()
        for somebody in people[1:]:
            answer = somebody.send(str(uuid.uuid4()))
            sent = time.monotonic()
            assert answer.status == 201, answer
            assert answer.took_s < 3, answer
            assert console.shows(answer.body["number"], 4), "the console did not hear of it"
            came = console.came_at("alerts.received", answer.body["number"]) or 0
            assert came - sent < 2
            time.sleep(max(0.0, REDIS_AWAY_S / (len(people) - 1) - (time.monotonic() - sent)))
        live_centre.start_redis()
        assert console.connections == 1
    assert settled()
    assert Incident.objects.count() == len(people)
    assert SteeringOrder.objects.count() == len(people)
    numbers = [fact["data"]["number"] for fact in console.got("alerts.received")]
    assert sorted(numbers) == sorted(set(numbers))
    assert len(numbers) == len(people)
    assert live_centre.heals(40), live_centre.health()


def test_postgresql_away_while_somebody_presses(
    live_centre: Centre, console: Console, buttons: Callable[[int], list[Button]]
) -> None:
    [before, during] = buttons(2)
    with console:
        assert console.shows(before.press().body["number"], 2)
        live_centre.stop_postgres()
        received: list[int] = []
        pressing = threading.Thread(target=lambda: received.append(during.press().status))
        pressing.start()
        time.sleep(POSTGRES_AWAY_S)
        live_centre.start_postgres()
        connection.close()
        connection.close_pool()
        pressing.join(30)
        assert received == [201], during.answers
        assert console.shows(during.answers[-1].body["number"], 5)
    refusals = during.answers[:-1]
    assert refusals, "PostgreSQL was away and nobody was told"
    for refused in refusals:
        assert (refused.status, bool(refused.retry_after)) == (503, True)
        assert refused.body["what_to_do"]
        assert refused.took_s < 8
    assert Alert.objects.count() == 2
    assert len(console.got("alerts.received")) == 2
    assert settled()


def test_a_dead_worker_is_missed_by_nobody_who_presses(
    live_centre: Centre, console: Console, buttons: Callable[[int], list[Button]]
) -> None:
    [somebody] = buttons(1)
    live_centre.kill("worker")
    with console:
        assert console.shows(somebody.press().body["number"], 2)
    assert settled()
    assert Incident.objects.count() == 1
    assert SteeringOrder.objects.count() == 1
