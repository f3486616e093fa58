"""What a thermal camera measures comes with its pictures: through a whole `run_cameras`, from an ONVIF device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
import redis
from django.conf import settings

from cameras.drivers.base import Address
from cameras.drivers.thermal import FakeThermometer
from footage import live
from footage.ingest import heat
from footage.models import Source
from tests.cameras.domes import STRAIGHT, Domes, device
from tests.cameras.estate import camera
from tests.footage.streams import Node, RtspServer, until

Start = Callable[..., Node]
Serve = Callable[..., RtspServer]


@pytest.mark.slow
def test_a_thermal_camera_is_asked_for_temperatures_while_somebody_looks(
    node: Start, rtsp: Serve, store: Path
) -> None:
    domes = Domes(STRAIGHT)
    client = redis.Redis.from_url(settings.REDIS_URL)
    try:
        domes.spoil(STRAIGHT, warm={"Transformer": 334.45, "Wall": 290.15})
        made = camera("HOT", kind="thermal")
        Source.objects.create(camera=made, url=rtsp().url())
        device(made, domes, STRAIGHT)
        running = node()
        until(lambda: list(store.rglob("HOT/*.mp4")), 120, said=running.said())
        assert domes.told(STRAIGHT, "GetServiceCapabilities") == []
        with client.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(live.channel(made.pk, "sub"))
            client.set(live.watch_key(made.pk, "sub"), 1, ex=120)
            told: list[dict[str, object]] = []

            def is_told() -> bool:
                if raw := heard.get_message(timeout=0.1):
                    message = live.Message.unpacked(raw["data"])
                    told.extend([orjson.loads(message.data)] if message.said else [])
                return bool(told)

            until(is_told, 120, every=0.0, said=running.said())
        assert (told[0]["celsius"], told[0]["place"]) == (61.3, "Transformer"), "the hottest of its places"
    finally:
        domes.stop()
        client.close()


ADDRESS = Address("fake://hot")


class Watched:
    """The relay as it is seen here: who is looked at, and what was said to them."""

    def __init__(self) -> None:
        self.wanted: frozenset[tuple[int, str]] = frozenset()
        self.said: list[tuple[tuple[int, str], dict[str, object]]] = []

    def say(self, name: tuple[int, str], sentence: bytes) -> None:
        self.said.append((name, orjson.loads(sentence)))


class Lines:
    def of(self, camera_id: int) -> SimpleNamespace:
        return SimpleNamespace(line=SimpleNamespace(address=ADDRESS, driver="fake", code="HOT"))


async def test_it_is_asked_while_somebody_looks_and_says_nothing_that_nobody_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heat, "TURN_S", 0.01)
    monkeypatch.setattr(heat, "SAY_S", 0.0)
    monkeypatch.setattr(heat, "NOT_SUPPORTED_S", 0.05)
    relay, warm = Watched(), FakeThermometer.warm
    warm[ADDRESS.url] = {"Wall": 17.0, "Transformer": 61.3}
    running = asyncio.create_task(heat.Heat(relay, Lines(), lambda: {1}).run())  # type: ignore[arg-type]

    async def happens(true: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not true():
                await asyncio.sleep(0.01)

    try:
        relay.wanted = frozenset({(2, "sub")})
        await asyncio.sleep(0.1)
        assert relay.said == [], "not a thermal one"
        relay.wanted = frozenset({(1, "sub"), (1, "main")})
        await happens(lambda: len({name for name, _told in relay.said}) == 2)
        await happens(lambda: relay.said[-1][1]["place"] == "Transformer")
        assert relay.said[-1][1]["celsius"] == 61.3
        relay.wanted = frozenset()
        await asyncio.sleep(0.05)
        relay.said.clear()
        await asyncio.sleep(0.3)
        assert relay.said == [], "nobody looks"
        del warm[ADDRESS.url]
        relay.wanted = frozenset({(1, "sub")})
        await asyncio.sleep(0.3)
        assert relay.said == []
        warm[ADDRESS.url] = {"Wall": 18.5}
        await happens(lambda: relay.said)  # set up meanwhile
        assert relay.said[-1][1]["celsius"] == 18.5
    finally:
        running.cancel()
        warm.clear()
