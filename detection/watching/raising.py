"""From what a rule saw to a card before an operator: once, however often the same pictures are looked at."""

from __future__ import annotations

import logging
from itertools import chain

from detection.actions import raise_signal
from detection.models import Signal as Row
from detection.models.signal import AFTER, BEFORE, LONGEST, SHOWN_FOR
from detection.sight.types import Box, Moment, Signal
from detection.signals import Box as Drawn
from doors.problems import Refused
from footage.freezing import freeze
from legal.why import Period

logger = logging.getLogger(__name__)


def key_of(signal: Signal) -> str:
    """The same pictures give the same key, whichever worker looks at them: nothing in it counts from its start."""
    return f"{signal.setting}:{signal.rule}:{round(signal.at.timestamp() * 10)}"


def tell(signal: Signal) -> Row | None:
    """None when the gate says no: it closed between the look and the word."""
    try:
        row = raise_signal(
            profile_id=int(signal.setting),
            key=key_of(signal),
            at=signal.at,
            last_at=signal.raised_at,
            boxes=list(chain.from_iterable(map(_drawn, signal.boxes))),
            score=signal.score,
            measured=signal.measured,
        )
    except Refused as refused:
        logger.info("a signal is not raised: %s", refused.code, extra={"profile": signal.setting})
        return None
    keep(row)
    return row


def keep(row: Row) -> None:
    """While it waits for its answer, its minutes are not destroyed early, even on a full disk; no day longer."""
    period = Period(row.at - BEFORE, row.at + LONGEST + AFTER)
    freeze([row.camera], period, f"signal:{row.pk}", at_most=SHOWN_FOR)


def _drawn(moment: Moment) -> list[Drawn]:
    return [_one(moment, box) for box in moment.boxes]


def _one(moment: Moment, box: Box) -> Drawn:
    return {"at": round(moment.at.timestamp() * 1000), "box": [box.x0, box.y0, box.width, box.height]}
