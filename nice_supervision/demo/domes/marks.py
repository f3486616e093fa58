"""Where a dome looks, written into its picture so that a machine can read it: a row of black and white cells.

Bits, most significant first: 8 of sync, 16 of bearing, 14 of tilt, 10 of zoom, 1 "moving", 8 of checksum. They
survive a hard encoder: each cell is a 1/64 of the picture wide and half as high as it needs to be read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nice_supervision.demo.domes.head import Looking

Pixels = npt.NDArray[np.uint8]
CELLS, SYNC = 64, 0b10101011
FIELDS = (16, 14, 10, 1)
BLACK, WHITE = 16, 235


def height_of(width: int) -> int:
    return width // CELLS


def write(pixels: Pixels, looking: Looking) -> None:
    """Over the lowest lines of the picture."""
    cell = height_of(pixels.shape[1])
    bits = np.array([int(bit) for bit in _bits(looking)] + [0] * CELLS, np.uint8)[:CELLS]
    row = np.repeat(np.where(bits > 0, WHITE, BLACK).astype(np.uint8), cell)
    pixels[-cell:, : len(row)] = row[None, :, None]
    pixels[-cell:, len(row) :] = BLACK


def read(pixels: npt.NDArray[Any]) -> Looking | None:
    """What a picture of any size says; None when there is no such row, or it is not whole."""
    height, width = pixels.shape[:2]
    cell = width / CELLS
    line = int(height - cell / 2)
    grey = pixels[line - 1 : line + 2].reshape(3, width, -1).mean(axis=(0, 2))
    bits = "".join("1" if grey[int((n + 0.5) * cell)] > 126 else "0" for n in range(CELLS))
    told, bits = int(bits[:8], 2), bits[8:]
    values = []
    for size in FIELDS:
        values.append(int(bits[:size], 2))
        bits = bits[size:]
    if told != SYNC or int(bits[:8], 2) != _sum(values):
        return None
    bearing, tilt, zoom, moving = values
    return Looking(bearing * 360 / 65536, tilt / 16383 * 180 - 90, zoom / 1023, bool(moving))


def _bits(looking: Looking) -> str:
    values = [
        round(looking.bearing_deg / 360 * 65536) % 65536,
        round((looking.tilt_deg + 90) / 180 * 16383),
        round(looking.zoom * 1023),
        int(looking.moving),
    ]
    told = f"{SYNC:08b}" + "".join(f"{value:0{size}b}" for value, size in zip(values, FIELDS, strict=True))
    return told + f"{_sum(values):08b}"


def _sum(values: list[int]) -> int:
    return sum((place + 1) * (value % 251) for place, value in enumerate(values)) % 256
