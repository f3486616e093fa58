"""A worker's sign of life, and how far it is."""

from __future__ import annotations

import time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

BEAT_S = 1.0


class Taken(Exception):
    """Another worker builds it now."""


class Beat:
    """Says how far it is and that the worker lives; stops it when the work was given to another."""

    def __init__(self, mine: QuerySet[Any]) -> None:
        """`mine` is the row while it is this worker's to build, and nothing otherwise."""
        self._mine = mine
        self._told = 0.0
        self.total = 1
        self.done = 0

    def __call__(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self._told > BEAT_S:
            self._told = time.monotonic()
            self.check()

    def check(self) -> None:
        percent = min(99, 100 * self.done // max(1, self.total))
        if not self._mine.update(progress=percent, beat_at=timezone.now()):
            raise Taken
