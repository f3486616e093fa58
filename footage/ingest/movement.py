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
# Fragments are gathered to so much, or to the next whole picture: few pictures say little.
GATHERED_S = 0.45
# So many of these of a kind, none much larger than another, before their level counts as that of rest.
STEADY, SPREAD = 6, 1.4
# It stays in movement so long after the last of it.
CALM_US = 4_000_000
BOXES_BYTES = 200


class Movement:
    """One stream. What begins with a whole picture and what does not have levels of their own."""

    def __init__(self) -> None:
        self._whole = 0
        self._key = False
        self._changed = self._told = 0
        self._lasted_s = 0.0
        self._levels: dict[bool, deque[float]] = {key: deque(maxlen=STEADY) for key in (True, False)}
        self._rest: dict[bool, float] = {}
        self._calm_from_us: int | None = None

    def takes(self, fragment: Fragment, starts_us: int) -> bool:
        """Whether something moves in it, or did within the last seconds."""
        if fragment.key and self._lasted_s:
            self._judge(starts_us)
        self._gather(fragment)
        if self._lasted_s >= GATHERED_S:
            self._judge(starts_us)
        return self._calm_from_us is None or starts_us < self._calm_from_us

    def _gather(self, fragment: Fragment) -> None:
        self._lasted_s += fragment.seconds
        self._changed += len(fragment.data) - BOXES_BYTES
        self._told += fragment.samples
        if fragment.key:
            self._key, self._whole = True, fragment.first_bytes
            self._changed -= fragment.first_bytes
            self._told -= 1

    def _judge(self, starts_us: int) -> None:
        level, key = self._level(), self._key
        if level is None or self._is_above(level, key):
            self._calm_from_us = starts_us + CALM_US
        if level is not None:
            self._learn(level, key)
        self._key, self._changed, self._told, self._lasted_s = False, 0, 0, 0.0

    def _level(self) -> float | None:
        """Bytes of a picture that tells what changed, in parts of one that tells everything. None: not to be known."""
        if not self._whole or self._told < 1:
            return None
        return max(0.0, self._changed / self._told / self._whole)

    def _is_above(self, level: float, key: bool) -> bool:
        rest = self._rest.get(key)
        return rest is None or level >= NEVER_STILL or level > rest * RISE + LEAST

    def _learn(self, level: float, key: bool) -> None:
        levels = self._levels[key]
        levels.append(level)
        highest, lowest = max(levels), min(levels)
        if len(levels) == STEADY and highest < NEVER_STILL and highest <= lowest * SPREAD + LEAST:
            self._rest[key] = median(levels)
