"""How often one device may call, by what it does: reading must never use up the right to call for help."""

from __future__ import annotations

from doors.throttles import PerDevice


class Presses(PerDevice):
    scope = "alerts-press"
    rate = "60/min"


class Heartbeats(PerDevice):
    scope = "alerts-heartbeat"
    rate = "60/min"


class Reading(PerDevice):
    """A page in front looks every two seconds, and may be open twice."""

    scope = "alerts-read"
    rate = "240/min"


class Talking(PerDevice):
    scope = "alerts-talk"
    rate = "30/min"
