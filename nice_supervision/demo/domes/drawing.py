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
LEAVES: tuple[Colour, ...] = ((70, 104, 62), (84, 116, 66), (62, 94, 70))
COATS: tuple[Colour, ...] = ((150, 60, 56), (62, 92, 140), (196, 176, 120), (74, 110, 92), (110, 84, 130))
PAINTS: tuple[Colour, ...] = ((226, 226, 224), (46, 50, 56), (150, 44, 40), (60, 84, 128), (128, 132, 136))
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
class Thing:
    """Something that stands on the ground: a tree, a person, a parked car."""

    kind: str
    bearing_deg: float
    away_m: float
    colour: Colour


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
                random.uniform(45, 110),
                random.randint(4, 7),
                random.choice(WALLS),
                random.choice(SHUTTERS),
                random.randrange(1 << 30),
            )
            for start, end in itertools.pairwise(cuts)
            if end - start > 2
        ]
        self.things = sorted(_things(random), key=lambda one: -one.away_m)

    def seen(self, eye: Eye) -> Pixels:
        canvas = Canvas(_air_and_ground(eye))
        self._paving(canvas, eye)
        for house in sorted(self.houses, key=lambda one: -one.away_m):
            if eye.holds(house.start_deg, house.end_deg):
                self._house(canvas, eye, house)
        for thing in self.things:
            if eye.holds(thing.bearing_deg - 3, thing.bearing_deg + 3):
                self._thing(canvas, eye, thing)
        self._ring(canvas, eye)
        for name, (bearing, elevation, colour) in self.marks.items():
            at = eye.pixel(bearing, elevation)
            if at is not None:
                radius = max(5.0, eye.focal * 0.004)
                canvas.ellipse(at, radius, radius, colour)
                if name[:1].isalpha():
                    _write(canvas.pixels, name, int(at[0] + radius + 4), int(at[1] - 8))
        return canvas.pixels

    def _thing(self, canvas: Canvas, eye: Eye, thing: Thing) -> None:
        def at(right_m: float, up_m: float) -> XY | None:
            bearing = thing.bearing_deg + math.degrees(math.atan2(right_m, thing.away_m))
            return eye.pixel(bearing, math.degrees(math.atan2(up_m - self.mast_m, thing.away_m)))

        def box(left: float, right: float, low: float, high: float, colour: Colour) -> None:
            corners = [at(left, low), at(left, high), at(right, high), at(right, low)]
            if all(corners) and _inside(seen := [one for one in corners if one], eye):
                canvas.polygon(seen, colour)

        def ball(up_m: float, radius_m: float, colour: Colour) -> None:
            middle, scale = at(0, up_m), eye.focal / math.hypot(thing.away_m, self.mast_m)
            if middle and -200 < middle[0] < eye.width + 200:
                canvas.ellipse(middle, radius_m * scale, radius_m * scale, colour)

        if thing.kind == "tree":
            box(-0.15, 0.15, 0, 2.4, (96, 76, 58))
            ball(3.6, 1.7, thing.colour)
            ball(4.6, 1.2, tuple(min(255, part + 14) for part in thing.colour))  # type: ignore[arg-type]
        elif thing.kind == "person":
            box(-0.14, 0.14, 0, 0.85, (52, 54, 62))
            box(-0.22, 0.22, 0.85, 1.45, thing.colour)
            ball(1.62, 0.13, (206, 164, 136))
        else:
            box(-2.0, 2.0, 0.25, 0.85, thing.colour)
            box(-1.2, 1.1, 0.85, 1.4, (60, 72, 86))
            for wheel in (-1.3, 1.3):
                box(wheel - 0.3, wheel + 0.3, 0, 0.5, (30, 30, 34))

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


def _things(random: Random) -> Iterator[Thing]:
    for _ in range(34):
        yield Thing("tree", random.uniform(0, 360), random.uniform(22, 44), random.choice(LEAVES))
    for _ in range(70):
        yield Thing("person", random.uniform(0, 360), random.uniform(6, 70), random.choice(COATS))
    for _ in range(26):
        yield Thing("car", random.uniform(0, 360), random.uniform(26, 70), random.choice(PAINTS))


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
