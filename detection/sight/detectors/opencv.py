"""The detector without a trained model: what moves, by its size and shape.

It lives on the foreground of the scene. Pieces of one body (a dark coat before a dark wall falls apart) are joined
when they stand above one another; what is upright and of a plausible size is taken for a person, what is wide and
large for a vehicle, and anything else for a thing. Where the ground's scale is known sizes are metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from detection.sight.types import PERSON, THING, Box, Mask, Picture

# Shares of the picture: of its area below, of its height for what can still be told from noise.
LEAST_AREA = 0.0004
LEAST_HEIGHT = 0.03
GAP = 0.04  # between pieces of one body, share of the picture's height
UPRIGHT = 1.15  # height / width of a person, at least
# Pieces of one body stand over one another: together they are not much wider than the widest of them.
ASIDE = 1.4
# A car seen from above or from the front is upright, too: but it is full, and as wide on top as anywhere. Two of them
# one behind the other make one loose heap. Cut off by the upper edge, a body shows its legs at least.
SOLID, HEADLESS, STOUT, ROWS = 0.6, 0.66, 2.3, 16
LOOSE, LOOSE_STOUT = 0.4, 1.7
LEGS = 1.6
TOP = 0.01
# So little of it shows at the side of the picture that it may be anything: a kerb the light plays on.
SLIVER = 0.025


class OpenCvDetector:
    name = "opencv"
    trained = False

    def detect(self, pictures: Sequence[Picture]) -> list[list[Box]]:
        return [blobs(picture.moving) if picture.moving is not None else [] for picture in pictures]


def blobs(moving: Mask) -> list[Box]:
    """What is in the foreground, in pieces that belong together."""
    height, width = moving.shape
    joined = np.asarray(cv2.morphologyEx(moving, cv2.MORPH_CLOSE, np.ones((7, 3), np.uint8)), np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    pieces = []
    for x, y, w, h, area in stats[1:count]:
        if area >= 0.15 * LEAST_AREA * width * height:
            pieces.append((Box(x / width, y / height, (x + w) / width, (y + h) / height), float(area)))
    found = []
    for box, area in together(pieces):
        if area < LEAST_AREA * width * height or box.height < LEAST_HEIGHT:
            continue
        one = named(box, area / (box.area * width * height), width / height)
        if one.label == PERSON and _is_a_vehicle(joined, box):
            one = replace(one, label="vehicle", score=0.6)
        found.append(one)
    return found


def together(pieces: list[tuple[Box, float]]) -> list[tuple[Box, float]]:
    """Pieces above one another, or one within the other, are one body."""
    found = sorted(pieces, key=lambda piece: -piece[1])
    merged = True
    while merged:
        merged = False
        for first in range(len(found)):
            for second in range(first + 1, len(found)):
                if _one_body(found[first][0], found[second][0]):
                    box, area = found[first]
                    other, more = found.pop(second)
                    found[first] = _around(box, other), area + more
                    merged = True
                    break
            if merged:
                break
    return found


def named(box: Box, filled: float, aspect: float) -> Box:
    """By its shape. `filled` is the share of the box that is foreground; a body fills about half of its own."""
    shape = box.height / aspect / max(box.width, 1e-6)
    if filled < 0.18 or (box.width < SLIVER and (box.x0 < 0.01 or box.x1 > 0.99)):
        return replace(box, label=THING, score=0.3)
    if shape >= UPRIGHT:
        return replace(box, label=PERSON, score=0.75)
    cut = box.y1 > 0.985 or box.x0 < 0.01 or box.x1 > 0.99 or box.y0 < 0.01
    if cut and shape >= 0.55 * UPRIGHT:  # the edge of the picture hides a part of it
        return replace(box, label=PERSON, score=0.6)
    return replace(box, label="vehicle" if box.area > 0.01 else THING, score=0.6)


def _is_a_vehicle(joined: Mask, box: Box) -> bool:
    """By its outline: what stands on two feet is narrow above its shoulders."""
    height, width = joined.shape
    rows = slice(round(box.y0 * height), round(box.y1 * height))
    body = joined[rows, round(box.x0 * width) : round(box.x1 * width)]
    high, wide = body.shape
    if high < ROWS or not wide or high > STOUT * wide:
        return False
    if box.y0 < TOP and high < LEGS * wide:
        return True
    across = np.count_nonzero(body, axis=1)
    full = float(across.mean()) / wide
    if full < LOOSE and high < LOOSE_STOUT * wide:
        return True
    head = float(across[: round(0.15 * high)].mean())
    return full > SOLID and head > HEADLESS * float(np.partition(across, int(0.9 * high))[int(0.9 * high)])


def _one_body(box: Box, other: Box) -> bool:
    across = min(box.x1, other.x1) - max(box.x0, other.x0)
    if across < 0.4 * min(box.width, other.width):
        return False
    if max(box.x1, other.x1) - min(box.x0, other.x0) > ASIDE * max(box.width, other.width):
        return False
    gap = max(box.y0, other.y0) - min(box.y1, other.y1)
    if gap <= 0:
        return True
    # The lower the body, the smaller the gap that may be in it.
    return gap < min(GAP, 0.25 * max(box.height, other.height))


def _around(box: Box, other: Box) -> Box:
    return Box(min(box.x0, other.x0), min(box.y0, other.y0), max(box.x1, other.x1), max(box.y1, other.y1))
