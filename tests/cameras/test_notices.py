"""What a device tells of itself over its pull point: heard, kept up, bounded; and what the centre does about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import onvif
import pytest
import zeep
from lxml import etree

from cameras.drivers import fake, notices
from cameras.drivers.base import Abilities, Address, DriverError, Happening, NotSupported, Pose, What
from cameras.drivers.notices import Ear, Notice, PullPoint
from cameras.drivers.onvif import Onvif
from cameras.steering import conversations
from cameras.steering.aim import Head, Lens
from cameras.steering.conversations import Conversation, Line
from tests.cameras.domes import PASSWORD, STRAIGHT, USER, Domes

pytestmark = pytest.mark.slow
WSDL = Path(onvif.__file__).parent / "wsdl" / "events.wsdl"
SCENE = {"topic": "VideoSource/GlobalSceneChange/ImagingService", "keeps": True}


@pytest.fixture(scope="module")
def process() -> Iterator[Domes]:
    domes = Domes(STRAIGHT)
    yield domes
    domes.stop()


@pytest.fixture
def domes(process: Domes) -> Iterator[Domes]:
    yield process
    process.mend(STRAIGHT)
    process.spoil(
        STRAIGHT, forgets=True, knows_no_filters=False, floods=False, events=[SCENE | {"State": "false"}]
    )


@pytest.fixture
async def driver(domes: Domes) -> AsyncIterator[Onvif]:
    made = Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))
    await made.open()
    yield made
    await made.close()


class Heard:
    """What a driver tells, as it comes."""

    def __init__(self) -> None:
        self.told: list[Happening] = []

    async def until(self, what: What, stands: bool = True, seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while Happening(what, stands) not in self.told:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def hearing(driver: Onvif) -> AsyncIterator[Heard]:
    heard = Heard()

    async def listen() -> None:
        async with aclosing(driver.happenings()) as happenings:
            async for one in happenings:
                heard.told.append(one)

    task = asyncio.create_task(listen())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_the_centre_acts_upon_is_heard(
    driver: Onvif, domes: Domes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Covered and no longer, moved, its clock set; what was so before is told at once. Renewed meanwhile."""
    monkeypatch.setattr(notices, "WAIT_S", 1)
    monkeypatch.setattr(notices, "LEASE_S", 4)
    domes.spoil(STRAIGHT, events=[SCENE | {"State": "true"}])
    async with hearing(driver) as heard:
        await heard.until(What.COVERED)
        domes.spoil(STRAIGHT, events=[SCENE | {"State": "false"}])
        await heard.until(What.COVERED, stands=False)
        await asyncio.sleep(4)  # its lease is over, had it not been renewed
        other = Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))
        await other.open()
        await other.aim(Pose(30, -10, 0))
        await other.close()
        await heard.until(What.MOVED)
        domes.spoil(STRAIGHT, clock_off_s=3)
        await heard.until(What.CLOCK)
    assert domes.told(STRAIGHT, "Renew")


async def test_one_that_knows_no_filters_tells_what_is_wanted_all_the_same(
    driver: Onvif, domes: Domes
) -> None:
    domes.spoil(STRAIGHT, knows_no_filters=True)
    async with hearing(driver) as heard:
        await asyncio.sleep(0.5)
        motion = {"topic": "RuleEngine/CellMotionDetector/Motion", "IsMotion": "true"}
        domes.spoil(
            STRAIGHT, events=[motion, {"topic": "RuleEngine/TamperDetector/Tamper", "IsTamper": "true"}]
        )
        await heard.until(What.COVERED)
    assert {one.what for one in heard.told} == {What.COVERED}, "who moves in the street is not asked for"


async def test_a_flood_costs_one_word_a_second(driver: Onvif, domes: Domes) -> None:
    """A thousand at once, whatever limit was asked for: what is so at the end is told."""
    domes.spoil(STRAIGHT, floods=True)
    async with hearing(driver) as heard:
        await asyncio.sleep(0.5)
        flutter = [SCENE | {"State": str(n % 2 == 0).lower()} for n in range(999)]
        began = time.monotonic()
        domes.spoil(STRAIGHT, events=flutter)
        await heard.until(What.COVERED)
        await asyncio.sleep(0.5)
    assert len(heard.told) <= 2 + (time.monotonic() - began)


async def test_an_answer_without_end_is_not_read_to_its_end(
    driver: Onvif, domes: Domes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cameras.drivers.envelope.MOST_BYTES", 20_000)
    domes.spoil(STRAIGHT, floods=True)

    async def flood() -> None:
        while True:
            domes.spoil(STRAIGHT, events=[SCENE | {"State": "true"}] * 300)
            await asyncio.sleep(0.5)

    flooding = asyncio.create_task(flood())
    try:
        with pytest.raises(DriverError, match="too long"):
            async with aclosing(driver.happenings()) as happenings:
                async with asyncio.timeout(60):
                    async for _one in happenings:
                        pass
    finally:
        flooding.cancel()


def test_of_what_comes_together_the_last_counts() -> None:
    ear = Ear()
    boot, head = "Monitoring/OperatingTime/LastReboot", "PTZController/PTZPresets/Invoked"
    known = [
        Notice(boot, {"Status": "monday"}, True),
        Notice(head, {}, True),
        Notice("Device/Trigger/Relay", {}, False),
    ]
    assert ear.hears(known) == [], "what was so before is no news"
    assert ear.hears([Notice(boot, {"Status": "tuesday"}, True)]) == [Happening(What.RESTARTED)], (
        "while the line was cut"
    )
    assert ear.hears([Notice(boot, {"Status": "tuesday"}, True)]) == []
    assert ear.hears([], off_s=-4) == [Happening(What.CLOCK)]
    assert ear.hears([Notice(head, {}, False)] * 100) == [Happening(What.MOVED)]


# The envelopes, against the WSDL.


class Kept:
    """A device that answers what the WSDL asks for, and keeps what it was asked."""

    def __init__(self, told: list[tuple[str, Any, str]], url: str = "") -> None:
        self.told = told

    async def call(self, action: str, body: str, more: str = "") -> bytes:
        self.told.append((action, etree.fromstring(body), more))
        return (
            f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="{notices.WSA}"><s:Body>'
            f'<r xmlns:e="{notices.NS}"><e:SubscriptionReference><a:Address>http://d/pull</a:Address>'
            '<a:ReferenceParameters><n xmlns="urn:m">7</n></a:ReferenceParameters></e:SubscriptionReference></r>'
            "</s:Body></s:Envelope>"
        ).encode()


def test_the_envelopes_are_what_the_library_makes_of_the_wsdl() -> None:
    told: list[tuple[str, Any, str]] = []

    async def talk() -> None:
        point = PullPoint(lambda url: Kept(told, url), "http://d/events")  # type: ignore[arg-type,return-value]
        await point.open()
        await point.pull()
        point._renewed_at = -1000.0
        await point.pull()
        await point.close()

    asyncio.run(talk())
    actions = [action for action, _body, _more in told]
    client = zeep.Client(str(WSDL))  # type: ignore[no-untyped-call]
    known = {operation.abstract.wsa_action: name for binding in client.wsdl.bindings.values()
             for name, operation in binding._operations.items() if operation.abstract.wsa_action}  # fmt: skip
    assert [known.get(action, action.rpartition("/")[2]) for action in actions] == [
        "CreatePullPointSubscription", "PullMessages", "RenewRequest", "PullMessages", "UnsubscribeRequest",
    ]  # fmt: skip
    for _action, body, _more in told:
        element = client.get_element(body.tag)
        parsed = element.type.parse_xmlelement(
            body, client.wsdl.types
        )  # every part has its place in the schema
        assert not getattr(parsed, "_raw_elements", None), body.tag
    given = [etree.fromstring(f"<header>{more}</header>") for _action, _body, more in told[1:]]
    assert [header.findtext("{urn:m}n") for header in given] == ["7"] * 4, "the reference is given back"


# What a conversation makes of it.


class Journal:
    def __init__(self) -> None:
        self.strays: list[bool] = []
        self.views: list[bool] = []
        self.openings = 0

    def troubled(self, camera_id: int, trouble: DriverError | None) -> None: ...

    def opened(self, camera_id: int, abilities: Abilities) -> None:
        self.openings += 1

    def strayed(self, camera_id: int, restarted: bool) -> None:
        self.strays.append(restarted)

    def covered(self, camera_id: int, stands: bool) -> None:
        self.views.append(stands)


@asynccontextmanager
async def kept(journal: Journal) -> AsyncIterator[tuple[Conversation, fake.FakeDevice]]:
    fake.forget_all()
    line = Line(1, "X001", "fake", Address("fake://one"), Head(), Lens(60, 3))
    held = Conversation(line, journal)
    task = asyncio.create_task(held.keep())
    await until(lambda: journal.openings and held._left_at is not None)
    await asyncio.sleep(0.3)
    try:
        yield held, fake.device_at("fake://one")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        fake.forget_all()


async def until(true: Callable[[], Any], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)


async def test_moved_by_others_it_is_known_at_once_and_not_after_half_a_minute() -> None:
    journal = Journal()
    async with kept(journal) as (_held, device):
        device.put(Pose(90, -10, 0))
        device.happened.append(Happening(What.MOVED))
        await until(lambda: journal.strays)
    assert journal.strays == [False]


async def test_after_a_restart_it_waits_until_the_head_has_come_to_rest() -> None:
    """Many turn all round when they wake: where they look is asked again until they stand."""
    journal = Journal()
    async with kept(journal) as (held, device):
        device.turn(Pose(100, -10, 0))
        held._left_at = Pose(0, 0, 0)
        device.happened.append(Happening(What.RESTARTED))
        await until(lambda: journal.openings == 2)
        await until(lambda: journal.strays)
    assert journal.strays == [True]


async def test_a_clock_that_was_set_is_read_before_an_order_needs_it() -> None:
    journal = Journal()
    async with kept(journal) as (_held, device):
        device.happened.extend([Happening(What.CLOCK)] * 20)
        await until(lambda: journal.openings == 2)
        device.happened.append(Happening(What.CLOCK))
        await asyncio.sleep(1.5)
    assert (journal.openings, journal.strays) == (2, []), "not each time"


async def test_what_we_turned_ourselves_is_not_taken_for_tampering() -> None:
    journal = Journal()
    async with kept(journal) as (held, device):
        device.happened.append(Happening(What.COVERED))
        await until(lambda: journal.views == [True])
        await held.aim(Pose(50, -10, 0))
        device.happened.extend(
            [Happening(What.COVERED), Happening(What.MOVED), Happening(What.COVERED, False)]
        )
        await until(lambda: False in journal.views)
    assert (journal.views, journal.strays) == ([True, False], [])


async def test_one_that_stops_telling_is_asked_how_it_is_and_subscribed_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(conversations, "FIRST_AGAIN_S", 0.2)
    monkeypatch.setattr(conversations, "LIVED_S", 0.2)
    journal, subscribed = Journal(), []

    class Breaking(fake.Fake):
        async def happenings(self) -> AsyncIterator[Happening]:
            subscribed.append(len(self.device.received))
            if len(subscribed) == 1:
                await asyncio.sleep(0.3)
                self.device.put(Pose(90, -10, 0))
                raise RuntimeError("nobody thought of this")
            if len(subscribed) == 2:
                raise DriverError
            yield Happening(What.COVERED)
            raise NotSupported

    fake.forget_all()
    line = Line(1, "X001", "fake", Address("fake://one"), Head(), Lens(60, 3))
    held = Conversation(line, journal, make=lambda line: Breaking(line.address))
    held._left_at = Pose(0, 0, 0)
    task = asyncio.create_task(held.keep())
    await until(lambda: journal.views == [True])
    await until(lambda: journal.strays)
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(subscribed) == 3, "what it cannot do it is not asked again"
    assert journal.strays == [True], "a subscription that is gone and a head elsewhere: it restarted"


async def test_something_nobody_thought_of_ends_neither_the_care_nor_the_order() -> None:
    journal = Journal()

    async with kept(journal) as (held, _device):

        async def odd() -> None:
            raise RuntimeError("Session is closed")

        with pytest.raises(DriverError):
            await held.ask(odd)
        await until(lambda: journal.openings == 2)
        await held.aim(Pose(10, -10, 0))
