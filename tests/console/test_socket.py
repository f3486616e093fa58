"""The WebSocket of a screen: who may open it, catching up, following, presence, falling behind."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.utils import timezone

import alerts.actions
from console import consumers
from events import tail
from events.models import Event
from nice_supervision.asgi import application
from patrols.models import LastPosition, Unit
from tests.cast import button, person, school
from tests.console.conftest import Opener

pytestmark = pytest.mark.django_db(transaction=True)

a_person = sync_to_async(person)
press = sync_to_async(alerts.actions.receive_press)
last_id = sync_to_async(Event.objects.last_id)


@sync_to_async
def a_button(code: str = "ECO-012"):  # type: ignore[no-untyped-def]
    return button(school(code))


async def test_a_press_reaches_an_open_screen_with_what_it_needs(screen: Opener) -> None:
    operator, device = await a_person("operator"), await a_button()
    async with screen(operator) as socket:
        hello = await socket.receive("hello")
        alert = await press(device=device)
        [fact] = await socket.facts("alerts.received")
    assert fact["id"] > hello["last"]
    assert fact["data"]["number"] == alert.number
    assert fact["data"]["place_label"] == device.site.name
    assert (fact["data"]["lat"], fact["data"]["lon"]) == (device.site.lat, device.site.lon)


async def test_a_screen_that_comes_back_gets_what_it_missed_once_and_in_order(screen: Opener) -> None:
    operator = await a_person("operator")
    devices = [await a_button(f"ECO-{n:03d}") for n in range(4)]
    async with screen(operator) as socket:
        await socket.receive("hello")
        await press(device=devices[0])
        seen = (await socket.facts("alerts.received"))[0]["id"]
    for device in devices[1:]:
        await press(device=device)
    async with screen(operator, after=seen) as socket:
        missed = await socket.facts("alerts.received", count=3)
    ids = [fact["id"] for fact in missed]
    assert ids == sorted(set(ids))
    assert ids[0] > seen
    assert [f["data"]["site_code"] for f in missed] == [d.site.code for d in devices[1:]]


async def test_the_wall_hears_incidents_but_not_notes(screen: Opener) -> None:
    lead, device = await a_person("shift_lead"), await a_button()
    start = await last_id()
    await press(device=device)
    async with screen(lead, after=start, path="/ws/wall/") as socket:
        kinds = {f["kind"] for f in await socket.facts(count=2)}
    assert {"alerts.received", "incidents.opened"} <= kinds


async def test_nobody_signed_in_is_sent_to_sign_in(screen: Opener) -> None:
    async with screen(None) as socket:
        assert await socket.closed() == consumers.SIGN_IN


@pytest.mark.parametrize("role", ["admin", "site_contact", "elected"])
async def test_a_role_without_the_room_is_refused(screen: Opener, role: str) -> None:
    async with screen(await a_person(role)) as socket:
        assert await socket.closed() == consumers.NO_RIGHT


async def test_another_origin_is_refused() -> None:
    headers = [(b"origin", b"https://elsewhere.example")]
    communicator = WebsocketCommunicator(application, "/ws/console/", headers=headers)
    connected, _code = await communicator.connect()
    assert not connected


async def test_a_right_that_ends_closes_the_screen(screen: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    operator = await a_person("operator")
    async with screen(operator) as socket:
        await socket.receive("hello")
        await sync_to_async(operator.groups.clear)()
        assert await socket.closed() == consumers.NO_RIGHT


async def test_a_closed_account_closes_the_screen(screen: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    operator = await a_person("operator")
    async with screen(operator) as socket:
        await socket.receive("hello")
        operator.is_active = False
        await sync_to_async(operator.save)()
        assert await socket.closed() == consumers.SIGN_IN


async def test_too_far_behind_is_told_to_reload_then_follows(
    screen: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, device = await a_person("operator"), await a_button()
    await press(device=device)
    monkeypatch.setattr(tail, "FAR_BEHIND", 1)
    async with screen(operator, after=0) as socket:
        await socket.receive("reload")
        await socket.receive("hello")
        await press(device=device)
        assert await socket.facts("alerts.pressed_again")


async def test_ping_is_answered_with_the_time_and_the_last_id(screen: Opener) -> None:
    async with screen(await a_person("operator")) as socket:
        await socket.receive("hello")
        await socket.send(type="ping", n=42)
        pong = await socket.receive("pong")
    assert pong["n"] == 42
    assert pong["now"]
    assert pong["last"] >= 0


@pytest.mark.parametrize("rubbish", ["{", "[]", "null", '"x"', '{"type":"ping","n":"' + "x" * 10_000 + '"}'])
async def test_rubbish_closes_the_socket_and_nothing_else(screen: Opener, rubbish: str) -> None:
    operator = await a_person("operator")
    async with screen(operator) as good, screen(operator) as bad:
        await good.receive("hello")
        await bad.communicator.send_to(text_data=rubbish)
        assert await bad.closed() == consumers.RUBBISH
        await good.send(type="ping", n=1)
        assert (await good.receive("pong"))["n"] == 1


async def test_two_people_see_who_is_on_what(screen: Opener) -> None:
    one, two = await a_person("operator", "one"), await a_person("shift_lead", "two")
    async with screen(one) as first, screen(two) as second:
        await first.send(type="looking_at", incident_id=5)
        async with asyncio.timeout(6):
            while True:
                people = (await second.receive("presence", 6))["people"]
                if {(p["user_id"], p["incident_id"]) for p in people} >= {(one.pk, 5), (two.pk, None)}:
                    break
    assert {p["user_id"]: p["lead"] for p in people} == {one.pk: False, two.pk: True}


async def test_a_screen_that_never_says_seen_is_sent_back(
    screen: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "WINDOW", 2)
    real = tail.Subscriber.__init__
    monkeypatch.setattr(
        tail.Subscriber,
        "__init__",
        lambda self, audience, on_overrun: real(self, audience, on_overrun, limit=2),
    )
    operator, device = await a_person("operator"), await a_button()
    async with screen(operator) as deaf:
        await deaf.receive("hello")
        for _ in range(12):
            await press(device=device)
            await asyncio.sleep(0.05)
        assert await deaf.closed() == consumers.FELL_BEHIND


async def test_without_redis_a_press_is_shown_within_two_seconds(
    screen: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.nudge.log_grew", lambda event_id: None)
    operator, device = await a_person("operator"), await a_button()
    async with screen(operator) as socket:
        await socket.receive("hello")
        await press(device=device)
        assert await socket.facts("alerts.received", timeout=2)


async def test_crews_that_move_are_told_once_a_second_and_are_no_facts(screen: Opener) -> None:
    await _a_crew("P7", 43.70)
    async with screen(await a_person("operator")) as socket:
        [crew] = (await socket.receive("moved", 6))["units"]
        assert (crew["label"], crew["lat"]) == ("P7", 43.70)
        await _a_crew("P7", 43.71)
        [crew] = (await socket.receive("moved", 6))["units"]
        assert crew["lat"] == 43.71
    assert not await sync_to_async(Event.objects.filter(kind__startswith="patrols").exists)()


@sync_to_async
def _a_crew(call_sign: str, lat: float) -> None:
    unit, _new = Unit.objects.get_or_create(call_sign=call_sign)
    now = timezone.now()
    LastPosition.objects.update_or_create(
        unit=unit, defaults={"lat": lat, "lon": 7.26, "heading_deg": 90, "at": now, "received_at": now}
    )


async def test_the_first_screen_that_draws_an_alert_presents_it(screen: Opener) -> None:
    """Q-01: the time an alert reached an operator's eyes is measured, not assumed."""
    operator, device = await a_person("operator"), await a_button()
    async with screen(operator) as one, screen(operator) as two:
        await one.receive("hello")
        alert = await press(device=device)
        for socket in (one, two):
            await socket.send(type="shown", alert_ids=[alert.pk, "x", None])
        [fact] = await one.facts("alerts.state_changed")
    await sync_to_async(alert.refresh_from_db)()
    assert fact["data"]["state"] == alert.state == "presented"
    assert alert.presented_at is not None
