"""The events service of a dome: pull points (ONVIF Core §9), as few and as short-lived as those of the trade."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import itertools
import re
import time
from xml.sax.saxutils import escape, quoteattr

from nice_supervision.demo.domes import heat
from nice_supervision.demo.domes.device import Dome, Happened, Subscription
from nice_supervision.demo.domes.services import Place
from nice_supervision.demo.domes.soap import Fault, Request

MOST_SUBSCRIPTIONS, MOST_S, LOOK_S = 5, 600.0, 0.5
GONE = Fault("wsrf-rw:ResourceUnknownFault", "there is no such subscription")
_numbers = itertools.count(1)


def subscribe(dome: Dome, request: Request, place: Place) -> str:
    wanted = request.text("tev:Filter/wsnt:TopicExpression")
    if wanted and dome.wrong.knows_no_filters:
        raise Fault("wsnt:InvalidFilterFault", "filters are not understood")
    living = {key: one for key, one in dome.subscriptions.items() if one.until > time.monotonic()}
    if len(living) >= MOST_SUBSCRIPTIONS:
        raise Fault("ter:Action/ter:MaxPullPoints", "no room for another subscription", sender=False)
    key = f"{dome.boots}-{next(_numbers)}"
    lease_s = _seconds(request.text("tev:InitialTerminationTime"), 60.0)
    # What is so already is told first (§9.4: Initialized).
    fresh = Subscription(time.monotonic() + lease_s, _prefixes(wanted), list(dome.properties.values()))
    dome.subscriptions = living | {key: fresh}
    where = f"{place.http}/onvif/events_service"
    return (
        "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
        f"<a:Address>{escape(where)}</a:Address><a:ReferenceParameters>"
        f'<d:Subscription xmlns:d="urn:drawn-dome">{key}</d:Subscription></a:ReferenceParameters>'
        f"</tev:SubscriptionReference>{_times(dome, fresh, 'wsnt')}</tev:CreatePullPointSubscriptionResponse>"
    )


def renew(dome: Dome, request: Request, _place: Place) -> str:
    kept = _of(dome, request)
    kept.until = time.monotonic() + _seconds(request.text("wsnt:TerminationTime"), 60.0)
    dome.note("Renew", None)
    return f"<wsnt:RenewResponse>{_times(dome, kept, 'wsnt')}</wsnt:RenewResponse>"


def unsubscribe(dome: Dome, request: Request, _place: Place) -> str:
    _of(dome, request).until = 0.0
    return "<wsnt:UnsubscribeResponse/>"


def synchronise(dome: Dome, request: Request, _place: Place) -> str:
    _of(dome, request).owed[:0] = dome.properties.values()
    return "<tev:SetSynchronizationPointResponse/>"


async def pull(dome: Dome, request: Request) -> str:
    """What happened since, at once or when something does."""
    kept = _of(dome, request)
    until = time.monotonic() + _seconds(request.text("tev:Timeout"), 1.0)
    heat.measure(dome)
    while not kept.owed and time.monotonic() < min(until, kept.until) and not dome.is_away():
        kept.news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await kept.news.wait()
        heat.measure(dome)
    limit = int(request.text("tev:MessageLimit", "10")) if not dome.wrong.floods else len(kept.owed)
    fresh, kept.owed = kept.owed[:limit], kept.owed[limit:]
    rows = "".join(_message(dome, one) for one in fresh)
    return f"<tev:PullMessagesResponse>{_times(dome, kept, 'tev')}{rows}</tev:PullMessagesResponse>"


def _of(dome: Dome, request: Request) -> Subscription:
    """By the parameter of its reference, which clients are to give back in the header."""
    header = request.header
    key = None if header is None else header.findtext("{urn:drawn-dome}Subscription")
    kept = dome.subscriptions.get(key or "")
    if kept is None or kept.until < time.monotonic():
        raise GONE
    return kept


def _message(dome: Dome, one: Happened) -> str:
    items = "".join(
        f"<tt:SimpleItem Name={quoteattr(name)} Value={quoteattr(value)}/>"
        for name, value in one.data.items()
    )
    stamp = _z(dt.datetime.fromtimestamp(one.at + dome.wrong.clock_off_s, dt.UTC))
    return (
        "<wsnt:NotificationMessage>"
        '<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
        f"tns1:{escape(one.topic)}</wsnt:Topic><wsnt:Message>"
        f'<tt:Message UtcTime="{stamp}" PropertyOperation="{"Initialized" if one.known else "Changed"}">'
        f'<tt:Source><tt:SimpleItem Name="Source" Value="eye"/></tt:Source><tt:Data>{items}{one.element}</tt:Data>'
        "</tt:Message></wsnt:Message></wsnt:NotificationMessage>"
    )


def _times(dome: Dome, kept: Subscription, prefix: str) -> str:
    now = dome.clock()
    until = now + dt.timedelta(seconds=max(0.0, kept.until - time.monotonic()))
    return (
        f"<{prefix}:CurrentTime>{_z(now)}</{prefix}:CurrentTime>"
        f"<{prefix}:TerminationTime>{_z(until)}</{prefix}:TerminationTime>"
    )


def _prefixes(wanted: str) -> tuple[str, ...]:
    """Of `tns1:A/B//.|tns1:C//.`: beginnings of topics; none is all."""
    return tuple(re.sub(r"^tns1:|//\.$", "", part.strip()) for part in wanted.split("|") if part.strip())


def _z(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(text: str, otherwise: float) -> float:
    found = re.fullmatch(r"PT(?:([\d.]+)M)?(?:([\d.]+)S)?", text)
    if found is None or not any(found.groups()):
        return otherwise
    return min(60 * float(found[1] or 0) + float(found[2] or 0), MOST_S)


ANSWERS = {
    ("tev", "CreatePullPointSubscription"): subscribe,
    ("tev", "SetSynchronizationPoint"): synchronise,
    ("wsnt", "Renew"): renew,
    ("wsnt", "Unsubscribe"): unsubscribe,
}
