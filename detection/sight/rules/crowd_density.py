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
# Shares of the limit, for the number that is shown: free, busy, dense, too dense.
BANDS = ((0.25, "free"), (0.6, "busy"), (1.0, "dense"))


def band(share: float) -> str:
    return next((name for below, name in BANDS if share < below), "too dense")


@dataclass
class CrowdDensity:
    setting: RuleSetting
    _counts: deque[tuple[dt.datetime, int]] = field(default_factory=deque)
    _since: dt.datetime | None = None
    _said: bool = False
    band: str = "free"

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            self._counts.clear()
            self._since, self._said = None, False
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
        limit, unit = self._limit(view.aspect)
        self.band = band(usual / limit)
        if usual < limit:
            if usual < OVER * limit:
                self._since, self._said = None, False
            return []
        self._since = self._since or self._counts[0][0]
        lasted = (view.at - self._since).total_seconds()
        if self._said or lasted < for_s:
            return []
        self._said = True
        return [self._signal(view, inside, usual, limit, unit)]

    def _limit(self, aspect: float) -> tuple[float, str]:
        """People in this zone, at which it is too dense."""
        ground = self.setting.ground
        scale = calibrated(ground, aspect) if ground else None
        if scale is not None:
            area = scale.area_m2(self.setting.zone)
            return max(1.0, self.setting.parameters.get("per_m2", PER_M2) * area), f" on {area:.0f} m²"
        return self.setting.parameters.get("people", PEOPLE), ""

    def _signal(self, view: View, inside: list[Box], usual: float, limit: float, unit: str) -> Signal:
        assert self._since is not None
        return Signal(
            key=key_of(self.setting, self._since),
            rule="crowd_density",
            at=self._since,
            raised_at=view.at,
            boxes=(Moment(view.at, tuple(inside)),),
            score=round(min(0.99, 0.5 * usual / limit), 2),
            why=f"{usual:.0f} people{unit}, the limit is {limit:.0f}",
            setting=self.setting.key,
        )
