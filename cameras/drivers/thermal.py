"""What a thermal camera measures itself: the radiometry events of ONVIF (Thermal service; Analytics, radiometry annex).

Over a pull point of its own: a question that waits for news must not keep an order to turn waiting. Devices tell
kelvin, the centre says degrees Celsius. What they measure is told by them alone; nothing is made of the picture.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, ClassVar, NamedTuple, Protocol
from xml.sax.saxutils import escape

import aiohttp

from cameras.drivers.asked import Knock, at_host
from cameras.drivers.base import Address, NotSupported, Refused
from cameras.drivers.envelope import Post
from cameras.drivers.faults import answering
from cameras.drivers.introduction import TEV, TT, Introduced, call, introduced
from cameras.drivers.notices import WAIT_S, WSNT, PullPoint, closed, filtered

ANSWER_S, CLOSE_S, BREATH_S = 8.0, 2.0, 0.5
ZERO_K = 273.15
# No street is colder or hotter: what lies beyond was not told in kelvin, and is not shown.
COLDEST_K, HOTTEST_K = 173.0, 2273.0
TTH = "http://www.onvif.org/ver10/thermal/wsdl"
TOPICS = filtered("VideoAnalytics/Radiometry")
# Readings of a point, and of the hottest in a box: as attributes of an element, or as items of their own.
OF_A_POINT, OF_A_BOX = ("SpotTemperature", "SpotReading"), "MaxTemperature"


class Temperature(NamedTuple):
    """What one point or box measures: of a box, its hottest."""

    place: str  # as the device names it
    celsius: float
    is_box: bool
    at: dt.datetime  # by the clock of the centre


class Assumed(NamedTuple):
    """What a device reckons with where nothing else was set: a temperature is never better than these."""

    emissivity: float
    distance_m: float


class Thermometer(Protocol):
    """One device that measures. Both may raise a DriverError, nothing else."""

    async def assumes(self) -> Assumed | None:
        """NotSupported when it does not measure; None when it does and does not say."""
        ...

    def readings(self) -> AsyncIterator[Temperature]:
        """As they come, until the caller stops listening."""
        ...


class OnvifThermometer:
    def __init__(self, address: Address, source: str = "") -> None:
        self._address = address
        self._source = source

    async def assumes(self) -> Assumed | None:
        async with self._session() as session, answering(ANSWER_S):
            post = await self._measuring(session, await introduced(self._address, session))
            try:
                token = f"<VideoSourceToken>{escape(self._source)}</VideoSourceToken>"
                said = await call(post, TTH, "GetRadiometryConfiguration", token)
            except Refused:
                return None
            return _assumed(said)

    async def readings(self) -> AsyncIterator[Temperature]:
        async with self._session() as session:
            async with answering(ANSWER_S):
                known = await introduced(self._address, session)
                await self._measuring(session, known)
                signature = known.signature
                point = PullPoint(
                    lambda url: Post(at_host(url, self._address.url), session, signature),
                    known.services[TEV],
                    TOPICS,
                )
                await point.open()
            try:
                while True:
                    async with answering(WAIT_S + ANSWER_S):
                        messages, _its_time = await point.messages()
                        found = list(temperatures(messages, signature.ahead))
                    for one in found:
                        yield one
                    await asyncio.sleep(BREATH_S)  # however often it tells
            finally:
                await closed(point)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(middlewares=(Knock(self._address),))

    async def _measuring(self, session: aiohttp.ClientSession, known: Introduced) -> Post:
        """The thermal service. Many a thermal camera only shows: NotSupported."""
        if TTH not in known.services or TEV not in known.services:
            raise NotSupported("it measures no temperature")
        post = known.post(TTH, session)
        said = await call(post, TTH, "GetServiceCapabilities")
        about = said.find(f"{{{TTH}}}Capabilities")
        if about is None or about.get("Radiometry") not in ("true", "1"):
            raise NotSupported("it measures no temperature")
        return post


class FakeThermometer:
    """The twin, in memory: `warm` is what it measures, by its address; degrees Celsius by place."""

    warm: ClassVar[dict[str, dict[str, float]]] = {}

    def __init__(self, address: Address) -> None:
        self._address = address

    async def assumes(self) -> Assumed | None:
        if self._address.url not in self.warm:
            raise NotSupported("it measures no temperature")
        return None

    async def readings(self) -> AsyncIterator[Temperature]:
        while (warm := self.warm.get(self._address.url)) is not None:
            for place, celsius in warm.items():
                yield Temperature(place, celsius, False, dt.datetime.now(dt.UTC))
            await asyncio.sleep(0.1)
        raise NotSupported("it measures no temperature")


def _assumed(said: Any) -> Assumed | None:
    told = [said.findtext(f".//{{{TTH}}}{name}") for name in ("Emissivity", "DistanceToObject")]
    return Assumed(float(told[0]), float(told[1])) if all(told) else None


def temperatures(messages: Iterable[Any], ahead: dt.timedelta) -> Iterator[Temperature]:
    """Those among what a pull point told; other events, and what cannot be kelvin, are passed over."""
    for note in messages:
        topic = [
            part.rpartition(":")[2] for part in (note.findtext(f"{{{WSNT}}}Topic") or "").strip().split("/")
        ]
        message = note.find(f".//{{{TT}}}Message")
        if "Radiometry" not in topic or topic[0] != "VideoAnalytics" or message is None:
            continue
        items = {one.get("Name"): one.get("Value") for one in message.iterfind(f".//{{{TT}}}SimpleItem")}
        elements = [dict(one.attrib) for one in message.iterfind(f".//{{{TT}}}ElementItem//*")]
        for told in (items, *elements):
            found = _measured(told)
            if found is not None and COLDEST_K <= found[0] <= HOTTEST_K:
                place = told.get("ItemID") or items.get("AnalyticsModuleName") or ""
                yield Temperature(place[:40], round(found[0] - ZERO_K, 1), found[1], _at(message, ahead))


def _measured(told: dict[Any, Any]) -> tuple[float, bool] | None:
    """(kelvin, whether of a box)."""
    for name in OF_A_POINT:
        if name in told:
            return _number(told[name]), False
    return (_number(told[OF_A_BOX]), True) if OF_A_BOX in told else None


def _number(text: str | None) -> float:
    return float(text) if text and re.fullmatch(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", text.strip()) else 0.0


def _at(message: Any, ahead: dt.timedelta) -> dt.datetime:
    """When it was measured, by the clock of the centre; never later than now."""
    now = dt.datetime.now(dt.UTC)
    try:
        told = dt.datetime.fromisoformat((message.get("UtcTime") or "").replace("Z", "+00:00"))
    except ValueError:
        return now
    return min(now, (told if told.tzinfo else told.replace(tzinfo=dt.UTC)) - ahead)
