"""A drawn street on flat ground: people, bags, cars, light and weather, as frames. Distances are metres.

The camera is 5 m high and looks down a little; x is metres to the right of it, z metres away. Nothing here is tuned to
look like a clip: it has the geometry, the noise and the light that rules have to stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.types import Frame

BEGAN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
Where = Callable[[float], tuple[float, float] | None]  # (x, z) at a second, None when it is not there
HIGH_M, TILT, FOCAL = 5.0, 0.30, 0.9


@dataclass
class Actor:
    where: Where
    size: tuple[float, float]  # metres wide and high
    grey: int
    hue: tuple[int, int] = (0, 0)
    walks: bool = False  # legs and arms move


@dataclass
class Street:
    seconds: float
    actors: list[Actor] = field(default_factory=list)
    size: tuple[int, int] = (640, 360)
    fps: float = 5.0
    noise: float = 2.0
    colour_noise: float = 0.0  # in patches of a few pixels, as a sensor has it by night
    gain: Callable[[float], float] = lambda t: 1.0
    shake: float = 0.0  # pixels
    rain: int = 0  # streaks in a picture
    shade: Callable[[float], tuple[float, float, float] | None] = lambda t: None  # x, z, radius of a shadow
    seed: int = 1

    def at(self, second: float) -> dt.datetime:
        return BEGAN + dt.timedelta(seconds=second)

    def place(self, x: float, z: float) -> tuple[float, float, float]:
        """(column, row, pixels per metre) of a point on the ground."""
        width, height = self.size
        depth = z * np.cos(TILT) + HIGH_M * np.sin(TILT)
        down = HIGH_M * np.cos(TILT) - z * np.sin(TILT)
        scale = FOCAL * width / depth
        return width / 2 + x * scale, height / 2 + down * scale, scale

    def frames(self) -> Iterator[Frame]:
        random = np.random.default_rng(self.seed)
        still = self._ground(random)
        for number in range(round(self.seconds * self.fps)):
            second = number / self.fps
            yield self._frame(still.copy(), second, random, number)

    def _ground(self, random: np.random.Generator) -> NDArray[np.float32]:
        """Paving: patches of grey with joints, the same wherever the camera is asked for it."""
        width, height = self.size
        coarse = random.normal(0, 9, (height // 12 + 1, width // 16 + 1)).astype(np.float32)
        grey = 118 + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        grey[::18] -= 14
        grey[:, ::26] -= 14
        grey[: int(height * 0.12)] += 50  # the sky, or a wall
        return np.dstack([grey, np.zeros_like(grey), np.zeros_like(grey)]).astype(np.float32)

    def _frame(
        self, picture: NDArray[np.float32], second: float, random: np.random.Generator, number: int
    ) -> Frame:
        shade = self.shade(second)
        if shade is not None:
            self._shadow(picture, shade)
        there = [(actor, spot) for actor in self.actors if (spot := actor.where(second)) is not None]
        for actor, spot in sorted(there, key=lambda one: -one[1][1]):
            self._draw(picture, actor, spot, second)
        for _ in range(self.rain):
            x, y = random.integers(0, self.size[0]), random.integers(0, self.size[1])
            cv2.line(picture, (int(x), int(y)), (int(x) + 2, int(y) + 14), (175.0, 0, 0), 1)
        if self.shake:
            dx, dy = random.normal(0, self.shake, 2)
            move = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
            picture = np.asarray(
                cv2.warpAffine(picture, move, self.size, borderMode=cv2.BORDER_REPLICATE), np.float32
            )
        grey = picture[..., 0] * self.gain(second) + random.normal(0, self.noise, picture.shape[:2])
        luma = np.clip(grey, 0, 255).astype(np.uint8)
        chroma = cv2.resize(
            picture[..., 1:], (self.size[0] // 2, self.size[1] // 2), interpolation=cv2.INTER_AREA
        )
        if self.colour_noise:
            patches = random.normal(0, self.colour_noise, (*(n // 2 + 1 for n in chroma.shape[:2]), 2))
            chroma = chroma + cv2.resize(patches.astype(np.float32), (chroma.shape[1], chroma.shape[0]))
        colours = np.clip(chroma + 128, 0, 255).astype(np.uint8)
        return Frame(
            self.at(second), self.size, luma, number % 5 == 0, lambda: cv2.merge([luma] * 3), colours
        )

    def _draw(
        self, picture: NDArray[np.float32], actor: Actor, spot: tuple[float, float], second: float
    ) -> None:
        column, row, scale = self.place(*spot)
        wide, high = actor.size[0] * scale, actor.size[1] * scale
        colour = (float(actor.grey), float(actor.hue[0]), float(actor.hue[1]))
        if not actor.walks:
            corner, end = (
                (round(column - wide / 2), round(row - high)),
                (round(column + wide / 2), round(row)),
            )
            cv2.rectangle(picture, corner, end, colour, -1)
            cv2.line(picture, corner, (end[0], corner[1]), (actor.grey + 30.0, 0, 0), 1)
            return
        swing = np.sin(second * 7) * wide * 0.35
        head = (round(column + np.sin(second * 1.3) * 0.02 * scale), round(row - high * 0.92))
        cv2.circle(picture, head, max(1, round(high * 0.07)), (150.0, 4, 14), -1)
        body = (round(column), round(row - high * 0.62))
        cv2.ellipse(
            picture, body, (max(1, round(wide / 2)), max(1, round(high * 0.24))), 0, 0, 360, colour, -1
        )
        for side in (-1, 1):
            foot = (round(column + side * swing), round(row))
            thick = max(1, round(wide * 0.28))
            cv2.line(
                picture, (round(column), round(row - high * 0.45)), foot, (actor.grey - 15.0, 0, 0), thick
            )

    def _shadow(self, picture: NDArray[np.float32], shade: tuple[float, float, float]) -> None:
        x, z, radius = shade
        column, row, scale = self.place(x, z)
        mask = np.zeros(picture.shape[:2], np.float32)
        axes = (max(1, round(radius * scale)), max(1, round(radius * scale * 0.35)))
        cv2.ellipse(mask, (round(column), round(row)), axes, 0, 0, 360, 1.0, -1)
        picture[..., 0] *= 1 - 0.4 * cv2.GaussianBlur(mask, (9, 9), 0)


def person(where: Where, grey: int = 50, hue: tuple[int, int] = (0, 0)) -> Actor:
    return Actor(where, (0.5, 1.7), grey, hue, walks=True)


def bag(x: float, z: float, since: float, until: float = 1e9, grey: int = 40) -> Actor:
    return Actor(lambda t: (x, z) if since <= t < until else None, (0.45, 0.4), grey, (14, -6))


def car(where: Where) -> Actor:
    return Actor(where, (4.2, 1.5), 70, (-10, 20))


def walk(*points: tuple[float, float, float]) -> Where:
    """(second, x, z) in order: straight in between, not there before the first and after the last."""

    def where(t: float) -> tuple[float, float] | None:
        for (t0, x0, z0), (t1, x1, z1) in pairwise(points):
            if t0 <= t <= t1:
                share = (t - t0) / max(t1 - t0, 1e-9)
                return x0 + (x1 - x0) * share, z0 + (z1 - z0) * share
        return None

    return where


def stander(x: float, z: float, since: float = 0.0, until: float = 1e9) -> Where:
    """Somebody who stands does not stand like a post."""
    return lambda t: (x + 0.03 * np.sin(t * 0.9), z) if since <= t < until else None
