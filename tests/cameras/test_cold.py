"""The first seconds of a node: an order finds its way before all that is begun beside it. No row."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
import pytest_asyncio

from cameras.drivers import asked, fake
from cameras.drivers.asked import Asked
from cameras.drivers.base import Abilities, Address, NoDevice, Pose, Unreachable
from cameras.drivers.onvif import Onvif
from cameras.steering import carrying
from cameras.steering.aim import Head, Lens
from cameras.steering.carrying import Carrier
from cameras.steering.conversations import BEGUN_AT_ONCE, Conversations, Line
from cameras.steering.results import report_late
from tests.cameras.domes import PASSWORD, STRAIGHT, USER, Domes
from tests.cameras.test_notices import Journal
from tests.cameras.test_outlived import Kept, order

MANY = 4 * BEGUN_AT_ONCE


@pytest.fixture(autouse=True)
def no_devices() -> Iterator[None]:
    fake.forget_all()
    yield
    fake.forget_all()


def line(number: int) -> Line:
    return Line(number, f"X{number:03d}", "fake", Address(f"fake://{number}"), Head(), Lens(60, 3))


@pytest_asyncio.fixture
async def all_at_once() -> AsyncIterator[tuple[Conversations, Journal]]:
    """A node that has just begun: many devices, each of which answers after half a second."""
    journal = Journal()
    held = Conversations(journal)
    for number in range(1, MANY + 1):
        fake.device_at(f"fake://{number}").slow_s = 0.5
    await held.follow({number: line(number) for number in range(1, MANY + 1)})
    yield held, journal
    await held.stop()


async def test_an_order_does_not_wait_until_its_device_is_begun_in_its_turn(
    all_at_once: tuple[Conversations, Journal],
) -> None:
    held, journal = all_at_once
    await asyncio.sleep(0.1)
    begun = [pk for pk in held.ids() if fake.device_at(f"fake://{pk}").received]
    assert begun == [], "so few are begun at once, and all of them take their time"
    last = held.of(MANY)
    assert last is not None
    fake.device_at(f"fake://{MANY}").slow_s = 0
    await last.aim(Pose(40, -10, 0))
    assert [call for call, _told in fake.device_at(f"fake://{MANY}").received] == ["open", "aim"]
    assert journal.openings == 0, "before anything was learnt of anybody"
    for number in range(1, MANY):
        fake.device_at(f"fake://{number}").slow_s = 0
    async with asyncio.timeout(30):
        while journal.openings < MANY:
            await asyncio.sleep(0.05)


async def test_an_order_sets_aside_what_is_asked_out_of_curiosity(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt, learn = asyncio.Event(), fake.Fake.learn

    async def learning(driver: fake.Fake) -> Abilities:
        learnt.set()
        await asyncio.sleep(0 if driver.device.received[-1][0] == "aim" else 60)
        return await learn(driver)

    monkeypatch.setattr(fake.Fake, "learn", learning)
    monkeypatch.setattr("cameras.steering.conversations.QUIET_S", 0.3)
    journal = Journal()
    held = Conversations(journal)
    conversation = held.hold(line(1))
    async with asyncio.timeout(20):
        await learnt.wait()
        await conversation.aim(Pose(40, -10, 0))
        assert journal.openings == 0
        while not journal.openings:
            await asyncio.sleep(0.05)
    await held.stop()


async def test_that_it_takes_long_is_told_once_with_what_it_came_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carrying, "LATE_S", 0.4)
    monkeypatch.setattr(carrying, "TRY_AGAIN_S", (0.1, 1.0))
    ledger = Kept()
    carrier = Carrier(ledger, lambda: {1}, 1, "redis://127.0.0.1:1")
    carrier.conversations.hold(line(1))
    device = fake.device_at("fake://1")
    device.fails_with = Unreachable("x")
    carrier._queues[1] = deque([order(1)])
    work = asyncio.create_task(carrier._serve(1))
    await asyncio.sleep(0.7)
    device.fails_with = None
    async with asyncio.timeout(30):
        await work
    await carrier.conversations.stop()
    late = [entry.keywords for entry in ledger.entries if entry.func is report_late]
    assert [said["reason"].code for said in late] == ["unreachable"]
    assert [one.how for one in ledger.outcomes()] == ["turned"]


async def test_a_wsdl_is_read_once_and_no_session_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many devices begin together; each is given up while the WSDL of its service is still being read."""
    reads, keep = [], asked._keep

    async def reading(wsdl: str) -> None:
        reads.append(wsdl)
        await asyncio.sleep(0.3)
        await keep(wsdl)

    monkeypatch.setattr(asked, "_keep", reading)
    monkeypatch.setattr(asked, "_READ", {})
    before = _open_sessions()
    cameras = [Asked(Address("http://127.0.0.1:1/x")) for _ in range(5)]
    for camera in cameras:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await camera.create_devicemgmt_service()
    await asyncio.gather(*(camera.create_devicemgmt_service() for camera in cameras))
    assert len(reads) == 1
    await asyncio.gather(*(camera.close() for camera in cameras))
    await asyncio.sleep(0)
    assert _open_sessions() <= before


def _open_sessions() -> int:
    gc.collect()
    # Not by isinstance: that asks the weak references of others for their class, and some are dead.
    sessions = [one for one in gc.get_objects() if issubclass(type(one), aiohttp.ClientSession)]
    return sum(not one.closed for one in sessions)


@pytest.mark.slow
async def test_a_device_is_asked_four_things_before_it_turns() -> None:
    domes = Domes(STRAIGHT)
    try:
        driver = Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))
        began = time.time()
        await driver.open()
        await driver.aim(Pose(40, -10, 0))
        await driver.close()
        asked_of_it = [one["operation"] for one in domes.state(STRAIGHT)["told"] if one["at"] > began]
        assert asked_of_it[-1] == "AbsoluteMove" and len(asked_of_it) <= 5, asked_of_it
        with pytest.raises(NoDevice):
            await Onvif(Address(domes.url(STRAIGHT).rpartition("/onvif")[0] + "/state")).open()
    finally:
        domes.stop()
