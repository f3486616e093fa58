"""Whether each worker that watches is alive, as /healthz reads it."""

from __future__ import annotations

from events.models import Pulse


def pulse_of(number: int, of: int) -> str:
    return f"detect {number}/{of}"


def beat(number: int, of: int) -> None:
    Pulse.beat(pulse_of(number, of))
