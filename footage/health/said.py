"""What cameras say of their own view, by ONVIF: believed when it lasts, and bounded when it flutters.

A camera that is covered, sprayed or turned by somebody says so within a second; its pictures say so after minutes
(`patience.py`). So the word of the camera opens the work order, and pictures outvote it: once they were good for ten
minutes the order is closed, and what pictures have found is never closed by the word of a camera.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from django.db import transaction

from footage.health.actions import report_fault, report_good
from footage.models import WorkOrder

# A headlight, a tram, a hand that cleans the glass: over before that.
STANDS_S = 5.0
# Good again for so long before it is believed; twice as long each time it comes back within the hour.
OVER_S, LONGEST_OVER_S, CALM_S = 60.0, 1800.0, 3600.0
SAID_BY_IT = {"said_by": "camera"}


class Ledger(Protocol):
    def write(self, entry: Callable[[], object]) -> None: ...


@dataclass
class _Word:
    covered: bool
    since: float
    believed: bool = False
    over_s: float = OVER_S
    believed_at: float = 0.0


@dataclass
class Said:
    """Those of a node. `hear` when one says something, `tick` now and then; neither waits."""

    ledger: Ledger
    now: Callable[[], float] = time.monotonic
    _words: dict[int, _Word] = field(default_factory=dict)

    def hear(self, camera_id: int, covered: bool) -> None:
        word = self._words.get(camera_id)
        if word is None:
            # The first word after a start: one that is well may have an order of before.
            self._words[camera_id] = _Word(covered, self.now(), believed=not covered)
        elif word.covered != covered:
            word.covered, word.since = covered, self.now()

    def tick(self) -> None:
        now = self.now()
        for camera_id, word in self._words.items():
            stood_s = now - word.since
            if word.covered and not word.believed and stood_s >= STANDS_S:
                again = word.believed_at and now - word.believed_at < CALM_S
                word.over_s = min(2 * word.over_s, LONGEST_OVER_S) if again else OVER_S
                word.believed, word.believed_at = True, now
                self.ledger.write(partial(covered, camera_id))
            elif not word.covered and word.believed and stood_s >= word.over_s:
                word.believed = False
                self.ledger.write(partial(good_again, camera_id))


@transaction.atomic
def covered(camera_id: int) -> None:
    if not WorkOrder.objects.live().filter(camera_id=camera_id, kind=WorkOrder.Kind.COVERED).exists():
        report_fault(camera_id=camera_id, kind=WorkOrder.Kind.COVERED, evidence=dict(SAID_BY_IT))


@transaction.atomic
def good_again(camera_id: int) -> None:
    """Only what a camera said itself; also of one that people have closed: from now on it may be told anew."""
    said = WorkOrder.objects.filter(camera_id=camera_id, kind=WorkOrder.Kind.COVERED, standing=True)
    if said.filter(evidence__contains=SAID_BY_IT).exists():
        report_good(camera_id=camera_id, kind=WorkOrder.Kind.COVERED)
