"""Facts and a reaction that only the tests know."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from events.facts import Fact
from events.log import publish
from events.models import Event
from events.reactions import on


@dataclass(frozen=True, kw_only=True)
class Happened(Fact, kind="tests.happened", audiences=frozenset({"room", "wall"})):
    n: int

    def about(self) -> list[str]:
        return [f"thing:{self.n}"]


@dataclass(frozen=True, kw_only=True)
class Heard(Fact, kind="tests.heard"):
    of: int


@on(Happened)
def hear(event: Event) -> None:
    with transaction.atomic():
        publish(Heard(of=event.pk))
