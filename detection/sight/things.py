"""What came, stands still, and was not there before: candidates for left objects, each with the moment of its birth.

A still patch is a thing that was put there, or the place that shows where something was taken away. What tells them
apart is the outline: the edges of a thing are in the picture of now, those of a removed one in the picture of before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import count

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.background import Background, Plane, Seen, farthest
from detection.sight.types import Box

Where = NDArray[np.bool_]
STILL_S = 2.5
LEAST_PIXELS = 14
MOST_SHARE = 0.2  # of the picture: more than that is light, not a thing
GONE_S = 2.0
EVERY_S = 0.45
# How much weaker the outline is now, where something was taken away.
CLEARLY = 1.15
RESTLESS = 9.0
MARGIN = 9


@dataclass(eq=False)
class Thing:
    number: int
    born: dt.datetime
    seen_at: dt.datetime
    box: Box
    where: Where = field(repr=False)
    place_since: dt.datetime | None = None
    # Outline of now against outline of before, averaged; above 1 it is a thing.
    outline: float = 1.0
    looks: int = 0
    # Share of its pixels that change although nobody is in front of it: what breathes does.
    restless: float = 0.0
    hidden: bool = False

    @property
    def window(self) -> tuple[slice, slice]:
        """Its part of the small picture, with a margin."""
        height, width = self.where.shape
        top, bottom = round(self.box.y0 * height) - MARGIN, round(self.box.y1 * height) + MARGIN
        left, right = round(self.box.x0 * width) - MARGIN, round(self.box.x1 * width) + MARGIN
        return slice(max(0, top), bottom), slice(max(0, left), right)

    @property
    def put_there(self) -> bool:
        return self.looks > 0 and self.outline >= 1

    @property
    def taken_away(self) -> bool:
        return self.looks > 3 and self.outline < 1 / CLEARLY


class Things:
    """One camera's."""

    def __init__(self) -> None:
        self.now: list[Thing] = []
        self._numbers = count(1)
        self._at: dt.datetime | None = None

    def reset(self) -> None:
        self.now = []
        self._at = None

    def see(self, background: Background, seen: Seen) -> list[Thing]:
        """Those that are there, hidden behind somebody or not."""
        passed_s = (seen.at - self._at).total_seconds() if self._at else EVERY_S
        if 0 <= passed_s < EVERY_S:
            return self.now
        self._at = seen.at
        if seen.flash:
            return self.now
        self._find(background, seen)
        for thing in self.now:
            _look_at(thing, background, seen)
        self.now = [thing for thing in self.now if not _is_gone(thing, seen.at)]
        for thing in self.now:
            if thing.taken_away:
                background.absorb(thing.where)
        self.now = [thing for thing in self.now if not thing.taken_away]
        return self.now

    def forget(self, thing: Thing, background: Background) -> None:
        """From now on it belongs to the place."""
        background.absorb(thing.where)
        self.now.remove(thing)

    def _find(self, background: Background, seen: Seen) -> None:
        still = cv2.morphologyEx(background.still(STILL_S), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        height, width = still.shape
        number, labels, stats, _ = cv2.connectedComponentsWithStats(still, connectivity=8)
        for label in range(1, number):
            x, y, w, h, area = (int(value) for value in stats[label])
            if area < LEAST_PIXELS or min(w, h) < 3 or area > MOST_SHARE * still.size:
                continue
            where = labels == label
            box = Box(x / width, y / height, (x + w) / width, (y + h) / height)
            known = self._known(where)
            if known is not None and _fell_apart(known, where, seen):
                self.now.remove(known)  # who stood there has left, and a part of it stays: that is the thing
                known = None
            if known is None:
                counted = where & (background.seen_s > 0)
                born = dt.datetime.fromtimestamp(float(np.quantile(background.since[counted], 0.25)), dt.UTC)
                self.now.append(Thing(next(self._numbers), born, seen.at, box, where))
            elif area > 1.25 * known.where.sum():  # more of it shows than at first
                known.where, known.box, known.looks = where, box, 0
                known.outline = 1.0

    def _known(self, where: Where) -> Thing | None:
        best = max(self.now, key=lambda thing: int((thing.where & where).sum()), default=None)
        if best is None:
            return None
        both = int((best.where & where).sum())
        return best if both >= 0.3 * min(int(where.sum()), int(best.where.sum())) else None


def _look_at(thing: Thing, background: Background, seen: Seen) -> None:
    assert background.place is not None
    cut = thing.window
    where, foreground = thing.where[cut], seen.foreground[cut]
    inside = foreground[where]
    if np.count_nonzero(inside == 0) > 0.6 * inside.size:
        thing.place_since = thing.place_since or seen.at
        return
    thing.place_since = None
    there = int(np.count_nonzero(background.seen_s[cut][where] > 0.5)) / inside.size
    apart = farthest(seen.values[cut], background.newcomer[cut])
    changed = int(np.count_nonzero(apart[where] > RESTLESS)) / inside.size
    thing.hidden = changed > 0.5
    if thing.hidden or there < 0.5:
        return
    thing.seen_at = seen.at
    beside = foreground[_ring(where, 5)]
    if np.count_nonzero(beside) > 0.25 * beside.size:
        return  # somebody stands beside it: its outline is not its own
    thing.restless += 0.1 * (changed - thing.restless)
    outline = outline_of(seen.values[cut], background.place[cut], where)
    thing.outline = outline if thing.looks == 0 else thing.outline + 0.25 * (outline - thing.outline)
    thing.looks += 1


def outline_of(now: Plane, before: Plane, where: Where) -> float:
    """How much more inside and outside differ along its contour now than they did before it came."""
    mask = where.astype(np.uint8)
    kernel = np.ones((3, 3), np.uint8)
    near, grown = cv2.dilate(mask, np.ones((7, 7), np.uint8)), cv2.dilate(mask, kernel)
    inner, outer = mask.astype(np.float32), (near - grown).astype(np.float32)
    contour = (grown - cv2.erode(mask, kernel)) > 0
    return float(
        (_across(now, inner, outer)[contour].mean() + 3) / (_across(before, inner, outer)[contour].mean() + 3)
    )


def _across(values: Plane, inner: Plane, outer: Plane) -> Plane:
    """The step across a contour, in grey or colour, from the means near it on either side."""
    size = (7, 7)
    weight_in, weight_out = cv2.blur(inner, size), cv2.blur(outer, size)
    inside = cv2.blur(values * inner[..., None], size) / np.maximum(weight_in, np.float32(1e-3))[..., None]
    outside = cv2.blur(values * outer[..., None], size) / np.maximum(weight_out, np.float32(1e-3))[..., None]
    step = farthest(inside.astype(np.float32), outside.astype(np.float32))
    return np.asarray(np.where((weight_in > 0.02) & (weight_out > 0.02), step, 0), dtype=np.float32)


def _ring(where: Where, wide: int) -> Where:
    mask = where.astype(np.uint8)
    size = 2 * wide + 1
    around = cv2.dilate(mask, np.ones((size, size), np.uint8)) - cv2.dilate(mask, np.ones((3, 3), np.uint8))
    return np.asarray(around > 0)


def _fell_apart(known: Thing, where: Where, seen: Seen) -> bool:
    """Much of what was still shows the place again."""
    left = known.where & ~where
    number = int(np.count_nonzero(left))
    if number < 0.3 * np.count_nonzero(known.where):
        return False
    return int(np.count_nonzero(seen.foreground[left] == 0)) > 0.75 * number


def _is_gone(thing: Thing, at: dt.datetime) -> bool:
    return thing.place_since is not None and (at - thing.place_since).total_seconds() >= GONE_S
