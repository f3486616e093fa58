"""The log's ear for the ground: accounts cannot import the log, so it announces and the log writes."""

from __future__ import annotations

from dataclasses import dataclass

from accounts import announce
from accounts.models import User
from events.facts import Fact
from events.log import publish


@dataclass(frozen=True, kw_only=True)
class HabilitationWithdrawn(Fact, kind="accounts.habilitation_withdrawn"):
    """A person may no longer see some images: what shows them any stops within 60 seconds (law L-07)."""

    habilitation_id: int
    user_id: int

    def about(self) -> list[str]:
        return [f"user:{self.user_id}", f"habilitation:{self.habilitation_id}"]


@announce.listen
def hear(what: announce.HabilitationWithdrawn, actor: User | None) -> None:
    publish(HabilitationWithdrawn(habilitation_id=what.habilitation_id, user_id=what.user_id), actor=actor)
