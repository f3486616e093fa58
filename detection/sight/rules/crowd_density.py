"""Too many people in one place: per square metre where the ground is known, in numbers where it is not.

The number is the middle one of the last seconds: one picture in which a detector sees double raises nothing. A crowd is
over when the number has fallen clearly below the limit, not when it swings around it.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass, field
from statistics import median

from detection.sight.ground import calibrated
from detection.sight.types import Box, Moment, RuleSetting, Signal
from detection.sight.view import View, foot_inside, key_of

PEOPLE, PER_M2, FOR_S = 20, 2.0, 20.0
OVER = 0.8  # of the limit
LEAST_PICTURES = 3


@dataclass
class CrowdDensity:
    setting: RuleSetting
    _counts: deque[tuple[dt.datetime, int]] = field(default_factory=deque)
    _since: dt.datetime | None = None
    _said: bool = False
    # People of the last seconds, and the limit: None before enough pictures were counted.
    level: tuple[float, float] | None = None

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            self._counts.clear()
            self._since, self._said, self.level = None, False, None
            return []
        if not view.counted:
            return []
        inside = [box for box in view.people if foot_inside(box, self.setting.zone)]
        for_s = self.setting.parameters.get("for_s", FOR_S)
        self._counts.append((view.at, len(inside)))
        while (view.at - self._counts[0][0]).total_seconds() > max(2.0, min(for_s, 10.0)):
            self._counts.popleft()
        if len(self._counts) < LEAST_PICTURES:
            return []
        usual = median(number for _, number in self._counts)
        limit, area = self._limit(view.aspect)
        self.level = float(usual), limit
        if usual < limit:
            if usual < OVER * limit:
                self._since, self._said = None, False
            return []
        self._since = self._since or self._counts[0][0]
        lasted = (view.at - self._since).total_seconds()
        if self._said or lasted < for_s:
            return []
        self._said = True
        return [self._signal(view, inside, usual, limit, area)]

    def _limit(self, aspect: float) -> tuple[float, float]:
        """People in this zone at which it is too dense, and its square metres where the ground is known."""
        ground = self.setting.ground
        scale = calibrated(ground, aspect) if ground else None
        if scale is not None:
            area = scale.area_m2(self.setting.zone)
            return max(1.0, self.setting.parameters.get("per_m2", PER_M2) * area), area
        return self.setting.parameters.get("people", PEOPLE), 0.0

    def _signal(self, view: View, inside: list[Box], usual: float, limit: float, area: float) -> Signal:
        assert self._since is not None
        return Signal(
            key=key_of(self.setting, self._since),
            rule="crowd_density",
            at=self._since,
            raised_at=view.at,
            boxes=(Moment(view.at, tuple(inside)),),
            score=round(min(0.99, 0.5 * usual / limit), 2),
            measured={"people": usual, "limit": round(limit, 1), "area_m2": round(area, 1)},
            setting=self.setting.key,
        )
