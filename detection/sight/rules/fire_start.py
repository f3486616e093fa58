"""Something burns: a bright, warm patch that flickers, grows and stays. Experimental.

Colours after the usual test for flames (red over green over blue, red high), flicker from picture to picture. Lamps are
bright and warm and do not flicker; brake lights flicker and do not stay. No night, no thermal picture.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.types import Box, Moment, RuleSetting, Signal
from detection.sight.view import View, inside, key_of

BURNS_S = 4.0
WIDTH = 320
LEAST_SHARE = 0.0004
FLICKER = 10.0  # grey levels between two pictures, in the patch
OVER_S = 3.0


@dataclass
class FireStart:
    setting: RuleSetting
    _last: NDArray[np.uint8] | None = None
    _usual: NDArray[np.float32] | None = None
    _since: dt.datetime | None = None
    _seen: dt.datetime | None = None
    _said: bool = False
    _moments: list[Moment] = field(default_factory=list)

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            self._forget()
            return []
        box = self._flames(view) if view.frame is not None else None
        if box is None:
            if self._seen and (view.at - self._seen).total_seconds() > OVER_S:
                self._forget()
            return []
        self._since, self._seen = self._since or view.at, view.at
        self._moments = [*self._moments[-40:], Moment(view.at, (box,))]
        lasted = (view.at - self._since).total_seconds()
        if self._said or lasted < self.setting.parameters.get("burns_s", BURNS_S):
            return []
        self._said = True
        return [
            Signal(
                key=key_of(self.setting, self._since, *(round(value, 1) for value in box.centre)),
                rule="fire_start",
                at=self._since,
                raised_at=view.at,
                boxes=tuple(self._moments),
                score=0.4,
                measured={"seconds": round(lasted, 1)},
                setting=self.setting.key,
            )
        ]

    def _forget(self) -> None:
        self._since = self._seen = None
        self._said = False
        self._moments.clear()

    def _flames(self, view: View) -> Box | None:
        assert view.frame is not None
        size = (WIDTH, round(WIDTH / view.aspect))
        small = cv2.resize(view.frame.bgr(), size, interpolation=cv2.INTER_AREA)
        blue, green, red = (small[..., channel].astype(np.int16) for channel in range(3))
        warm = (red > 180) & (red > green + 15) & (green > blue + 15) & (red - blue > 60)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        last, self._last = self._last, grey
        if self._usual is None or self._usual.shape != grey.shape or last is None or last.shape != grey.shape:
            self._usual = warm.astype(np.float32)
            return None
        new = warm & (self._usual < 0.5)  # what is always warm and bright is a lamp or a wall in the sun
        cv2.accumulateWeighted(warm.astype(np.float32), self._usual, 0.002)
        count, labels, stats, middles = cv2.connectedComponentsWithStats(new.astype(np.uint8), connectivity=8)
        for label in range(1, count):
            x, y, w, h, area = (int(value) for value in stats[label])
            where = labels == label
            flicker = float(cv2.absdiff(grey, last)[where].mean())
            centre = middles[label][0] / size[0], middles[label][1] / size[1]
            if area >= LEAST_SHARE * grey.size and flicker > FLICKER and inside(centre, self.setting.zone):
                return Box(x / size[0], y / size[1], (x + w) / size[0], (y + h) / size[1], "fire", 0.4)
        return None
