"""Whether something moves before a camera, from the sizes of its compressed pictures alone: nothing is decoded.

A picture that builds on the one before is as large as what changed since. It is measured against the last whole
picture, so that resolution and quality do not matter. A camera whose pictures stay small and steady for some seconds
shows what it sends when nothing moves; whatever rises above that moves. A stream that is never small, because its
street is busy, its night is noisy or its bit rate is held constant, is never called still: the mistake costs bytes,
never a picture.
"""

from __future__ import annotations

from collections import deque
from statistics import median

from footage.boxes import Fragment

# Parts of a whole picture. Drawn streets: nothing 0.001 to 0.005, one person 0.014, many 0.03 to 0.08.
NEVER_STILL = 0.008
LEAST = 0.001
RISE = 1.5
# So many fragments of a kind, none much larger than another, before their level counts as that of rest.
STEADY, SPREAD = 6, 1.4
# It stays in movement so long after the last of it.
CALM_US = 4_000_000
BOXES_BYTES = 200


class Movement:
    """One stream. Fragments that begin with a whole picture and those that do not have levels of their own."""

    def __init__(self) -> None:
        self._whole = 0
        self._levels: dict[bool, deque[float]] = {key: deque(maxlen=STEADY) for key in (True, False)}
        self._rest: dict[bool, float] = {}
        self._calm_from_us: int | None = None

    def takes(self, fragment: Fragment, starts_us: int) -> bool:
        """Whether something moves in it, or did within the last seconds."""
        level = self._level(fragment)
        if level is None or self._is_above(level, fragment.key):
            self._calm_from_us = starts_us + CALM_US
        if level is not None:
            self._learn(level, fragment.key)
        return self._calm_from_us is None or starts_us < self._calm_from_us

    def _level(self, fragment: Fragment) -> float | None:
        """Bytes of a picture that tells what changed, in parts of one that tells everything. None: not to be known."""
        changed, told = len(fragment.data) - BOXES_BYTES, fragment.samples
        if fragment.key:
            self._whole = fragment.first_bytes
            changed -= fragment.first_bytes
            told -= 1
        if not self._whole or told < 1:
            return None
        return max(0.0, changed / told / self._whole)

    def _is_above(self, level: float, key: bool) -> bool:
        rest = self._rest.get(key)
        return rest is None or level >= NEVER_STILL or level > rest * RISE + LEAST

    def _learn(self, level: float, key: bool) -> None:
        levels = self._levels[key]
        levels.append(level)
        highest, lowest = max(levels), min(levels)
        if len(levels) == STEADY and highest < NEVER_STILL and highest <= lowest * SPREAD + LEAST:
            self._rest[key] = median(levels)
