"""The playbook: what the centre does about an incident. It proposes and prepares; people are sent by people."""

from __future__ import annotations

import cameras.actions
import cameras.steering.returning
from events.models import Event
from events.reactions import on
from incidents.facts import IncidentClosed, IncidentOpened
from incidents.models import Nature
from places.geometry import Point


@on(IncidentOpened)
def turn_cameras(event: Event) -> None:
    """Order the cameras that see the place to turn to it (law W-06, W-07)."""
    fact = event.fact()
    assert isinstance(fact, IncidentOpened)
    if fact.nature == Nature.CENTRE:
        return  # nothing to be seen in a street
    cameras.actions.steer_towards(
        point=Point(fact.lat, fact.lon),
        cause=f"incident:{fact.incident_id}",
        site_code=fact.site_code,
        exercise=fact.exercise,
        urgency=fact.priority,
        label=fact.place_label or fact.title,
    )


@on(IncidentClosed)
def let_cameras_go(event: Event) -> None:
    """What was turned for it goes to who waits, or back to where it was (law W-07)."""
    fact = event.fact()
    assert isinstance(fact, IncidentClosed)
    cameras.steering.returning.case_over(f"incident:{fact.incident_id}")
