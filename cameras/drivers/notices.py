"""What a device tells of itself: a pull point of the ONVIF event service (Core §9, OASIS WS-BaseNotification 1.3).

Asked for are the few topics the centre acts upon. Motion is not: what software makes of people in the street goes
through the gate of `detection`, or not at all (L-22, L-23).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from cameras.drivers.base import DriverError, Happening, Refused, What
from cameras.drivers.envelope import Post, read
from cameras.drivers.faults import answering

NS, WSNT = "http://www.onvif.org/ver10/events/wsdl", "http://docs.oasis-open.org/wsn/b-2"
WSA, TT = "http://www.w3.org/2005/08/addressing", "http://www.onvif.org/ver10/schema"
PULL, MANAGE = f"{NS}/PullPointSubscription", "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"
# Devices have room for few subscriptions: one whose node died is gone soon.
LEASE_S = 120
WAIT_S = 20
AT_MOST = 50
CLOSE_S = 2.0
CONCRETE = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"
SCENE, TAMPER = "VideoSource/GlobalSceneChange", "RuleEngine/TamperDetector"
HEAD, BOOTED, CLOCK = (
    "PTZController",
    "Monitoring/OperatingTime/LastReboot",
    "Monitoring/OperatingTime/LastClockSynchronization",
)


def filtered(*topics: str) -> str:
    """Asks for these topics and what is below them."""
    wanted = "|".join(f"tns1:{topic}//." for topic in topics)
    return (
        f'<Filter><w:TopicExpression xmlns:w="{WSNT}" xmlns:tns1="http://www.onvif.org/ver10/topics"'
        f' Dialect="{CONCRETE}">{wanted}</w:TopicExpression></Filter>'
    )


FILTER = filtered(SCENE, TAMPER, HEAD, "Monitoring/OperatingTime")
# Its answers tell whole seconds, and take a while: off by more, its clock was set.
CLOCK_SLACK_S = 3.0


class Notice(NamedTuple):
    """One message: its topic without prefixes; `told_anew` when it says what was so already."""

    topic: str
    data: dict[str, str]
    told_anew: bool


class PullPoint:
    """One subscription to topics. `post` makes the way to an address the device told, at the host that was asked."""

    def __init__(self, post: Callable[[str], Post], url: str, topics: str = FILTER) -> None:
        self._post, self._url, self._topics = post, url, topics
        self._at: Post | None = None
        self._to = self._references = ""
        self._renewed_at = 0.0

    async def open(self) -> None:
        """Some know no filters: those are asked for everything, and what is not used is passed over."""
        try:
            said = await self._subscribe(self._topics)
        except Refused:
            said = await self._subscribe("")
        reference = said.find(f"{{{NS}}}SubscriptionReference")
        where = None if reference is None else reference.findtext(f"{{{WSA}}}Address")
        if reference is None or not where:
            raise Refused("unreadable answer (no subscription)")
        parameters = reference.find(f"{{{WSA}}}ReferenceParameters")
        self._references = "".join(
            etree.tostring(one, encoding="unicode", with_tail=False)
            for one in (() if parameters is None else parameters)
        )
        self._to, self._at, self._renewed_at = where.strip(), self._post(where.strip()), time.monotonic()

    async def pull(self) -> tuple[list[Notice], dt.datetime | None]:
        """What happened since, at once or when something does; and the time of the device."""
        messages, its_time = await self.messages()
        return [_notice(one) for one in messages], its_time

    async def messages(self) -> tuple[list[Any], dt.datetime | None]:
        """The same, as the device wrote it."""
        if time.monotonic() - self._renewed_at > LEASE_S / 2 - WAIT_S:
            await self._renew()
        asked = f"<Timeout>PT{WAIT_S}S</Timeout><MessageLimit>{AT_MOST}</MessageLimit>"
        said = await self._call(
            f"{PULL}/PullMessagesRequest", f'<PullMessages xmlns="{NS}">{asked}</PullMessages>'
        )
        its_time = _time(said.findtext(f"{{{NS}}}CurrentTime"))
        return said.findall(f"{{{WSNT}}}NotificationMessage"), its_time

    async def close(self) -> None:
        if self._at is not None:
            await self._call(f"{MANAGE}/UnsubscribeRequest", f'<Unsubscribe xmlns="{WSNT}"/>')

    async def _renew(self) -> None:
        """Some know no renewing: there a subscription lives while it is pulled, or is made anew when it ends."""
        until = f"<TerminationTime>PT{LEASE_S}S</TerminationTime>"
        with contextlib.suppress(Refused):
            await self._call(f"{MANAGE}/RenewRequest", f'<Renew xmlns="{WSNT}">{until}</Renew>')
        self._renewed_at = time.monotonic()

    async def _subscribe(self, which: str) -> Any:
        action = f"{NS}/EventPortType/CreatePullPointSubscriptionRequest"
        told = f"{which}<InitialTerminationTime>PT{LEASE_S}S</InitialTerminationTime>"
        body = f'<CreatePullPointSubscription xmlns="{NS}">{told}</CreatePullPointSubscription>'
        return read(await self._post(self._url).call(action, body, _addressed(action, self._url)))

    async def _call(self, action: str, body: str) -> Any:
        assert self._at is not None
        return read(await self._at.call(action, body, _addressed(action, self._to) + self._references))


@dataclass
class Ear:
    """What notices come to. Of a hundred that come together only what is so at the end is told, once each."""

    booted: str = ""
    told: dict[What, bool] = field(default_factory=dict)

    def hears(self, notices: Iterable[Notice], off_s: float = 0.0) -> list[Happening]:
        """`off_s`: by how much its clock has left the one its answers were signed by."""
        self.told = {What.CLOCK: True} if abs(off_s) > CLOCK_SLACK_S else {}
        for notice in notices:
            self._hear(notice)
        return [Happening(what, stands) for what, stands in self.told.items()]

    def _hear(self, notice: Notice) -> None:
        topic, value = notice.topic, next(iter(notice.data.values()), "")
        if topic.startswith((SCENE, TAMPER)):
            flags = [
                told for name, told in notice.data.items() if name.lower() in ("state", "istamper", "tamper")
            ]
            self.told[What.COVERED] = any(told.lower() in ("true", "1") for told in flags)
        elif topic.startswith(BOOTED):
            if self.booted and value != self.booted:
                self.told[What.RESTARTED] = True
            self.booted = value
        elif topic.startswith(HEAD) and not notice.told_anew:
            self.told[What.MOVED] = True
        elif topic.startswith(CLOCK) and not notice.told_anew:
            self.told[What.CLOCK] = True


async def closed(point: PullPoint) -> None:
    """As politely as it can be had: a device that is gone forgets by itself."""
    with contextlib.suppress(DriverError):
        async with answering(CLOSE_S):
            await point.close()


def _addressed(action: str, to: str) -> str:
    return (
        f'<Action xmlns="{WSA}">{action}</Action><MessageID xmlns="{WSA}">urn:uuid:{uuid.uuid4()}</MessageID>'
        f'<To xmlns="{WSA}">{escape(to)}</To>'
    )


def _notice(message: Any) -> Notice:
    topic = "".join(message.find(f"{{{WSNT}}}Topic").itertext()).strip()
    told = message.find(f"{{{WSNT}}}Message/{{{TT}}}Message")
    items = () if told is None else told.iterfind(f"{{{TT}}}Data/{{{TT}}}SimpleItem")
    return Notice(
        "/".join(part.rpartition(":")[2] for part in topic.split("/")),
        {one.get("Name") or "": one.get("Value") or "" for one in items},
        told is not None and told.get("PropertyOperation") == "Initialized",
    )


def _time(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    at = dt.datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
