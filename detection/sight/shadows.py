"""What of a difference is only light: it darkens by one factor, and keeps what lies below it, colours and texture.

Asked twice. Of each pixel: does the texture around it go on? Of each body as a whole: does it, over all of its pixels
together, where each for itself is too smooth or too noisy to tell; and where there is no texture at all, does it fade
out at its rim, as the half-shadow of a cloud or a tree does and nobody's coat? So does light that comes back where a
shadow was learnt with the place.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.types import Mask

Plane = NDArray[np.float32]
Where = NDArray[np.bool_]
WINDOW = (7, 7)
DARKEST, TEXTURE, COLOURS = 0.45, 0.85, 10.0
# Of grey around a pixel, at least: on a wall without texture nobody can tell.
SPREAD = 8.0
# A body of which so much is shadow is one.
MOSTLY = 0.65
# A body as a whole: so many pixels, so much of it darkened by one factor, its texture that of the ground.
BODY_LEAST, BODY_LIT, BODY_TEXTURE = 60, 0.8, 0.5
# Fewer pixels agree by chance.
INNER_LEAST = 120
# Without texture: how steep its rim is, in shares of its depth for each pixel, and how even it is within.
SOFT_RIM, EVEN = 0.2, 0.3
NOISE_LEAST = 1.0


class Shadows:
    """Knows the texture of the place, which is asked for in every picture and changes slowly."""

    def __init__(self) -> None:
        self._place: Plane = np.zeros((1, 1, 3), np.float32)
        self._grey = self._mean = self._spread = self._place[..., 0]

    def learn(self, place: Plane) -> None:
        self._place = place
        self._grey = np.ascontiguousarray(place[..., 0])
        self._mean = np.asarray(cv2.blur(self._grey, WINDOW), np.float32)
        self._spread = np.asarray(cv2.sqrBoxFilter(self._grey, cv2.CV_32F, WINDOW), np.float32)
        self._spread -= self._mean * self._mean

    def without(self, values: Plane, differs: Mask, noise: Plane) -> Mask:
        """The difference less what is shadow. `values`: grey and colours of now, exposure matched."""
        x, y, wide, high = cv2.boundingRect(differs)
        if not wide:
            return differs
        # Nothing beyond what differs has to be asked: a margin for the windows.
        rows = slice(max(0, y - 4), y + high + 4)
        columns = slice(max(0, x - 4), x + wide + 4)
        kept = differs.copy()
        kept[rows, columns] = self._within(values, differs, noise, (rows, columns))
        return kept

    def _within(self, values: Plane, differs: Mask, noise: Plane, cut: tuple[slice, slice]) -> Mask:
        now, grey = np.ascontiguousarray(values[cut][..., 0]), self._grey[cut]
        asked = differs[cut]
        lit = (now > DARKEST * grey) & (now < grey / DARKEST) & (asked > 0)
        if not lit.any():
            return asked
        apart = cv2.absdiff(np.ascontiguousarray(values[cut]), np.ascontiguousarray(self._place[cut]))
        lit &= (apart[..., 1] < COLOURS) & (apart[..., 2] < COLOURS)
        mean, spread = self._mean[cut], self._spread[cut]
        mean_now = np.asarray(cv2.blur(now, WINDOW), np.float32)
        both = cv2.blur(now * grey, WINDOW) - mean_now * mean
        # What the sensor's noise adds to the spread of now is not texture that was lost.
        spread_now = cv2.sqrBoxFilter(now, cv2.CV_32F, WINDOW) - mean_now * mean_now - noise[cut] * noise[cut]
        alike = both > TEXTURE * np.sqrt(np.maximum(np.maximum(spread_now, 1.0) * spread, 1e-3))
        shadow = lit & (spread > SPREAD) & alike
        return self._less(asked, shadow, _Body(now, grey, now - mean_now, grey - mean, lit, noise[cut]))

    def _less(self, differs: Mask, shadow: Where, body: _Body) -> Mask:
        """Without the shadows, nor the rims of what is nearly all shadow: there the light changes within a step."""
        kept = differs.copy()
        kept[shadow] = 0
        count, labels, stats, _ = cv2.connectedComponentsWithStats(differs, connectivity=8)
        areas = stats[:, cv2.CC_STAT_AREA]
        shaded = np.bincount(labels[shadow], minlength=count)
        lit = np.bincount(labels[body.lit], minlength=count)
        gone = shaded > MOSTLY * areas
        for label in range(1, count):
            if gone[label] or areas[label] < BODY_LEAST or lit[label] < BODY_LIT * areas[label]:
                continue
            x, y, wide, high = (int(value) for value in stats[label][:4])
            cut = slice(max(0, y - 2), y + high + 2), slice(max(0, x - 2), x + wide + 2)
            gone[label] = body.is_light(labels[cut] == label, cut)
        gone[0] = False
        if gone.any():
            kept[gone[labels]] = 0
        return kept


class _Body:
    """Everything known around bodies that differ: grey of now and before, and each less its own surroundings."""

    def __init__(
        self, now: Plane, before: Plane, texture_now: Plane, texture: Plane, lit: Where, noise: Plane
    ) -> None:
        self.now, self.before, self.lit, self.noise = now, before, lit, noise
        self._texture_now, self._texture = texture_now, texture

    def is_light(self, where: Where, cut: tuple[slice, slice]) -> bool:
        """Whether this body, as a whole, is a change of light."""
        ratio = np.asarray(self.now[cut] / np.maximum(self.before[cut], np.float32(1.0)), np.float32)
        factor = middle(ratio[where])
        # Windows that reach over the rim tell of the step there, not of the ground.
        inner = cv2.erode(where.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        if np.count_nonzero(inner) >= INNER_LEAST:
            texture, texture_now = self._texture[cut][inner], self._texture_now[cut][inner]
            noise = max(NOISE_LEAST, middle(self.noise[cut][inner])) ** 2
            before, now = float(texture @ texture), float(texture_now @ texture_now)
            number = texture.size
            if factor * factor * before > 0.5 * noise * number:  # there is enough to be seen of it
                both = float(texture @ texture_now)
                alike = both / (before * max(now - noise * number, 0.3 * now)) ** 0.5
                return bool(alike > BODY_TEXTURE)
        return self._fades_out(where, ratio, factor)

    def _fades_out(self, where: Where, ratio: Plane, factor: float) -> bool:
        depth = abs(1 - factor)
        if depth < 0.05 or middle(ratio[where], 0.9) - middle(ratio[where], 0.1) > EVEN * max(depth, 0.3):
            return False
        body = where.astype(np.uint8)
        kernel = np.ones((3, 3), np.uint8)
        rim = (cv2.dilate(body, kernel) - cv2.erode(body, kernel)) > 0
        across = cv2.Sobel(ratio, cv2.CV_32F, 1, 0, scale=1 / 8)
        down = cv2.Sobel(ratio, cv2.CV_32F, 0, 1, scale=1 / 8)
        return float(cv2.magnitude(across, down)[rim].mean()) < SOFT_RIM * depth


def middle(values: Plane, share: float = 0.5) -> float:
    """The median, or another quantile: without the interpolation that costs more than the sorting."""
    at = min(values.size - 1, int(share * values.size))
    return float(np.partition(values, at)[at])
