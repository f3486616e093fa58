"""Who and what moves: people who walk, cars that pass, a bag put down.

Time is counted in turns of thirty seconds, after which all but the bag is back where it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from footage.scenes.canvas import Canvas, Colour
from footage.scenes.view import View

CLOTHES: list[Colour] = [
    (60, 72, 96),
    (150, 56, 50),
    (84, 110, 84),
    (196, 180, 150),
    (44, 44, 50),
    (120, 90, 140),
]
PAINTS: list[Colour] = [
    (190, 194, 198),
    (40, 44, 52),
    (150, 34, 34),
    (44, 78, 130),
    (226, 226, 222),
    (96, 104, 96),
]
SKIN: Colour = (206, 164, 132)


@dataclass(frozen=True)
class Walker:
    """Walks up and down the street, `laps` times a loop."""

    x: float
    z0: float
    z1: float
    laps: int
    phase: float
    coat: Colour
    size: float = 1.0

    def where(self, share: float) -> tuple[float, float]:
        turn = (share * self.laps + self.phase) % 1.0
        along = 1 - abs(2 * turn - 1)
        return self.x + 0.5 * math.sin(math.tau * turn), self.z0 + (self.z1 - self.z0) * along

    def draw(self, canvas: Canvas, view: View, share: float) -> None:
        x, z = self.where(share)
        person(canvas, view, x, z, self.coat, stride=math.tau * share * self.laps * 14, size=self.size)

    def depth(self, share: float) -> float:
        return self.where(share)[1]


@dataclass(frozen=True)
class Crosser:
    """Crosses the road on the crossing, once a loop; carries a bag when it is the one who leaves it."""

    z: float
    phase: float
    coat: Colour
    reach: float = 12.0

    def depth(self, share: float) -> float:
        return self.z

    def draw(self, canvas: Canvas, view: View, share: float) -> None:
        turn = (share + self.phase) % 1.0
        if turn < 0.6:
            x = self.reach * (2 * turn / 0.6 - 1)
            person(canvas, view, x, self.z, self.coat, stride=math.tau * turn * 24, size=1.0)


@dataclass(frozen=True)
class Bag:
    """Put down, left, and taken away again before the loop ends, with the person who does so."""

    x: float
    z: float
    coat: Colour
    # In turns: a minute alone, then taken away; everything again after three.
    down: float = 0.45
    up: float = 2.5
    turns: int = 3

    def depth(self, share: float) -> float:
        return self.z

    def draw(self, canvas: Canvas, view: View, share: float) -> None:
        share %= self.turns
        carried = share < self.down or share > self.up
        # Comes, puts it down, leaves; later comes back for it.
        away = (share - (self.down if share < self.turns / 2 else self.up)) * 44
        if abs(away) < 9:
            x = self.x + 0.6 + away
            person(canvas, view, x, self.z + 0.2, self.coat, stride=away * 4, size=1.0)
            if carried:
                self._bag(canvas, view, x - 0.3, 0.45)
        if not carried:
            self._bag(canvas, view, self.x, 0.0)

    def _bag(self, canvas: Canvas, view: View, x: float, y: float) -> None:
        canvas.polygon(view.front(x - 0.28, x + 0.28, y, y + 0.42, self.z), (34, 38, 60))
        canvas.polygon(view.front(x - 0.12, x + 0.12, y + 0.42, y + 0.5, self.z), (20, 22, 30))


@dataclass(frozen=True)
class Car:
    lane: float
    laps: int
    phase: float
    paint: Colour
    far_m: float = 95.0
    near_m: float = 9.0
    lit: bool = False

    def depth(self, share: float) -> float:
        turn = (share * self.laps + self.phase) % 1.0
        return self.near_m + (self.far_m - self.near_m) * (turn if self.lane > 0 else 1 - turn)

    def draw(self, canvas: Canvas, view: View, share: float) -> None:
        z = self.depth(share)
        car(canvas, view, self.lane, z, self.paint, lit=self.lit, coming=self.lane < 0)


def person(
    canvas: Canvas, view: View, x: float, z: float, coat: Colour, *, stride: float, size: float
) -> None:
    foot_x, foot_y, depth = view.at(x, 0, z)
    scale = view.focal / depth * size
    swing = 0.32 * math.sin(stride) * scale
    canvas.ellipse((foot_x, foot_y), 0.38 * scale, 0.12 * scale, (20, 20, 24), 0.4)
    hip = (foot_x, foot_y - 0.85 * scale)
    legs = (max(0, coat[0] - 30), max(0, coat[1] - 30), max(0, coat[2] - 20))
    canvas.line(hip, (foot_x + swing, foot_y - 0.03 * scale), 0.19 * scale, legs)
    canvas.line(hip, (foot_x - swing, foot_y - 0.03 * scale), 0.19 * scale, legs)
    canvas.ellipse((foot_x, foot_y - 1.15 * scale), 0.25 * scale, 0.38 * scale, coat)
    hand = (foot_x - 0.8 * swing, foot_y - 0.85 * scale)
    canvas.line((foot_x, foot_y - 1.38 * scale), hand, 0.11 * scale, coat)
    canvas.ellipse((foot_x, foot_y - 1.62 * scale), 0.12 * scale, 0.15 * scale, SKIN)


def car(canvas: Canvas, view: View, x: float, z: float, paint: Colour, *, lit: bool, coming: bool) -> None:
    """Boxes seen from the front or from behind."""
    dark = (paint[0] * 3 // 4, paint[1] * 3 // 4, paint[2] * 3 // 4)
    far = z + 4.2
    canvas.polygon(
        view.ground((x - 1.1, z - 0.2), (x + 1.1, z - 0.2), (x + 1.1, far), (x - 1.1, far)), (16, 16, 18), 0.5
    )
    side = -0.9 if x > 0 else 0.9
    canvas.polygon(view.wall(x + side, z, far, 0.3, 1.0), dark)
    canvas.polygon(view.wall(x + side * 0.85, z + 0.9, far - 0.6, 1.0, 1.5), (54, 62, 72))
    canvas.polygon(
        [*view.front(x - 0.9, x + 0.9, 1.0, 1.0, z)[:2], *view.front(x - 0.9, x + 0.9, 1.0, 1.0, far)[1::-1]],
        paint,
    )
    canvas.polygon(view.front(x - 0.9, x + 0.9, 0.3, 1.0, z), paint)
    canvas.polygon(view.front(x - 0.75, x + 0.75, 1.0, 1.48, z + 0.7), (70, 82, 94))
    lights = (255, 246, 214) if coming else (206, 40, 34)
    for side in (-0.65, 0.65):
        px, py, depth = view.at(x + side, 0.7, z)
        scale = view.focal / depth
        canvas.ellipse((px, py), 0.16 * scale, 0.1 * scale, lights)
        if lit:
            canvas.glow((px, py), (1.6 if coming else 0.8) * scale, lights, 0.75)
    for side in (-0.72, 0.72):
        px, py, depth = view.at(x + side, 0.3, z)
        canvas.ellipse((px, py), 0.16 * view.focal / depth, 0.3 * view.focal / depth, (24, 24, 26))


Actor = Walker | Crosser | Bag | Car


def crowd(random: Random, count: int, *, square: bool, laps: int = 1) -> list[Actor]:
    """People on both pavements, or all over a square."""
    people: list[Actor] = []
    for _ in range(count):
        x = random.uniform(-7, 7) if square else random.choice((-1, 1)) * random.uniform(5.4, 8.2)
        near = random.uniform(11, 20)
        people.append(
            Walker(
                x=x,
                z0=near,
                z1=near + random.uniform(14, 20) * laps,
                laps=laps,
                phase=random.random(),
                coat=random.choice(CLOTHES),
                size=random.uniform(0.9, 1.05),
            )
        )
    return people


def traffic(random: Random, count: int, *, lit: bool) -> list[Actor]:
    return [
        Car(
            lane=random.choice((-2.0, 2.0)),
            laps=3,
            phase=(number + random.uniform(0.2, 0.6)) / max(1, count),
            paint=random.choice(PAINTS),
            lit=lit,
        )
        for number in range(count)
    ]
