"""What opens or feeds an incident. Read this file and dispatch/reactions.py to know the machine."""

from __future__ import annotations

import datetime as dt

from alerts.facts import AlertReceived
from detection.facts import SignalConfirmed
from events.models import Event
from events.reactions import on
from incidents import openings
from retention.facts import PurgeFailed


@on(AlertReceived)
def alert_opens_incident(event: Event) -> None:
    fact = event.fact()
    assert isinstance(fact, AlertReceived)
    openings.from_alert(
        fact.alert_id, cause=f"alert:{fact.alert_id}", at=dt.datetime.fromisoformat(fact.received_at)
    )


@on(PurgeFailed)
def failed_purge_opens_incident(event: Event) -> None:
    """What is kept past its limit is against the law from that hour on: priority 1 (L-04)."""
    fact = event.fact()
    assert isinstance(fact, PurgeFailed)
    openings.from_purge(cause=f"purge:{event.pk}", why=fact.why, at=dt.datetime.fromisoformat(fact.at))


@on(SignalConfirmed)
def confirmed_signal_opens_incident(event: Event) -> None:
    """Only what a person confirmed; from here on it is worked like any other, and people send people (L-23)."""
    fact = event.fact()
    assert isinstance(fact, SignalConfirmed)
    openings.from_signal(fact)
