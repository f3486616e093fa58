"""What is looked at less often when a worker falls behind: the least important cameras first, none of them never."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detection.codes import EventCode

# Seconds behind the newest pictures: above the first for a moment more is shed, below the second less.
HIGH_S, LOW_S = 4.0, 1.5
MORE_AFTER_S, LESS_AFTER_S = 2.0, 10.0
STEP = 0.25
# Seconds of backlog worked off per second: more than that is catching up.
CATCHES_UP = 0.25
# What is shed is still looked at: one key picture in so many seconds.
FLOOR_S = 2.0
# When even that is too much, pictures so old are passed over, and that is said.
TOO_OLD_S = 30.0

# What harms soonest goes first. A drill goes last.
IMPORTANCE = {
    EventCode.FIRE_START: 7,
    EventCode.PERSON_DOWN: 6,
    EventCode.CROWD_MOVEMENT: 6,
    EventCode.CROWD_DENSITY: 5,
    EventCode.ABANDONED_OBJECT: 4,
    EventCode.ZONE_INTRUSION: 3,
    EventCode.WRONG_WAY: 3,
    EventCode.PEOPLE_GROUPING: 2,
}


def importance(event_types: Sequence[str], *, exercise: bool) -> int:
    return max((IMPORTANCE[EventCode(one)] for one in event_types), default=0) + (0 if exercise else 10)


@dataclass
class Pressure:
    """`share` of the cameras are shed; 1 is all of them. Above 1 what is too old is passed over."""

    share: float = 0.0
    _changed: float = 0.0
    _calm_since: float | None = None
    # When it was last asked whether it catches up by itself, and how old the oldest was then.
    _then: tuple[float, float] | None = None

    @property
    def passes_over(self) -> bool:
        return self.share > 1.0

    def feels(self, age_s: float, now: float) -> bool:
        """How old the oldest picture is that waits. Returns whether the share changed."""
        before = self.share
        if age_s > LOW_S:
            self._calm_since = None
        elif self._calm_since is None:
            self._calm_since = now
        if age_s > HIGH_S:
            if self._falls_behind(age_s, now):
                self.share = min(1.0 + STEP, self.share + STEP)
        elif self._calm_since is not None and now - max(self._calm_since, self._changed) >= LESS_AFTER_S:
            self.share = max(0.0, self.share - STEP)
        if self.share != before:
            self._changed = now
        return self.share != before

    def _falls_behind(self, age_s: float, now: float) -> bool:
        """After an absence it works off what waited, which is no reason to look less; being no faster is."""
        if self._then is None or now - self._then[0] > 2 * MORE_AFTER_S:
            self._then = now, age_s
            return False
        began, was_s = self._then
        if now - began < MORE_AFTER_S:
            return False
        self._then = now, age_s
        return age_s > was_s - CATCHES_UP * (now - began)

    def shed(self, least_important_first: Sequence[int]) -> frozenset[int]:
        count = min(len(least_important_first), -int(-self.share * len(least_important_first) // 1))
        return frozenset(least_important_first[:count])
