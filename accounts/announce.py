"""What people's accounts announce. The log stands above the ground and cannot be imported from here: it
listens (events/ground.py), and writes what it hears in the transaction that announced it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class HabilitationWithdrawn:
    """Whoever shows this person an image stops within 60 seconds (law L-07)."""

    habilitation_id: int
    user_id: int


Listener = Callable[[HabilitationWithdrawn, "User | None"], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> Listener:
    _listeners.append(listener)
    return listener


def announce(what: HabilitationWithdrawn, *, actor: User | None) -> None:
    """Call it last, inside the transaction that made it true."""
    for listener in _listeners:
        listener(what, actor)
