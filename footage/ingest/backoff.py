"""How long to wait before trying again: at once the first time, then longer and longer."""

from __future__ import annotations

import random

FIRST_S, LONGEST_S, GOOD_S = 0.5, 30.0, 30.0


class Backoff:
    def __init__(self) -> None:
        self._next = FIRST_S

    def pause(self, ran_s: float) -> float:
        """After a run that lasted this long. Scattered, so that a switch coming back is not stormed."""
        if ran_s >= GOOD_S:
            self._next = FIRST_S
        wait, self._next = self._next, min(self._next * 2, LONGEST_S)
        return wait * random.uniform(0.75, 1.25)  # noqa: S311  not a secret
