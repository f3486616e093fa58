"""From metres on the street to pixels: a camera on a mast that looks down it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from footage.scenes.canvas import XY

NEAR_M = 1.0


@dataclass(frozen=True)
class View:
    """x to the right, y up, z along the street; the camera stands at (0, height, 0)."""

    width: int
    height: int
    mast_m: float
    tilt_deg: float
    hfov_deg: float
    pan_deg: float = 0.0

    @property
    def focal(self) -> float:
        return self.width / (2 * math.tan(math.radians(self.hfov_deg) / 2))

    def at(self, x: float, y: float, z: float) -> tuple[float, float, float]:
        """Pixel and depth in metres."""
        pan, tilt = math.radians(self.pan_deg), math.radians(self.tilt_deg)
        x, z = x * math.cos(pan) - z * math.sin(pan), x * math.sin(pan) + z * math.cos(pan)
        y -= self.mast_m
        depth = max(NEAR_M, z * math.cos(tilt) - y * math.sin(tilt))
        up = y * math.cos(tilt) + z * math.sin(tilt)
        return self.width / 2 + self.focal * x / depth, self.height / 2 - self.focal * up / depth, depth

    def xy(self, x: float, y: float, z: float) -> XY:
        px, py, _ = self.at(x, y, z)
        return px, py

    def ground(self, *points: tuple[float, float]) -> list[XY]:
        return [self.xy(x, 0, z) for x, z in points]

    def wall(self, x: float, z0: float, z1: float, y0: float, y1: float) -> list[XY]:
        """A rectangle standing along the street."""
        return [self.xy(x, y0, z0), self.xy(x, y1, z0), self.xy(x, y1, z1), self.xy(x, y0, z1)]

    def front(self, x0: float, x1: float, y0: float, y1: float, z: float) -> list[XY]:
        """A rectangle standing across the street."""
        return [self.xy(x0, y0, z), self.xy(x1, y0, z), self.xy(x1, y1, z), self.xy(x0, y1, z)]
