"""Which parts of a picture a trained detector sees beside the whole.

A model sees everything at a few hundred pixels: who is far away is three of them high. So what moves and is small is
shown again, enlarged; where everybody is counted a grid of parts covers the whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from detection.sight.detectors.opencv import blobs
from detection.sight.types import Box, Mask

WHOLE = Box(0.0, 0.0, 1.0, 1.0, "part")
# What moves is shown again when it is lower than that; at most so many parts, not smaller than so many pixels.
SMALL = 0.3
AT_MOST = 4
LEAST_PIXELS = 160
AROUND = 2.2
# Parts of the grid, for pictures that have the pixels.
CELL_PIXELS = 420
OVERLAP = 0.3
CELLS_AT_MOST = 12


def around(moving: Mask | None, size: tuple[int, int], known: Sequence[Box] = ()) -> list[Box]:
    """Squares (in pixels) around small things that move, several in one where they are near.

    `known`: those who are followed and large enough to be found in the whole.
    """
    if moving is None:
        return []
    found: list[Box] = []
    small = sorted((box for box in blobs(moving) if box.height < SMALL), key=lambda box: -box.area)
    large = [box for box in known if box.height >= SMALL]
    for box in small:
        if any(other.shared(box) > 0.5 * box.area for other in large):
            continue
        if any(part.shared(box) > 0.9 * box.area for part in found):
            continue
        side = max(AROUND * max(box.width * size[0], box.height * size[1]), LEAST_PIXELS)
        if side >= 0.8 * min(size):
            continue
        found.append(_square(box.centre, side, size))
        if len(found) == AT_MOST:
            break
    return found


def grid(size: tuple[int, int]) -> list[Box]:
    """Cells that overlap, over the whole picture; none where it has no more pixels than a model sees anyway."""
    cell = CELL_PIXELS
    while True:
        columns, rows = (_cells(length, cell) for length in size)
        if columns * rows <= CELLS_AT_MOST:
            break
        cell = round(cell * 1.15)
    if columns * rows <= 1:
        return []
    wide, high = min(1.0, cell / size[0]), min(1.0, cell / size[1])
    return [
        Box(x, y, x + wide, y + high, "part") for y in _starts(rows, high) for x in _starts(columns, wide)
    ]


def _cells(length: int, cell: int) -> int:
    if length <= cell:
        return 1
    step = cell * (1 - OVERLAP)
    return 1 + -int(-(length - cell) // step)


def _starts(number: int, share: float) -> list[float]:
    return [0.0] if number == 1 else [(1 - share) * n / (number - 1) for n in range(number)]


def _square(centre: tuple[float, float], side: float, size: tuple[int, int]) -> Box:
    wide, high = side / size[0], side / size[1]
    x = min(max(centre[0] - wide / 2, 0.0), 1 - wide)
    y = min(max(centre[1] - high / 2, 0.0), 1 - high)
    return Box(x, y, x + wide, y + high, "part")
