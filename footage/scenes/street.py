"""What stands still in a street of Nice: fronts, shutters, road, crossing, trees, lamps, the end of the view."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import numpy as np

from footage.scenes.canvas import Canvas, Colour
from footage.scenes.view import View

FRONTS: list[Colour] = [(214, 164, 110), (222, 188, 140), (198, 132, 104), (228, 208, 170), (206, 150, 128)]
SHUTTERS: list[Colour] = [(86, 122, 104), (96, 132, 160), (112, 140, 120), (150, 110, 90)]
AWNINGS: list[Colour] = [(176, 60, 50), (56, 96, 140), (70, 120, 84), (206, 170, 80)]


@dataclass(frozen=True)
class Layout:
    """Half widths in metres, from the middle of the road."""

    road_m: float = 4.0
    pavement_m: float = 9.0
    far_m: float = 95.0
    near_m: float = 2.2
    square: bool = False  # a pedestrian square instead of a road


def background(view: View, layout: Layout, random: Random) -> Canvas:
    canvas = Canvas.blank(view.width, view.height)
    _sky(canvas, view)
    _sea_and_hill(canvas, view)
    _ground(canvas, view, layout)
    for side in (-1, 1):
        _fronts(canvas, view, layout, side, random)
    for z in range(70, 11, -12):
        for side in (-1, 1):
            (_tree if (z // 12) % 2 else _lamp)(canvas, view, side * (layout.road_m + 1.2), float(z), random)
    return canvas


def _sky(canvas: Canvas, view: View) -> None:
    horizon = max(2, min(view.height, int(view.xy(0, 0, 5000)[1])))
    ramp = np.linspace(0, 1, horizon)[:, None, None]
    top, low = np.array([112, 164, 214]), np.array([206, 222, 232])
    canvas.pixels[:horizon] = (top + (low - top) * ramp).astype(np.uint8)
    canvas.pixels[horizon:] = (150, 148, 142)


def _sea_and_hill(canvas: Canvas, view: View) -> None:
    canvas.polygon(view.front(-60, 60, -2, 4, 400), (70, 118, 160))
    for x, rx, ry in ((-40, 60, 22), (30, 80, 30), (90, 50, 18)):
        cx, cy, depth = view.at(x, 2, 300)
        canvas.ellipse((cx, cy), rx * view.focal / depth, ry * view.focal / depth, (120, 140, 118))


def _ground(canvas: Canvas, view: View, layout: Layout) -> None:
    near, far, wide, road = layout.near_m, layout.far_m, layout.pavement_m, layout.road_m
    canvas.polygon(view.ground((-wide, near), (wide, near), (wide, far), (-wide, far)), (186, 178, 166))
    if layout.square:
        for row in range(1, int(far) // 4):  # the chequered paving of a place
            for column in range(-2, 2):
                if (row + column) % 2:
                    x, z = column * 4.0, row * 4.0
                    tile = view.ground((x, z), (x + 4, z), (x + 4, z + 4), (x, z + 4))
                    canvas.polygon(tile, (158, 150, 142))
        return
    canvas.polygon(view.ground((-road, near), (road, near), (road, far), (-road, far)), (94, 94, 98))
    for edge in (-road, road):
        canvas.polygon(
            view.ground((edge - 0.15, near), (edge + 0.15, near), (edge + 0.15, far), (edge - 0.15, far)),
            (214, 210, 202),
        )
    for z in range(4, int(far), 6):
        canvas.polygon(view.ground((-0.08, z), (0.08, z), (0.08, z + 3), (-0.08, z + 3)), (226, 226, 220))
    for step in range(-7, 8, 2):  # the crossing
        x = step * 0.5
        canvas.polygon(view.ground((x, 17), (x + 0.5, 17), (x + 0.5, 21), (x, 21)), (232, 232, 228))


def _fronts(canvas: Canvas, view: View, layout: Layout, side: int, random: Random) -> None:
    """Far houses first."""
    x, z = side * layout.pavement_m, layout.far_m
    while z > layout.near_m + 1.8:
        width, floors = random.uniform(10, 16), random.randint(4, 6)
        z0 = max(layout.near_m + 0.2, z - width)
        colour, height = random.choice(FRONTS), 4.2 + 3.2 * floors
        shade = tuple(int(c * (0.86 if side < 0 else 1.0)) for c in colour)
        canvas.polygon(view.wall(x, z0, z, 0, height), (shade[0], shade[1], shade[2]))
        canvas.polygon(view.wall(x, z0, z, height - 0.5, height), (236, 228, 212))
        shutter, awning = random.choice(SHUTTERS), random.choice(AWNINGS)
        bays = max(2, round((z - z0) / 3.2))
        step = (z - z0) / bays
        for bay in range(bays):
            a = z0 + step * (bay + 0.28)
            b = z0 + step * (bay + 0.72)
            canvas.polygon(view.wall(x, a - 0.3, b + 0.3, 0.1, 2.9), (60, 66, 74))
            canvas.polygon(view.wall(x, a - 0.4, b + 0.4, 2.9, 3.5), awning)
            for floor in range(floors):
                y = 4.6 + 3.2 * floor
                canvas.polygon(view.wall(x, a - 0.45, b + 0.45, y, y + 1.9), shutter)
                canvas.polygon(view.wall(x, a, b, y, y + 1.9), (72, 84, 98))
        z = z0


def _tree(canvas: Canvas, view: View, x: float, z: float, random: Random) -> None:
    """A palm."""
    foot, top = view.xy(x, 0, z), view.xy(x, 6.5, z)
    scale = view.focal / view.at(x, 3, z)[2]
    canvas.ellipse((foot[0], foot[1]), 1.6 * scale, 0.35 * scale, (40, 40, 44), 0.35)
    canvas.line(foot, top, 0.35 * scale, (120, 98, 76))
    for frond in range(9):
        angle = math.tau * frond / 9 + random.uniform(-0.2, 0.2)
        tip = (top[0] + 2.2 * scale * math.cos(angle), top[1] + 1.2 * scale * math.sin(angle) + 0.5 * scale)
        canvas.line(top, tip, 0.28 * scale, (66, 112 + random.randint(-12, 18), 62))


def _lamp(canvas: Canvas, view: View, x: float, z: float, random: Random) -> None:
    foot, top = view.xy(x, 0, z), view.xy(x, 7, z)
    arm = view.xy(x - math.copysign(1.6, x), 7.1, z)
    scale = view.focal / view.at(x, 3, z)[2]
    canvas.line(foot, top, 0.14 * scale, (62, 68, 72))
    canvas.line(top, arm, 0.10 * scale, (62, 68, 72))
    canvas.ellipse(arm, 0.35 * scale, 0.14 * scale, (236, 232, 210))


def lamps(layout: Layout) -> list[tuple[float, float, float]]:
    """Where they shine from."""
    return [
        (side * (layout.road_m - 0.4), 7.0, float(z))
        for z in range(70, 11, -12)
        if not (z // 12) % 2
        for side in (-1, 1)
    ]
