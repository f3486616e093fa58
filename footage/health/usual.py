"""How a camera usually sees its place, learned from many pictures: edges, sharpness, light. Nobody is in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from footage.health.measure import (
    ACROSS,
    COLUMNS,
    DOWN,
    ROWS,
    Field,
    Marks,
    Measured,
    Plane,
    by_block,
    is_dark,
)

# So many pictures, about a minute apart, before it judges anything by them.
ENOUGH = 8
# Afterwards a good picture counts for so much of the whole: seasons are followed, a parked van is not.
FOLLOWS = 1 / 64
# Edges are kept as bytes.
FULL = 127.0


@dataclass
class Usual:
    edges: Field
    lights: Plane
    sharpness: float
    brightness: float
    pictures: int

    @property
    def is_known(self) -> bool:
        return self.pictures >= ENOUGH

    @property
    def is_dark(self) -> bool:
        return is_dark(self.brightness, float(self.lights.max()))

    @property
    def textured(self) -> Marks:
        """Blocks in which something stands that can be recognised again: the better half of all."""
        energy = by_block(np.square(np.abs(self.edges)).astype(np.float32))
        inner = energy[1:-1]
        marked: Marks = np.zeros(energy.shape, np.bool_)
        marked[1:-1] = inner >= max(float(np.median(inner)), 0.002)
        return marked

    def learns(self, told: Measured, sharpness: float) -> None:
        """The mean of the first pictures, then slowly."""
        self.pictures += 1
        share = max(1 / self.pictures, FOLLOWS)
        self.edges += (told.edges - self.edges) * np.float32(share)
        self.lights += (told.lights - self.lights) * np.float32(share)
        self.sharpness += (sharpness - self.sharpness) * share
        self.brightness += (told.brightness - self.brightness) * share

    def packed(self) -> bytes:
        """Two bytes for each point of the raster, one for each block."""
        parts = (self.edges.real, self.edges.imag)
        planes = [np.clip(np.rint(part * FULL), -FULL, FULL).astype(np.int8) for part in parts]
        return b"".join(plane.tobytes() for plane in planes) + np.rint(self.lights).astype(np.uint8).tobytes()

    @classmethod
    def unpacked(cls, raw: bytes, *, sharpness: float, brightness: float, pictures: int) -> Usual:
        """Raises ValueError when these are not the bytes of `packed`."""
        size = ROWS * COLUMNS
        if len(raw) != 2 * size + DOWN * ACROSS:
            raise ValueError("not the edges of a camera")
        planes = np.frombuffer(raw, np.int8, 2 * size).reshape(2, ROWS, COLUMNS).astype(np.float32) / FULL
        lights = np.frombuffer(raw, np.uint8, offset=2 * size).reshape(DOWN, ACROSS).astype(np.float32)
        edges = (planes[0] + 1j * planes[1]).astype(np.complex64)
        return cls(edges, lights, sharpness, brightness, pictures)

    @classmethod
    def of(cls, told: Measured, sharpness: float) -> Usual:
        return cls(told.edges.copy(), told.lights.copy(), sharpness, told.brightness, 1)
