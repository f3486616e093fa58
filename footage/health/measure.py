"""What one picture says of its camera, in figures: light, sharpness, edges. Grey 640×360 in, no picture out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from footage.health.picture import HEIGHT, WIDTH, Grey

# Small: means of 4×4. Blocks: 10×10 of the small one, so 16 across and 9 down.
STEP = 4
ROWS, COLUMNS = HEIGHT // STEP, WIDTH // STEP
BLOCK = 10
DOWN, ACROSS = ROWS // BLOCK, COLUMNS // BLOCK
# Edges this strong (grey levels per small pixel) count half: headlights must not outweigh a kerb.
SOFT = 4.0
# A camera writes its name and clock at the top or at the bottom: the first and the last row of blocks say nothing.
WRITTEN = BLOCK
Plane = npt.NDArray[np.float32]
Field = npt.NDArray[np.complex64]
Marks = npt.NDArray[np.bool_]
# Grey levels of 255. Black is 16 in most streams.
DARK_MEAN, DARK_BRIGHTEST = 34.0, 60.0


@dataclass(frozen=True)
class Measured:
    small: Plane
    edges: Field
    # By block: how strong edges are, how strong the strongest are, and those a pixel wide.
    coarse: Plane
    strongest: Plane
    finest: Plane
    brightness: float
    brightest: float

    @property
    def lights(self) -> Plane:
        """The mean of each block."""
        return by_block(self.small)


def measure(grey: Grey) -> Measured:
    values = grey.astype(np.float32)
    small = values.reshape(ROWS, STEP, COLUMNS, STEP).mean(axis=(1, 3))
    gradient = slope(small)
    # What is written there is always sharp and never moves, whatever happens to the lens.
    gradient[:WRITTEN] = gradient[-WRITTEN:] = 0
    steep = np.square(np.abs(gradient)).astype(np.float32)
    across, down = np.diff(values[:-1], axis=1), np.diff(values[:, :-1], axis=0)
    energy = np.zeros_like(values)
    energy[:-1, :-1] = across * across + down * down
    # Fourth powers: an edge outweighs the noise of a night, which is small and everywhere.
    squares = (energy * energy).reshape(DOWN, BLOCK * STEP, ACROSS, BLOCK * STEP).mean(axis=(1, 3))
    finest = np.sqrt(squares)
    return Measured(
        small=small,
        edges=softened(gradient),
        coarse=by_block(steep),
        strongest=np.sqrt(by_block(steep * steep)),
        finest=np.maximum(finest - np.quantile(finest[1:-1], 0.1), 0.0),
        brightness=float(small.mean()),
        brightest=float(np.quantile(small, 0.99)),
    )


def slope(small: Plane) -> Field:
    """Across in the real part, down in the imaginary one."""
    gradient = np.zeros(small.shape, np.complex64)
    gradient.real[:, 1:-1] = (small[:, 2:] - small[:, :-2]) / 2
    gradient.imag[1:-1] = (small[2:] - small[:-2]) / 2
    return gradient


def softened(gradient: Field) -> Field:
    return (gradient / (np.abs(gradient) + SOFT)).astype(np.complex64)


def by_block(plane: Plane) -> Plane:
    blocks: Plane = plane.reshape(DOWN, BLOCK, ACROSS, BLOCK).mean(axis=(1, 3))
    return blocks


def changed(now: Plane, before: Plane) -> tuple[float, float]:
    """(mean, largest) difference of two small pictures, away from where names and clocks are written."""
    apart = np.abs(now - before)[WRITTEN:-WRITTEN]
    return float(apart.mean()), float(apart.max())


@dataclass(frozen=True)
class Shift:
    """How far a picture lies from its reference, in small pixels, and how alike they are there and here."""

    right: int
    down: int
    there: float
    here: float

    @property
    def far(self) -> float:
        return float(np.hypot(self.right, self.down))


def shift_of(edges: Field, usual: Field) -> Shift:
    """By correlating all edges at all shifts at once; 1 is the same, 0 nothing in common."""
    scale = float(np.linalg.norm(edges) * np.linalg.norm(usual)) or 1.0
    alike = np.fft.ifft2(np.fft.fft2(edges) * np.conj(np.fft.fft2(usual))).real / scale
    at = int(alike.argmax())
    down, right = divmod(at, COLUMNS)
    there = float(alike[down, right])
    down, right = (down + ROWS // 2) % ROWS - ROWS // 2, (right + COLUMNS // 2) % COLUMNS - COLUMNS // 2
    return Shift(right, down, there, float(alike[0, 0]))


def is_dark(mean: float, brightest: float) -> bool:
    """Nothing can be made out, not even a lamp."""
    return mean < DARK_MEAN and brightest < DARK_BRIGHTEST
