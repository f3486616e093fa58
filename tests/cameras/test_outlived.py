"""What goes wrong around an order that nobody thought of: it is sent again, and the next one is carried out. No row."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from django.utils import timezone

from cameras.drivers import fake
from cameras.drivers.base import Address, Pose
from cameras.models import Camera, SteeringOrder
from cameras.steering import carrying
from cameras.steering.aim import Head, Lens
from cameras.steering.carrying import Carrier
from cameras.steering.conversations import Line
from cameras.steering.results import Outcome
from places.geometry import destination
from tests.cameras.estate import PLACE


class Kept:
    """A ledger that is read instead of written."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def write(self, entry: Callable[[], object]) -> None:
        self.entries.append(entry)

    def outcomes(self) -> list[Outcome]:
        told = [entry.keywords for entry in self.entries if isinstance(entry, partial)]
        return [said["outcome"] for said in told if "outcome" in said]


def line(url: str) -> Line:
    return Line(1, "X001", "fake", Address(url), Head(), Lens(60, 3))


def order(pk: int) -> SteeringOrder:
    stands = destination(PLACE, 200, 40)
    dome = Camera(pk=1, code="X001", kind="dome", lat=stands.lat, lon=stands.lon, height_m=7)
    return SteeringOrder(pk=pk, camera=dome, lat=PLACE.lat, lon=PLACE.lon, ordered_at=timezone.now())


@pytest.fixture
def ledger() -> Kept:
    return Kept()


@pytest_asyncio.fixture
async def carrier(ledger: Kept, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Carrier]:
    monkeypatch.setattr(carrying, "TRY_AGAIN_S", (0.3, 0.3))
    fake.forget_all()
    made = Carrier(ledger, lambda: {1}, 1, "redis://127.0.0.1:1")
    await made.conversations.follow({1: line("fake://one")})
    yield made
    await made.conversations.stop()
    fake.forget_all()


async def serve(carrier: Carrier, *orders: SteeringOrder) -> None:
    carrier._queues[1] = deque(orders)
    async with asyncio.timeout(30):
        await carrier._serve(1)


async def test_a_session_that_was_closed_and_an_answer_no_driver_knows(
    carrier: Carrier, ledger: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd, aim = [RuntimeError("Session is closed"), KeyError("Position")], fake.Fake.aim

    async def aiming(driver: fake.Fake, pose: Pose) -> None:
        if odd:
            raise odd.pop()
        await aim(driver, pose)

    monkeypatch.setattr(fake.Fake, "aim", aiming)
    await serve(carrier, order(1))
    assert [one.how for one in ledger.outcomes()] == ["turned"]


async def test_what_breaks_one_order_does_not_break_the_next(
    carrier: Carrier, ledger: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = Carrier._turn_once

    async def breaking(self: Carrier, one: SteeringOrder, *told: Any) -> Outcome:
        return await turn(self, one, *told) if one.pk == 2 else 1 / 0  # type: ignore[return-value]

    monkeypatch.setattr(Carrier, "_turn_once", breaking)
    await serve(carrier, order(1), order(2))
    first, second = ledger.outcomes()
    assert (first.how, first.reason.code) == ("", "driver")
    assert second.how == "turned"


async def test_it_goes_to_the_new_address_of_a_head_that_was_given_one_meanwhile(
    carrier: Carrier, ledger: Kept
) -> None:
    fake.device_at("fake://one").slow_s = 0.5
    work = asyncio.create_task(serve(carrier, order(1)))
    await asyncio.sleep(0.2)
    await carrier.conversations.follow({1: line("fake://two")})
    await work
    assert [one.how for one in ledger.outcomes()] == ["turned"]
    assert "aim" in [call for call, _told in fake.device_at("fake://two").received]
