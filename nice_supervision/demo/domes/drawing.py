"""What stands around a dome: a square of houses drawn by bearing and height, sharp at any zoom.

A place is its seed: the same dome always stands in the same square. Under each bearing the horizon carries a tick
each degree and its number each ten, and marks can be hung where a test wants to look.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

import numpy as np

from footage.scenes.canvas import XY, Canvas, Colour, Pixels
from footage.scenes.letters import row_of

SKY_TOP, SKY_LOW = (112, 156, 204), (206, 222, 234)
GROUND_FAR, GROUND_NEAR = (158, 154, 146), (118, 116, 112)
WALLS: tuple[Colour, ...] = (
    (226, 190, 140), (214, 160, 118), (232, 210, 170), (206, 176, 150), (222, 148, 110), (238, 224, 196)
)  # fmt: skip
SHUTTERS: tuple[Colour, ...] = ((84, 120, 108), (96, 110, 140), (120, 84, 70), (70, 104, 84))
GLASS, STONE, LINE = (64, 76, 92), (190, 184, 172), (224, 222, 214)
FLOOR_M, BAY_M = 3.3, 3.2
HOUSES = 26
Mark = tuple[float, float, Colour]  # bearing, elevation, colour


@dataclass(frozen=True)
class Eye:
    """The picture of one instant: where the middle looks, and how wide."""

    width: int
    height: int
    bearing_deg: float
    tilt_deg: float
    hfov_deg: float

    @property
    def focal(self) -> float:
        return self.width / (2 * math.tan(math.radians(self.hfov_deg) / 2))

    def pixel(self, bearing_deg: float, elevation_deg: float) -> XY | None:
        """Where a direction is in the picture; None when it is not before the eye."""
        off = math.radians((bearing_deg - self.bearing_deg + 180) % 360 - 180)
        up, tilt = math.radians(elevation_deg), math.radians(self.tilt_deg)
        flat = math.cos(up) * math.cos(off)
        ahead = flat * math.cos(tilt) + math.sin(up) * math.sin(tilt)
        if ahead < 0.05:
            return None
        right = math.cos(up) * math.sin(off)
        down = flat * math.sin(tilt) - math.sin(up) * math.cos(tilt)
        return self.width / 2 + self.focal * right / ahead, self.height / 2 + self.focal * down / ahead

    def holds(self, start_deg: float, end_deg: float) -> bool:
        """Whether some of these bearings may be in the picture; looking far down, any may."""
        if self.tilt_deg < -50:
            return True
        half = self.hfov_deg * 0.75 / max(0.2, math.cos(math.radians(self.tilt_deg))) + 4
        middle = (start_deg + end_deg) / 2
        off = abs((middle - self.bearing_deg + 180) % 360 - 180)
        return off < half + (end_deg - start_deg) / 2


@dataclass(frozen=True)
class House:
    start_deg: float
    end_deg: float
    away_m: float
    floors: int
    wall: Colour
    shutter: Colour
    pattern: int

    @property
    def roof_m(self) -> float:
        return 1.2 + self.floors * FLOOR_M

    @property
    def bays(self) -> int:
        wide = 2 * self.away_m * math.tan(math.radians(self.end_deg - self.start_deg) / 2)
        return max(2, round(wide / BAY_M))


@dataclass
class Square:
    """Everything around one mast."""

    seed: int
    mast_m: float
    marks: dict[str, Mark] = field(default_factory=dict)

    def __post_init__(self) -> None:
        random = Random(self.seed)  # noqa: S311  a drawing, not a secret
        cuts = sorted(random.uniform(0, 360) for _ in range(HOUSES))
        cuts.append(cuts[0] + 360)
        self.houses = [
            House(
                start,
                end,
                random.uniform(24, 60),
                random.randint(3, 6),
                random.choice(WALLS),
                random.choice(SHUTTERS),
                random.randrange(1 << 30),
            )
            for start, end in itertools.pairwise(cuts)
            if end - start > 2
        ]

    def seen(self, eye: Eye) -> Pixels:
        canvas = Canvas(_air_and_ground(eye))
        self._paving(canvas, eye)
        for house in sorted(self.houses, key=lambda one: -one.away_m):
            if eye.holds(house.start_deg, house.end_deg):
                self._house(canvas, eye, house)
        self._ring(canvas, eye)
        for bearing, elevation, colour in self.marks.values():
            at = eye.pixel(bearing, elevation)
            if at is not None:
                radius = max(5.0, eye.focal * 0.004)
                canvas.ellipse(at, radius, radius, colour)
        return canvas.pixels

    def _paving(self, canvas: Canvas, eye: Eye) -> None:
        """Rings of stone around the mast and a cross of paths."""
        for away in (6.0, 10.0, 16.0, 24.0):
            low = -math.degrees(math.atan2(self.mast_m, away))
            self._curve(canvas, eye, low, STONE, max(1.0, eye.focal * 0.25 / math.hypot(away, self.mast_m)))
        for bearing in range(0, 360, 30):
            if eye.holds(bearing - 1, bearing + 1):
                near = eye.pixel(bearing, -math.degrees(math.atan2(self.mast_m, 5)))
                far = eye.pixel(bearing, -math.degrees(math.atan2(self.mast_m, 24)))
                if near and far:
                    canvas.line(near, far, max(1.0, eye.focal * 0.008), LINE, 0.8)

    def _curve(self, canvas: Canvas, eye: Eye, elevation: float, colour: Colour, width: float) -> None:
        before: XY | None = None
        for bearing in range(0, 364, 4):
            at = eye.pixel(bearing, elevation) if eye.holds(bearing - 4, bearing + 4) else None
            if at and before and abs(at[0] - before[0]) < 2 * eye.width:
                canvas.line(before, at, width, colour, 0.7)
            before = at

    def _house(self, canvas: Canvas, eye: Eye, house: House) -> None:
        wall = self._patch(eye, house, 0.0, 1.0, 0.0, house.roof_m)
        if wall is None:
            return
        canvas.polygon(wall, house.wall)
        top = self._patch(eye, house, 0.0, 1.0, house.roof_m - 0.5, house.roof_m)
        if top is not None:
            canvas.polygon(top, (150, 84, 62))
        if eye.focal * BAY_M / house.away_m < 6:
            return
        for left, right, low, high, open_ in self._windows(house):
            glass = self._patch(eye, house, left, right, low, high)
            if glass is not None and _inside(glass, eye):
                canvas.polygon(glass, GLASS if open_ else house.shutter)

    def _windows(self, house: House) -> Iterator[tuple[float, float, float, float, bool]]:
        bays = house.bays
        for floor in range(house.floors):
            low = 0.2 if floor == 0 else 1.2 + floor * FLOOR_M
            for bay in range(bays):
                middle = (bay + 0.5) / bays
                half = 0.19 / bays * (1.6 if floor == 0 else 1)
                opened = house.pattern >> ((floor * 7 + bay) % 30) & 1
                yield middle - half, middle + half, low, low + (2.6 if floor == 0 else 1.9), bool(opened)

    def _patch(
        self, eye: Eye, house: House, left: float, right: float, low_m: float, high_m: float
    ) -> list[XY] | None:
        """A piece of a façade, between shares of its width and heights above the ground."""
        corners = []
        for share, height in ((left, low_m), (left, high_m), (right, high_m), (right, low_m)):
            bearing = house.start_deg + (house.end_deg - house.start_deg) * share
            up = math.degrees(math.atan2(height - self.mast_m, house.away_m))
            at = eye.pixel(bearing, up)
            if at is None:
                return None
            corners.append(at)
        return corners

    def _ring(self, canvas: Canvas, eye: Eye) -> None:
        """Degrees along the horizon."""
        for bearing in range(360):
            if not eye.holds(bearing, bearing) or (bearing % 10 and eye.focal < 1200):
                continue
            low = eye.pixel(bearing, -0.25 if bearing % 10 else -0.6)
            high = eye.pixel(bearing, 0.25 if bearing % 10 else 0.6)
            if low and high and -20 < low[0] < eye.width + 20:
                canvas.line(low, high, 2.0, (250, 250, 250), 0.8)
                if bearing % 10 == 0:
                    _write(canvas.pixels, f"{bearing:03d}", int(high[0]) + 4, int(high[1]) - 18)


def _air_and_ground(eye: Eye) -> Pixels:
    """Sky above the horizon, ground below, by the elevation of each line in the middle column."""
    ys = (np.arange(eye.height, dtype=np.float32) + 0.5 - eye.height / 2) / eye.focal
    elevation = eye.tilt_deg - np.degrees(np.arctan(ys))
    sky = np.clip(elevation / 35, 0, 1)[:, None]
    ground = np.clip(-elevation / 50, 0, 1)[:, None]
    high, low = np.array(SKY_TOP, np.float32), np.array(SKY_LOW, np.float32)
    far, near = np.array(GROUND_FAR, np.float32), np.array(GROUND_NEAR, np.float32)
    lines = np.where((elevation > 0)[:, None], low + (high - low) * sky, far + (near - far) * ground).astype(
        np.uint8
    )
    return np.repeat(lines[:, None, :], eye.width, axis=1)


def _inside(corners: list[XY], eye: Eye) -> bool:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return max(xs) > 0 and min(xs) < eye.width and max(ys) > 0 and min(ys) < eye.height


def _write(pixels: Pixels, text: str, x: int, y: int) -> None:
    lines = row_of(len(text) * 12 + 20 + 24, text, "")
    for n, line in enumerate(lines):
        row = np.frombuffer(line, np.uint8)[10 : 10 + len(text) * 12]
        at = y + n
        if 0 <= at < pixels.shape[0] and x >= 0 and x + len(row) < pixels.shape[1]:
            lit = row > 128
            pixels[at, x : x + len(row)][lit] = 250
