"""The state of compliance: the nine points, computed now from live rows. A few questions to the database in all."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from legal.state.contributions import Contribution, Look, contributions
from legal.state.points import BY_CODE, POINTS, WORST_FIRST, Point, State

logger = logging.getLogger(__name__)
MOST_ROWS = 500


@dataclass(frozen=True)
class Found:
    """What one app found, with when."""

    name: str
    look: Look
    at: dt.datetime

    def proof(self) -> list[list[str]]:
        """The rows behind the figure, as many as fit on a page."""
        if self.look.rows is None:
            return []
        return [list(row) for _number, row in zip(range(MOST_ROWS), self.look.rows(), strict=False)]


@dataclass(frozen=True)
class Answer:
    point: Point
    state: State
    found: list[Found]

    @property
    def figure(self) -> int:
        """How many things are not as they should be."""
        return sum(one.look.figure for one in self.found)


def answers() -> list[Answer]:
    told = contributions()
    return [_answer(point, [one for one in told if one.point == point.code]) for point in POINTS]


def answer(code: str) -> Answer:
    """Raises KeyError when the law has no such point."""
    return _answer(BY_CODE[code], [one for one in contributions() if one.point == code])


def _answer(point: Point, told: list[Contribution]) -> Answer:
    found = [Found(str(one.name), _looked(one), timezone.now()) for one in told]
    states = {one.look.state for one in found} or {State.BAD}  # nobody looks: nobody knows
    return Answer(point, next(state for state in WORST_FIRST if state in states), found)


def _looked(one: Contribution) -> Look:
    try:
        return one.look()
    except (DatabaseError, OSError):
        # What cannot be looked at is not known to be in order.
        logger.exception("%s of %s could not be looked at", one.point, one.app)
        return Look(State.BAD, 1, _("This could not be looked at: see the log of the server."))
