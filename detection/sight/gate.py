"""The motion gate: does anything move in this picture? On grey values, small, in a tenth of a millisecond.

Each picture is compared with a slow mean of those before, after its exposure has been matched to it: a lamp that is
switched, a cloud or the camera's own gain changes every value by the same factor and moves nothing. Every pixel knows
how restless it usually is (leaves, rain, sensor noise at night) and has to change by more than that. Single pixels
do not count: a person, however far away, is several beside each other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.types import Luma, Mask

WIDTH = 320
COARSE = (16, 9)
# Grey levels a pixel has to change by, at least, and how many times its usual restlessness.
LEAST, TIMES = 9.0, 3.5
RESTLESS_AT_MOST = 14.0
# A gain this near to 1 is left alone: a person in the picture changes the mean as much.
SAME_GAIN = 0.015
# More than this share of the picture at once: the light or the view has changed, not something in it.
FLASH = 0.6
LEARN_S, NOISE_S = 12.0, 40.0
SETTLE_S = 1.0
LONG_S = 30.0


@dataclass(frozen=True, slots=True)
class Movement:
    moving: bool
    share: float  # of the picture
    flash: bool  # everything changed at once
    mask: Mask  # 255 where something moves, `WIDTH` wide


class Gate:
    """One camera's. Give it frames in their order; `reset` when the view has changed."""

    def __init__(self, least_pixels: int = 5) -> None:
        """`least_pixels` of the small picture that move together: 5 of 320 is a person 12 pixels high."""
        self._least_pixels = least_pixels
        self._core = np.ones((2, 2), np.uint8)
        self.reset()

    def reset(self) -> None:
        self._mean: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._noise = self._mean
        self._limit: Luma = np.zeros((0, 0), np.uint8)
        self._began: dt.datetime | None = None
        self._at: dt.datetime | None = None
        self._limit_at: dt.datetime | None = None

    def see(self, luma: Luma, at: dt.datetime) -> Movement:
        small = self.small(luma)
        if self._mean.shape != small.shape:
            return self._begin(small, at)
        passed_s = (at - (self._at or at)).total_seconds()
        self._at = at
        if not 0 < passed_s < LONG_S:  # the clock jumped, or nothing came for long: what was usual is no more
            return self._begin(small, at)
        gain = self._gain(small)
        change = cast(Luma, cv2.absdiff(small, cv2.convertScaleAbs(self._mean, alpha=gain)))
        self._renew_limit(at)
        mask = cast(Mask, cv2.erode(cv2.compare(change, self._limit, cv2.CMP_GT), self._core))
        pixels = cv2.countNonZero(mask)
        share = pixels / mask.size
        if share > FLASH:
            self._begin(small, at)
            return Movement(True, share, True, mask)
        self._learn(small, change, mask, passed_s, gain)
        settled = self._began is not None and (at - self._began).total_seconds() >= SETTLE_S
        return Movement(settled and pixels >= self._least_pixels, share, False, mask)

    def small(self, luma: Luma) -> Luma:
        height, width = luma.shape
        size = (WIDTH, max(9, round(WIDTH * height / width)))
        return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)

    def _begin(self, small: Luma, at: dt.datetime) -> Movement:
        self._mean = small.astype(np.float32)
        self._noise = np.full(small.shape, 3.0, np.float32)
        self._limit_at = None
        self._began = self._at = at
        return Movement(False, 0.0, False, np.zeros(small.shape, np.uint8))

    def _gain(self, small: Luma) -> float:
        """How much brighter the whole is than usual: the middle one of many places, not the mean of all."""
        now, usual = cv2.mean(small)[0], cv2.mean(self._mean)[0]
        if abs(now - usual) <= SAME_GAIN * usual:
            return 1.0
        places = cv2.resize(small, COARSE, interpolation=cv2.INTER_AREA).astype(np.float32) + 1
        before = cv2.resize(self._mean, COARSE, interpolation=cv2.INTER_AREA) + 1
        ratio = np.partition((places / before).ravel(), places.size // 2)[places.size // 2]
        return float(min(4.0, max(0.25, ratio)))

    def _renew_limit(self, at: dt.datetime) -> None:
        """What counts as a change, pixel by pixel: not anew for every picture."""
        if self._limit_at is None or abs((at - self._limit_at).total_seconds()) >= 1:
            self._limit_at = at
            self._limit = cast(Luma, cv2.convertScaleAbs(self._noise, alpha=TIMES, beta=LEAST - TIMES))

    def _learn(self, small: Luma, change: Luma, mask: Mask, passed_s: float, gain: float) -> None:
        share = min(1.0, passed_s / LEARN_S)
        if gain != 1.0 and not cv2.countNonZero(mask):
            share = min(1.0, passed_s / SETTLE_S)  # the light has changed for good, or nearly so
        cv2.accumulateWeighted(small, self._mean, share)
        # What moves teaches how restless a pixel is, but slowly and never beyond a limit.
        restless = cv2.threshold(change, RESTLESS_AT_MOST, 0, cv2.THRESH_TRUNC)[1]
        cv2.accumulateWeighted(restless, self._noise, min(1.0, passed_s / NOISE_S))
