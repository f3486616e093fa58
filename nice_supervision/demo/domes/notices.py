"""The events service of a dome: pull points (ONVIF Core §9)."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from xml.sax.saxutils import escape, quoteattr

from nice_supervision.demo.domes.device import Dome
from nice_supervision.demo.domes.services import Place
from nice_supervision.demo.domes.soap import Request

LEASE_S = 600
LOOK_S = 0.1


def subscribe(dome: Dome, _request: Request, place: Place) -> str:
    where = f"{place.http}/onvif/events_service?from={len(dome.events)}"
    return (
        "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
        f"<a:Address>{escape(where)}</a:Address></tev:SubscriptionReference>{_times(dome, 'wsnt')}"
        "</tev:CreatePullPointSubscriptionResponse>"
    )


def renew(dome: Dome, _request: Request, _place: Place) -> str:
    now = dome.clock()
    until = now + dt.timedelta(seconds=LEASE_S)
    return (
        f"<wsnt:RenewResponse><wsnt:TerminationTime>{_z(until)}</wsnt:TerminationTime>"
        f"<wsnt:CurrentTime>{_z(now)}</wsnt:CurrentTime></wsnt:RenewResponse>"
    )


def unsubscribe(_dome: Dome, _request: Request, _place: Place) -> str:
    return "<wsnt:UnsubscribeResponse/>"


def synchronise(_dome: Dome, _request: Request, _place: Place) -> str:
    return "<tev:SetSynchronizationPointResponse/>"


async def pull(dome: Dome, request: Request, seen: int) -> tuple[str, int]:
    """What happened since, at once or when something does; and how much has been told."""
    until = time.monotonic() + min(_seconds(request.text("tev:Timeout")), 20.0)
    while len(dome.events) <= seen and time.monotonic() < until and not dome.is_away():
        await asyncio.sleep(LOOK_S)
    fresh = dome.events[seen:]
    rows = "".join(_message(at, topic, data) for at, topic, data in fresh)
    return f"<tev:PullMessagesResponse>{_times(dome, 'tev')}{rows}</tev:PullMessagesResponse>", len(
        dome.events
    )


def _message(at: float, topic: str, data: dict[str, str]) -> str:
    items = "".join(
        f"<tt:SimpleItem Name={quoteattr(name)} Value={quoteattr(value)}/>" for name, value in data.items()
    )
    return (
        "<wsnt:NotificationMessage>"
        '<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
        f"tns1:{escape(topic)}</wsnt:Topic><wsnt:Message>"
        f'<tt:Message UtcTime="{_z(dt.datetime.fromtimestamp(at, dt.UTC))}" PropertyOperation="Changed">'
        f"<tt:Source/><tt:Data>{items}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def _times(dome: Dome, prefix: str) -> str:
    now = dome.clock()
    until = now + dt.timedelta(seconds=LEASE_S)
    return (
        f"<{prefix}:CurrentTime>{_z(now)}</{prefix}:CurrentTime>"
        f"<{prefix}:TerminationTime>{_z(until)}</{prefix}:TerminationTime>"
    )


def _z(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(text: str) -> float:
    number = "".join(letter for letter in text if letter.isdigit() or letter == ".")
    return float(number) * (60 if text.endswith("M") else 1) if number else 1.0


ANSWERS = {
    ("tev", "CreatePullPointSubscription"): subscribe,
    ("tev", "SetSynchronizationPoint"): synchronise,
    ("wsnt", "Renew"): renew,
    ("wsnt", "Unsubscribe"): unsubscribe,
}
