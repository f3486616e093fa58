"""What thermal cameras measure, for those who look at them: asked of the device while somebody looks, and not else."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from typing import Protocol

import orjson

from cameras.drivers.base import Address, DriverError, NotSupported
from cameras.drivers.thermal import FakeThermometer, OnvifThermometer, Temperature, Thermometer
from cameras.models import Device
from cameras.steering.conversations import Conversation
from footage.ingest.relay import Relay

logger = logging.getLogger(__name__)
TURN_S = 0.5
SAY_S = 1.0
# A place that told nothing for so long no longer counts as one of those that measure.
SILENT_S = 10.0
AGAIN_S, LATEST_S = 2.0, 60.0
# One that measures nothing is asked again after so long: it may have been set up meanwhile.
NOT_SUPPORTED_S = 600.0


class Conversations(Protocol):
    def of(self, camera_id: int) -> Conversation | None: ...


def thermometer(driver: str, address: Address) -> Thermometer:
    return FakeThermometer(address) if driver == Device.Driver.FAKE else OnvifThermometer(address)


class Hottest:
    """Of all places a camera measures, the hottest now."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[Temperature, float]] = {}

    def takes(self, one: Temperature) -> Temperature:
        now = time.monotonic()
        self._places[one.place] = one, now
        self._places = {name: kept for name, kept in self._places.items() if now - kept[1] < SILENT_S}
        return max((told for told, _at in self._places.values()), key=lambda told: told.celsius)


class Heat:
    """All thermal cameras of a node. `cameras`: which of them are thermal."""

    def __init__(
        self, relay: Relay, conversations: Conversations, cameras: Callable[[], Collection[int]]
    ) -> None:
        self._relay, self._conversations, self._cameras = relay, conversations, cameras
        self._works: dict[int, tuple[Address, asyncio.Task[None]]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        try:
            while True:
                self._follow()
                await asyncio.sleep(TURN_S)
        finally:
            for camera_id in list(self._works):
                self._end(camera_id)

    def _follow(self) -> None:
        """Begin with those somebody looks at now, end with the others and with those whose address changed."""
        thermal = self._cameras()
        watched = {camera_id for camera_id, _quality in self._relay.wanted if camera_id in thermal}
        for camera_id, (address, _task) in list(self._works.items()):
            held = self._conversations.of(camera_id)
            if camera_id not in watched or held is None or held.line.address != address:
                self._end(camera_id)
        for camera_id in watched - set(self._works):
            if (held := self._conversations.of(camera_id)) is not None:
                line = held.line
                work = self._read(camera_id, thermometer(line.driver, line.address), line.code)
                self._works[camera_id] = line.address, asyncio.create_task(work, name=f"{line.code}/heat")

    def _end(self, camera_id: int) -> None:
        self._works.pop(camera_id)[1].cancel()

    async def _read(self, camera_id: int, device: Thermometer, code: str) -> None:
        said, pause = "", AGAIN_S
        while True:
            hottest, told_at = Hottest(), 0.0
            try:
                async for one in device.readings():
                    said, pause = "", AGAIN_S
                    told = hottest.takes(one)
                    if time.monotonic() - told_at >= SAY_S:
                        told_at = time.monotonic()
                        self._say(camera_id, told)
            except NotSupported:
                await asyncio.sleep(NOT_SUPPORTED_S)
            except DriverError as error:
                if said != error.code:
                    said = error.code
                    logger.warning("%s: its temperatures cannot be read: %s", code, error.code)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LATEST_S)

    def _say(self, camera_id: int, told: Temperature) -> None:
        sentence = orjson.dumps(
            {
                "type": "heat",
                "celsius": told.celsius,
                "place": told.place,
                "box": told.is_box,
                "at": round(told.at.timestamp() * 1000),
            }
        )
        for name in self._relay.wanted:
            if name[0] == camera_id:
                self._relay.say(name, sentence)
