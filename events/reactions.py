"""Who wants to hear of which fact."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from events.facts import Fact

if TYPE_CHECKING:
    from events.models import Event

Reaction = Callable[["Event"], None]

REACTIONS: dict[str, Reaction] = {}
_by_fact: dict[type[Fact], list[str]] = {}


def on(*facts: type[Fact]) -> Callable[[Reaction], Reaction]:
    """Run the function once for each such fact, after commit, in a transaction of its own.

    A reaction may be run again after a crash: it must be safe to repeat.
    """

    def register(reaction: Reaction) -> Reaction:
        name = f"{reaction.__module__}.{reaction.__name__}"
        REACTIONS[name] = reaction
        for fact in facts:
            _by_fact.setdefault(fact, []).append(name)
        return reaction

    return register


def names_for(fact: type[Fact]) -> list[str]:
    return _by_fact.get(fact, [])
