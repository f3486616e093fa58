"""How a camera shows what is before it: by night, by its heat, through a round lens."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from footage.scenes.actors import Actor, Car
from footage.scenes.canvas import Canvas, Colour, Pixels
from footage.scenes.view import View


def night(day: Canvas, view: View, lamps: list[tuple[float, float, float]]) -> Canvas:
    """The still part of a street at night: dark, blue, with pools of light."""
    dimmed = day.pixels.astype(np.float32) * np.array([0.20, 0.22, 0.30], np.float32)
    horizon = max(1, int(view.xy(0, 0, 5000)[1]))
    dimmed[:horizon] *= 0.75
    canvas = Canvas(dimmed.astype(np.uint8))
    for x, y, z in lamps:
        px, py, depth = view.at(x, 0, z)
        canvas.glow((px, py), 6.5 * view.focal / depth, (216, 186, 130), 0.5)
        px, py, depth = view.at(x, y, z)
        canvas.glow((px, py), 1.5 * view.focal / depth, (255, 236, 190), 0.95)
    return canvas


def heat_of(still: Canvas) -> Canvas:
    """The cold city as a thermal camera shows it: its own greys, low contrast."""
    grey = still.pixels.mean(axis=2) * 0.28 + 28
    return Canvas(np.repeat(grey[..., None], 3, axis=2).astype(np.uint8))


class Fisheye:
    """A round picture as a 360° camera sends it, equidistant: the angle from its axis grows with the radius.

    Made from a flat square picture by one table, applied to each frame.
    """

    FIELD_DEG = 140.0
    FLAT = 1400

    def __init__(self, width: int, height: int) -> None:
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        radius = min(width, height) / 2 - 2
        dx, dy = (xs - width / 2) / radius, (ys - height / 2) / radius
        r = np.sqrt(dx * dx + dy * dy)
        half = np.radians(self.FIELD_DEG / 2)
        out = np.tan(np.minimum(r, 1) * half) / np.tan(half) / np.maximum(r, 1e-6) * self.FLAT / 2
        sx = np.clip(self.FLAT / 2 + dx * out, 0, self.FLAT - 1).astype(np.int32)
        sy = np.clip(self.FLAT / 2 + dy * out, 0, self.FLAT - 1).astype(np.int32)
        self._inside = np.flatnonzero(r.ravel() <= 1)
        self._from = (sy * self.FLAT + sx).ravel()[self._inside]
        self._size = (height, width, 3)

    def __call__(self, flat: Pixels) -> Pixels:
        picture = np.full((self._size[0] * self._size[1], 3), 8, np.uint8)
        picture[self._inside] = flat.reshape(-1, 3)[self._from]
        return picture.reshape(self._size)


WARM: Colour = (232, 232, 226)
WARM_CAR: Colour = (150, 150, 150)


def seen(actor: Actor, look: str) -> Actor:
    """The same actor in the colours this camera gives it."""
    if look == "thermal":
        return replace(actor, paint=WARM_CAR) if isinstance(actor, Car) else replace(actor, coat=WARM)
    if look == "night":
        if isinstance(actor, Car):
            return replace(actor, paint=_dim(actor.paint))
        return replace(actor, coat=_dim(actor.coat))
    return actor


def _dim(colour: Colour) -> Colour:
    return colour[0] * 2 // 5, colour[1] * 2 // 5, colour[2] // 2
