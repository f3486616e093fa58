"""A little drawing on numpy: smooth convex shapes, nothing to install."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
XY: TypeAlias = tuple[float, float]


class Canvas:
    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self.height, self.width = pixels.shape[:2]

    @classmethod
    def blank(cls, width: int, height: int, colour: Colour = (0, 0, 0)) -> Canvas:
        return cls(np.full((height, width, 3), colour, np.uint8))

    def polygon(self, points: Sequence[XY], colour: Colour, opacity: float = 1.0) -> None:
        """A convex polygon; its edges are smooth."""
        box = self._box(points)
        if box is None:
            return
        x0, y0, x1, y1 = box
        xs = np.arange(x0, x1, dtype=np.float32) + 0.5
        ys = (np.arange(y0, y1, dtype=np.float32) + 0.5)[:, None]
        inside: npt.NDArray[Any] | None = None
        turn = 1.0 if _area(points) > 0 else -1.0
        for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
            length = math.hypot(bx - ax, by - ay)
            if length < 1e-6:
                continue
            distance = turn * ((bx - ax) * (ys - ay) - (by - ay) * (xs - ax)) / length
            inside = distance if inside is None else np.minimum(inside, distance)
        if inside is not None:
            self._blend(box, np.clip(inside + 0.5, 0, 1) * opacity, colour)

    def ellipse(self, centre: XY, rx: float, ry: float, colour: Colour, opacity: float = 1.0) -> None:
        (cx, cy), rx, ry = centre, max(rx, 0.4), max(ry, 0.4)
        box = self._box([(cx - rx - 1, cy - ry - 1), (cx + rx + 1, cy + ry + 1)])
        if box is None:
            return
        x0, y0, x1, y1 = box
        xs = (np.arange(x0, x1, dtype=np.float32) + 0.5 - cx) / rx
        ys = ((np.arange(y0, y1, dtype=np.float32) + 0.5 - cy) / ry)[:, None]
        inside = (1 - np.sqrt(xs * xs + ys * ys)) * min(rx, ry)
        self._blend(box, np.clip(inside + 0.5, 0, 1) * opacity, colour)

    def glow(self, centre: XY, radius: float, colour: Colour, strength: float) -> None:
        """Light that fades outwards."""
        cx, cy = centre
        box = self._box([(cx - radius, cy - radius), (cx + radius, cy + radius)])
        if box is None:
            return
        x0, y0, x1, y1 = box
        xs = (np.arange(x0, x1, dtype=np.float32) + 0.5 - cx) / radius
        ys = ((np.arange(y0, y1, dtype=np.float32) + 0.5 - cy) / radius)[:, None]
        fade = np.clip(1 - np.sqrt(xs * xs + ys * ys), 0, 1)
        self._blend(box, fade * fade * strength, colour)

    def line(self, a: XY, b: XY, width: float, colour: Colour, opacity: float = 1.0) -> None:
        length = math.hypot(b[0] - a[0], b[1] - a[1]) or 1.0
        nx, ny = -(b[1] - a[1]) / length * width / 2, (b[0] - a[0]) / length * width / 2
        corners = [
            (a[0] + nx, a[1] + ny),
            (b[0] + nx, b[1] + ny),
            (b[0] - nx, b[1] - ny),
            (a[0] - nx, a[1] - ny),
        ]
        self.polygon(corners, colour, opacity)

    def _box(self, points: Sequence[XY]) -> tuple[int, int, int, int] | None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, x1 = max(0, math.floor(min(xs))), min(self.width, math.ceil(max(xs)) + 1)
        y0, y1 = max(0, math.floor(min(ys))), min(self.height, math.ceil(max(ys)) + 1)
        return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def _blend(self, box: tuple[int, int, int, int], alpha: npt.NDArray[Any], colour: Colour) -> None:
        x0, y0, x1, y1 = box
        part = self.pixels[y0:y1, x0:x1]
        mixed = part + alpha[..., None] * (np.array(colour, np.float32) - part)
        part[...] = (mixed + 0.5).astype(np.uint8)


def _area(points: Sequence[XY]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True))
