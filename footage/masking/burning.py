"""Blackening areas of a picture as it comes in: what ffmpeg is told (L-03).

An area becomes boxes, one for each strip of the picture it touches, rounded outwards: whatever the size of the
picture, no point of the area shows. Boxes are filled where the decoder put the picture, so they cost next to
nothing; what costs is to decode and to encode again.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from cameras.models.mask import Point, Polygon

Side = tuple[Point, Point]
Reach = tuple[float, float]
STRIPS = 270  # four lines of a 1080p picture
KEY_EVERY_S = 1
# The picture is kept as evidence: hardly a loss to the eye, and never more than a camera of its size would send.
CODER = (
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-tune",
    "zerolatency",
    "-crf",
    "21",
    "-pix_fmt",
    "yuv420p",
)
MOST = {"main": "8M", "sub": "2M"}


class Box(NamedTuple):
    """In parts of the picture, from its left upper corner."""

    left: float
    top: float
    right: float
    bottom: float


def boxes(areas: Iterable[Polygon]) -> list[Box]:
    """Boxes that cover these areas whole, those of equal width joined."""
    found: list[Box] = []
    for area in areas:
        for strip in range(STRIPS):
            top, bottom = strip / STRIPS, (strip + 1) / STRIPS
            found += [Box(left, top, right, bottom) for left, right in _spans(area, top, bottom)]
    return _joined(found)


def _spans(area: Polygon, top: float, bottom: float) -> list[Reach]:
    """From where to where the area reaches anywhere between two heights; where its sides cross, too."""
    levels = sorted({top, bottom, *(y for _x, y in area if top < y < bottom)})
    reaches: list[Reach] = []
    for upper, lower in pairwise(levels):
        crossed = [
            side
            for side in _sides(area)
            if min(side[0][1], side[1][1]) <= upper < lower <= max(side[0][1], side[1][1])
        ]
        reaches += _inside(crossed, upper, lower)
    return _merged(reaches)


def _inside(crossed: list[Side], upper: float, lower: float) -> list[Reach]:
    """Between two corners sides are straight: what they enclose is known from its two ends."""
    found: list[Reach] = []
    winding = 0
    begun: list[Side] = []
    for side in sorted(crossed, key=lambda one: _x_at(one, (upper + lower) / 2)):
        begun.append(side)
        winding += 1 if side[0][1] < side[1][1] else -1
        if winding == 0:
            ends = [_x_at(one, y) for one in begun for y in (upper, lower)]
            begun = []
            found.append((min(ends), max(ends)))
    return found


def _sides(area: Polygon) -> list[Side]:
    pairs = zip(area, (*area[1:], area[0]), strict=True)
    return [(a, b) for a, b in pairs if a[1] != b[1]]


def _x_at(side: Side, y: float) -> float:
    (ax, ay), (bx, by) = side
    return ax + (bx - ax) * (y - ay) / (by - ay)


def _merged(spans: list[Reach]) -> list[Reach]:
    merged: list[Reach] = []
    for left, right in sorted(spans):
        if merged and left <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(right, merged[-1][1])
        else:
            merged.append((left, right))
    return merged


def _joined(found: list[Box]) -> list[Box]:
    joined: list[Box] = []
    for box in sorted(found, key=lambda one: (round(one.left, 4), round(one.right, 4), one.top)):
        last = joined[-1] if joined else None
        if (
            last
            and abs(last.left - box.left) < 1e-5
            and abs(last.right - box.right) < 1e-5
            and box.top <= last.bottom + 1e-6
        ):
            joined[-1] = last._replace(bottom=max(last.bottom, box.bottom))
        else:
            joined.append(box)
    return joined


def filter_of(areas: Iterable[Polygon]) -> str:
    """Numbers only: nothing of it was typed by anybody."""
    return ",".join(_drawn(box) for box in boxes(areas))


def _drawn(box: Box) -> str:
    """One pixel more on each side: edges lie between pixels, and colours are shared by two of them."""
    left, top = f"floor(iw*{box.left:.5f})-1", f"floor(ih*{box.top:.5f})-1"
    width = f"ceil(iw*{box.right:.5f})-floor(iw*{box.left:.5f})+2"
    height = f"ceil(ih*{box.bottom:.5f})-floor(ih*{box.top:.5f})+2"
    return f"drawbox=x={left}:y={top}:w={width}:h={height}:color=black:t=fill"


def coding(areas: Iterable[Polygon], quality: str) -> list[str]:
    """In place of `-c:v copy`. One thread: many cameras share a machine, and one picture is soon coded."""
    most = MOST.get(quality, MOST["main"])
    return [
        *["-vf", filter_of(areas), *CODER, "-threads", "1", "-maxrate", most, "-bufsize", most],
        *[
            "-force_key_frames",
            f"expr:gte(t,n_forced*{KEY_EVERY_S})",
            "-sc_threshold",
            "0",
            "-fps_mode",
            "passthrough",
        ],
    ]
