"""What belongs to the place and what does not: two layers for every pixel.

The first layer is the place itself, learnt slowly and only where nothing else is. The second is the newcomer: the value
that stands there instead, since when, and for how long it has been seen in all. People who pass in front of a bag
interrupt it and do not end it. A value is grey, blueness and redness: a blue bag on a brown floor of the same grey is
seen. Exposure is matched before anything is compared, and a darkening that keeps colours and texture is a shadow.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.types import Frame, Mask

Plane = NDArray[np.float32]
WIDTH = 384
# The first pictures decide together what the place looks like: people who walk are in the minority at each pixel.
LEARN_S, LEARN_LEAST = 4.0, 5
LEARN_AT_MOST = 9
ADAPT_S, NOISE_S = 20.0, 30.0
LEAST, TIMES, NOISE_AT_MOST = 14.0, 4.0, 8.0
# The newcomer is the same while it differs by no more than that.
SAME = 12.0
SEEN_AT_MOST_S = 20.0
GONE_S = 1.5
SHADOW_DARKEST, SHADOW_TEXTURE, SHADOW_COLOURS = 0.45, 0.85, 10.0
# A body of which so much is shadow is one.
SHADOW_MOSTLY = 0.65
SHADOW_SPREAD = 8.0  # of grey around a pixel, at least: on a wall without texture nobody can tell
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

    def __init__(self) -> None:
        self.place: Plane | None = None
        self.newcomer: Plane = np.zeros((1, 1, 3), np.float32)
        self.since: NDArray[np.float64] = np.zeros((1, 1))  # when the newcomer came, Unix seconds
        self.seen_s: Plane = np.zeros((1, 1), np.float32)  # for how long it was seen
        self._noise: Plane = np.zeros((1, 1), np.float32)
        self._learning: list[Plane] = []
        self._learning_since: dt.datetime | None = None
        self._at: dt.datetime | None = None

    @property
    def learnt(self) -> bool:
        return self.place is not None

    def reset(self) -> None:
        self.__init__()  # type: ignore[misc]

    def relearn(self) -> None:
        """The light is another: learn the place anew from the next pictures."""
        self.place = None
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
        values[..., 0] /= self._gain(values)
        change = farthest(values, self.place)
        limit = np.maximum(TIMES * self._noise, np.float32(LEAST))
        differs = cast(Mask, cv2.compare(change, limit, cv2.CMP_GT))
        share = cv2.countNonZero(differs) / differs.size
        foreground = self._without_shadows(values, differs)
        foreground = cast(Mask, cv2.morphologyEx(foreground, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)))
        self._follow(values, foreground > 0, at, passed_s)
        self._adapt(values, change, differs, passed_s)
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
        spread = np.median([farthest(one, self.place) for one in heap], axis=0) * 1.5
        self._noise = np.clip(cv2.blur(spread.astype(np.float32), (3, 3)), 1.0, NOISE_AT_MOST).astype(
            np.float32
        )
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

    def _without_shadows(self, values: Plane, differs: Mask) -> Mask:
        """A shadow darkens by one factor and keeps what is below it: its colours, and the texture it falls on.

        So does light that comes back where a shadow was learnt with the place.
        """
        assert self.place is not None
        now, place = np.ascontiguousarray(values[..., 0]), np.ascontiguousarray(self.place[..., 0])
        lit = (now > SHADOW_DARKEST * place) & (now < place / SHADOW_DARKEST) & (differs > 0)
        if not lit.any():
            return differs
        colours = cv2.absdiff(values, self.place)
        lit &= (colours[..., 1] < SHADOW_COLOURS) & (colours[..., 2] < SHADOW_COLOURS)
        size = (7, 7)
        mean_now, mean_place = cv2.blur(now, size), cv2.blur(place, size)
        both = cv2.blur(now * place, size) - mean_now * mean_place
        spread_now = cv2.blur(now * now, size) - mean_now * mean_now
        spread_place = cv2.blur(place * place, size) - mean_place * mean_place
        # What the sensor's noise adds to the spread of now is not texture that was lost.
        spread_now = np.maximum(spread_now - self._noise * self._noise, 1.0)
        alike = both / np.sqrt(np.maximum(spread_now * spread_place, 1e-3))
        shadow = lit & (spread_place > SHADOW_SPREAD) & (alike > SHADOW_TEXTURE)
        return _less(differs, shadow)

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

    def _adapt(self, values: Plane, change: Plane, differs: Mask, passed_s: float) -> None:
        """The place is learnt only where nothing else is, with a margin around what is."""
        assert self.place is not None
        near = cv2.dilate(differs, np.ones((5, 5), np.uint8))
        free = np.asarray(near == 0).astype(np.uint8)
        cv2.accumulateWeighted(values, self.place, min(1.0, passed_s / ADAPT_S), mask=free)
        noise = np.minimum(change * 1.25, NOISE_AT_MOST).astype(np.float32)
        cv2.accumulateWeighted(noise, self._noise, min(1.0, passed_s / NOISE_S), mask=free)


def _less(differs: Mask, shadow: NDArray[np.bool_]) -> Mask:
    """Without the shadows, nor the rims of what is nearly all shadow: there the light changes within a step."""
    kept = differs.copy()
    kept[shadow] = 0
    count, labels, stats, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
    shaded = np.bincount(labels[shadow], minlength=count)
    mostly = shaded > SHADOW_MOSTLY * stats[:, cv2.CC_STAT_AREA]
    mostly[0] = False
    if mostly.any():
        kept[mostly[labels]] = 0
    return kept


def small(frame: Frame) -> Plane:
    """Grey, blueness and redness of a frame, `WIDTH` wide or as wide as it is, a little smoothed."""
    height, width = frame.luma.shape
    wide = min(WIDTH, width)
    size = (wide, max(9, round(wide * height / width)))
    luma = frame.luma
    if width >= 2 * wide:  # halving first: every pixel counts, cheaply
        luma = np.asarray(
            cv2.resize(luma, (size[0] * 2, size[1] * 2), interpolation=cv2.INTER_LINEAR), np.uint8
        )
    values = np.zeros((size[1], size[0], 3), np.float32)
    values[..., 0] = cv2.GaussianBlur(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), (3, 3), 0)
    if frame.chroma is not None:
        colours = cv2.resize(frame.chroma, size, interpolation=cv2.INTER_LINEAR)
        values[..., 1:] = COLOURS * (cv2.blur(colours, (3, 3)).astype(np.float32) - 128)
    return values


def farthest(one: Plane, other: Plane) -> Plane:
    """How far apart two pictures are at each pixel: in grey or in a colour, whichever is more."""
    grey, blue, red = cv2.split(cv2.absdiff(one, other))
    return np.asarray(cv2.max(cv2.max(grey, blue), red), dtype=np.float32)
