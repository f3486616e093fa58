"""What belongs to the place and what does not: two layers for every pixel.

The first layer is the place itself, learnt slowly and only where nothing else is. The second is the newcomer: the value
that stands there instead, since when, and for how long it has been seen in all. People who pass in front of a bag
interrupt it and do not end it. A value is grey, blueness and redness: a blue bag on a brown floor of the same grey is
seen. Exposure is matched before anything is compared; what is only light is left out (shadows.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.shadows import Shadows
from detection.sight.types import Frame, Mask

Plane = NDArray[np.float32]
WIDTH = 384
# The first pictures decide together what the place looks like: people who walk are in the minority at each pixel.
LEARN_S, LEARN_LEAST = 4.0, 5
LEARN_AT_MOST = 9
ADAPT_S, NOISE_S = 20.0, 30.0
# Grey levels that differ: many times the usual noise, and so much of what the place has; in the dark that is few.
LEAST, LEAST_DARK, CONTRAST, TIMES, NOISE_AT_MOST = 14.0, 7.0, 0.12, 4.0, 8.0
# The newcomer is the same while it differs by no more than that.
SAME = 12.0
SEEN_AT_MOST_S = 20.0
DARK = 50.0
SAME_GAIN = 0.003
GONE_S = 1.5
RENEWED_S = 1.0
LONG_S = 60.0


# Colours differ by less than greys do, and are noisy at night: so many times, when they are there at all.
COLOURS = 2.0


@dataclass(frozen=True)
class Seen:
    """One picture after it was compared with the place. Masks are 255 where it is so."""

    at: dt.datetime
    values: Plane  # height x width x 3, exposure matched to the place
    foreground: Mask  # without shadows
    share: float  # of the picture
    flash: bool  # nearly everything differs: the view or the light is another


class Background:
    """One camera's. `None` from `see` while it learns what the place looks like."""

    def __init__(self, *, follows: bool = True) -> None:
        """`follows`: newcomers, too; who only asks what is in front of the place does not need that."""
        self._follows = follows
        self.place: Plane | None = None
        self.newcomer: Plane = np.zeros((1, 1, 3), np.float32)
        self.since: NDArray[np.float64] = np.zeros((1, 1))  # when the newcomer came, Unix seconds
        self.seen_s: Plane = np.zeros((1, 1), np.float32)  # for how long it was seen
        # Of grey, of grey or colours: at night colours are nothing but noise, which says nothing about the grey.
        self._noise: tuple[Plane, Plane] = (np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32))
        self._limits = self._noise
        self._restless = self._noise[0]
        self._renewed: dt.datetime | None = None
        self._shadows = Shadows()
        self._learning: list[Plane] = []
        self._learning_since: dt.datetime | None = None
        self._at: dt.datetime | None = None

    @property
    def learnt(self) -> bool:
        return self.place is not None

    def reset(self) -> None:
        self.__init__(follows=self._follows)  # type: ignore[misc]

    def relearn(self) -> None:
        """The light is another: learn the place anew from the next pictures."""
        self.place = None
        self._renewed = None
        self._learning = []
        self._learning_since = None

    def see(self, frame: Frame) -> Seen | None:
        values, at = small(frame), frame.at
        passed_s = (at - self._at).total_seconds() if self._at else 0.0
        if self.place is not None and (self.place.shape != values.shape or not 0 <= passed_s < LONG_S):
            self.reset()
        self._at = at
        if self.place is None:
            return self._learn(values, at)
        gain = self._gain(values)
        if abs(gain - 1) > SAME_GAIN:
            values[..., 0] /= gain
        self._renew(at)
        grey, blue, red = cv2.split(cv2.absdiff(values, self.place))
        colours = cv2.max(blue, red)
        differs = cast(
            Mask,
            cv2.bitwise_or(
                cv2.compare(grey, self._limits[0], cv2.CMP_GT),
                cv2.compare(colours, self._limits[1], cv2.CMP_GT),
            ),
        )
        share = cv2.countNonZero(differs) / differs.size
        foreground = self._shadows.without(values, differs, self._restless)
        foreground = cast(Mask, cv2.morphologyEx(foreground, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)))
        if self._follows:
            self._follow(values, foreground > 0, at, passed_s)
        self._adapt(values, (grey, cv2.max(grey, colours)), differs, passed_s)
        return Seen(at, values, foreground, share, share > 0.7)

    def still(self, seconds: float) -> Mask:
        """255 where a newcomer has been seen for so long."""
        return (self.seen_s >= seconds).astype(np.uint8) * 255

    def absorb(self, where: NDArray[np.bool_]) -> None:
        """From now on what stands there belongs to the place."""
        if self.place is None:
            return
        self.place[where] = self.newcomer[where]
        self.seen_s[where] = 0

    def _learn(self, values: Plane, at: dt.datetime) -> Seen | None:
        self._learning_since = self._learning_since or at
        self._learning.append(values)
        if len(self._learning) > LEARN_AT_MOST:
            del self._learning[1 + len(self._learning) % (LEARN_AT_MOST - 1)]
        long_enough = (at - self._learning_since).total_seconds() >= LEARN_S
        if not long_enough or len(self._learning) < LEARN_LEAST:
            return None
        heap = np.stack(self._learning)
        self.place = np.median(heap, axis=0).astype(np.float32)
        apart = np.abs(heap - self.place)
        self._noise = _usual(apart[..., 0]), _usual(apart.max(axis=3))
        self.newcomer = self.place.copy()
        self.since = np.zeros(values.shape[:2])
        self.seen_s = np.zeros(values.shape[:2], np.float32)
        self._learning = []
        return None

    def _gain(self, values: Plane) -> float:
        """How much brighter than usual the whole is: the middle ratio of many places."""
        assert self.place is not None
        ratio = (values[4::8, 4::8, 0] + 4) / (self.place[4::8, 4::8, 0] + 4)
        return float(np.clip(np.median(ratio), 0.3, 3.0))

    def _renew(self, at: dt.datetime) -> None:
        """What counts as a difference, and the texture of the place: not anew for every picture."""
        if self._renewed is not None and 0 <= (at - self._renewed).total_seconds() < RENEWED_S:
            return
        assert self.place is not None
        self._renewed = at
        grey, either = self._noise
        # By day what shakes shows in both; by night colours say nothing about the grey.
        self._restless = grey if float(self.place[..., 0].mean()) < DARK else either
        dark = np.clip(CONTRAST * self.place[..., 0], LEAST_DARK, LEAST)
        self._limits = np.maximum(TIMES * self._restless, dark), np.maximum(TIMES * either, np.float32(LEAST))
        self._shadows.learn(self.place)

    def _follow(self, values: Plane, foreground: NDArray[np.bool_], at: dt.datetime, passed_s: float) -> None:
        same = foreground & (self.seen_s > 0) & (farthest(values, self.newcomer) < SAME)
        other = foreground & ~same
        cv2.accumulateWeighted(values, self.newcomer, 0.1, mask=same.astype(np.uint8))
        # Somebody stands in front of it, or it is something else: it is forgotten more slowly the longer it was seen.
        gain = np.full(self.seen_s.shape, -passed_s * SEEN_AT_MOST_S / GONE_S / 4, np.float32)
        gain[foreground] = -0.5 * passed_s
        gain[same] = passed_s
        self.seen_s += gain
        np.clip(self.seen_s, 0, SEEN_AT_MOST_S, out=self.seen_s)
        new = other & (self.seen_s <= 0)
        self.newcomer[new] = values[new]
        self.since[new] = at.timestamp()
        self.seen_s[new] = 1e-3

    def _adapt(self, values: Plane, change: tuple[Any, Any], differs: Mask, passed_s: float) -> None:
        """The place is learnt only where nothing else is, with a margin around what is."""
        assert self.place is not None
        near = cv2.dilate(differs, np.ones((5, 5), np.uint8))
        free = np.asarray(near == 0).astype(np.uint8)
        cv2.accumulateWeighted(values, self.place, min(1.0, passed_s / ADAPT_S), mask=free)
        for now, usual in zip(change, self._noise, strict=True):
            noise = np.minimum(now * 1.25, NOISE_AT_MOST).astype(np.float32)
            cv2.accumulateWeighted(noise, usual, min(1.0, passed_s / NOISE_S), mask=free)


def small(frame: Frame) -> Plane:
    """Grey, blueness and redness of a frame, `WIDTH` wide whatever it has, a little smoothed.

    Smaller pictures are enlarged: what is asked of pixels is asked of the same share of every picture.
    """
    height, width = frame.luma.shape
    size = (WIDTH, max(9, round(WIDTH * height / width)))
    luma = frame.luma
    if width >= 2 * WIDTH:  # halving first: every pixel counts, cheaply
        luma = np.asarray(
            cv2.resize(luma, (size[0] * 2, size[1] * 2), interpolation=cv2.INTER_LINEAR), np.uint8
        )
    how = cv2.INTER_AREA if luma.shape[1] == 2 * WIDTH else cv2.INTER_LINEAR
    grey = np.asarray(cv2.GaussianBlur(cv2.resize(luma, size, interpolation=how), (3, 3), 0), np.float32)
    if frame.chroma is None:
        none = np.zeros_like(grey)
        return np.asarray(cv2.merge([grey, none, none]), np.float32)
    colours = cv2.blur(cv2.resize(frame.chroma, size, interpolation=cv2.INTER_LINEAR), (3, 3))
    blue, red = (COLOURS * plane.astype(np.float32) - COLOURS * 128 for plane in cv2.split(colours))
    return np.asarray(cv2.merge([grey, blue, red]), np.float32)


def _usual(apart: NDArray[np.float32]) -> Plane:
    """How restless a pixel is, from how far it was from its middle value in each picture it was learnt from."""
    smooth = cv2.blur((np.median(apart, axis=0) * 1.5).astype(np.float32), (3, 3))
    return np.clip(smooth, 1.0, NOISE_AT_MOST).astype(np.float32)


def farthest(one: Plane, other: Plane) -> Plane:
    """How far apart two pictures are at each pixel: in grey or in a colour, whichever is more."""
    grey, blue, red = cv2.split(cv2.absdiff(one, other))
    return np.asarray(cv2.max(cv2.max(grey, blue), red), dtype=np.float32)
