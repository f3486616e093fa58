"""The live tail: catch up, follow, fall behind, survive without Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from events import nudge, tail
from events.facts import KINDS
from events.log import publish
from events.models import Event
from events.tail import Subscriber, Tail
from tests.events.facts_of_tests import Happened

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def happen(*numbers: int) -> None:
    for n in numbers:
        with transaction.atomic():
            publish(Happened(n=n))


@pytest.fixture
async def log_tail() -> AsyncIterator[Tail]:
    """A tail of its own, which reads no longer than its test."""
    own = Tail()
    yield own
    for screen in tuple(own.subscribers):
        own.leave(screen)
    await asyncio.sleep(0.05)


def subscriber(audience: str = "room", limit: int = 256) -> Subscriber:
    return Subscriber(audience, on_overrun=lambda: None, limit=limit)


async def facts(screen: Subscriber, count: int, timeout: float = 5) -> list[dict]:
    """The next facts of the tests' own kind put on this screen's queue."""
    found: list[dict] = []
    async with asyncio.timeout(timeout):
        while len(found) < count:
            frame = orjson.loads(await screen.queue.get())
            found += [f for f in frame["facts"] if f["kind"] == "tests.happened"]
    return found


async def test_a_screen_catches_up_then_follows(log_tail: Tail) -> None:
    before = await sync_to_async(Event.objects.last_id)()
    await happen(1, 2)
    screen = subscriber()
    assert await log_tail.join(screen, before) == before
    await happen(3)
    found = await facts(screen, 3)
    assert [f["data"]["n"] for f in found] == [1, 2, 3]
    ids = [f["id"] for f in found]
    assert ids == sorted(set(ids)), "each once, in order"


async def test_two_screens_get_the_very_same_text(log_tail: Tail) -> None:
    one, two = subscriber(), subscriber()
    await log_tail.join(one, None)
    await log_tail.join(two, None)
    await happen(1)
    assert (await one.queue.get()) is (await two.queue.get())


async def test_an_audience_hears_only_its_facts(log_tail: Tail) -> None:
    wall = subscriber("wall")
    await log_tail.join(wall, None)
    await happen(1)  # tests.happened is for the wall, the tests.heard that follows is not
    await asyncio.sleep(1.3)
    kinds = []
    while not wall.queue.empty():
        kinds += [f["kind"] for f in orjson.loads(wall.queue.get_nowait())["facts"]]
    assert kinds == ["tests.happened"]
    assert "wall" not in KINDS["tests.heard"].audiences


async def test_without_a_nudge_a_fact_is_shown_within_two_seconds(
    log_tail: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudge, "log_grew", lambda event_id: None)
    screen = subscriber()
    await log_tail.join(screen, None)
    await happen(1)
    assert len(await facts(screen, 1, timeout=2)) == 1


async def test_a_screen_that_does_not_read_is_let_go_and_the_others_are_not(log_tail: Tail) -> None:
    slow, good = subscriber(limit=2), subscriber()
    await log_tail.join(slow, None)
    await log_tail.join(good, None)
    for n in range(6):
        await happen(n)
        await asyncio.sleep(0.05)
    assert [f["data"]["n"] for f in await facts(good, 6)] == list(range(6))
    assert slow.overrun
    assert slow not in log_tail.subscribers


async def test_too_far_behind_must_fetch_the_snapshot(
    log_tail: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail, "FAR_BEHIND", 3)
    await happen(1, 2, 3, 4, 5)
    with pytest.raises(LookupError):
        await log_tail.join(subscriber(), 0)


async def test_an_id_from_the_future_must_fetch_the_snapshot(log_tail: Tail) -> None:
    with pytest.raises(LookupError):
        await log_tail.join(subscriber(), 10**12)


async def test_a_join_during_a_burst_has_neither_gap_nor_double(log_tail: Tail) -> None:
    start = await sync_to_async(Event.objects.last_id)()
    first = subscriber()
    await log_tail.join(first, start)
    writing = asyncio.create_task(happen(*range(40)))
    screens = []
    for _ in range(10):
        screen = subscriber()
        await log_tail.join(screen, start)
        screens.append(screen)
        await asyncio.sleep(0.01)
    await writing
    for screen in screens:
        assert [f["data"]["n"] for f in await facts(screen, 40)] == list(range(40))


async def test_whoever_publishes_computes_on_after_the_screens_have_it(
    log_tail: Tail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tail._tails, asyncio.get_running_loop(), log_tail)
    await log_tail.join(subscriber(), None)
    await happen(1)
    event_id = await sync_to_async(lambda: Event.objects.latest("pk").pk)()
    await asyncio.to_thread(tail.give_way, event_id, 30)
    assert log_tail.shown >= event_id


async def test_without_screens_nobody_waits(log_tail: Tail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tail._tails, asyncio.get_running_loop(), log_tail)
    async with asyncio.timeout(20):
        await asyncio.to_thread(tail.give_way, 10**9, 3600)
