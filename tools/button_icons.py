"""Draws the icons of the button page: python tools/button_icons.py

A red disc in a ring, on the night ground of the centre, with an exclamation mark. The SVG is written as text;
the PNGs are drawn from the same shapes as distance fields, so that no drawing program is needed.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

OUT = Path(__file__).resolve().parent.parent / "static" / "icons"
GROUND, RED, PALE, INK = (0x0C, 0x11, 0x16), (0xFF, 0x5C, 0x5C), (0x5A, 0x26, 0x2B), (0xFF, 0xFF, 0xFF)
CORNER, RING, RING_WIDTH, DISC = 0.22, 0.43, 0.035, 0.36  # of the side
BAR_TOP, BAR_BOTTOM, BAR_RADIUS = 0.31, 0.54, 0.042
DOT_AT, DOT = 0.675, 0.052

Field = NDArray[np.float64]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for size, name, maskable in [
        (192, "button-192.png", False),
        (512, "button-512.png", False),
        (512, "button-maskable-512.png", True),
    ]:
        (OUT / name).write_bytes(png(draw(size, maskable=maskable)))
    (OUT / "button.svg").write_text(svg(), encoding="utf-8")


def draw(size: int, *, maskable: bool) -> NDArray[np.uint8]:
    """RGBA. A maskable icon fills its square and keeps its subject in the inner 80 %."""
    axis = (np.arange(size) + 0.5) / size
    x, y = np.meshgrid(axis, axis)
    scale = 0.8 if maskable else 1.0
    u, v = (x - 0.5) / scale, (y - 0.5) / scale
    image = np.zeros((size, size, 4))
    image[..., :3] = GROUND
    square = np.ones((size, size)) if maskable else cover(rounded(u, v), size, scale)
    image[..., 3] = 255 * square
    from_centre = np.hypot(u, v)
    paint(image, PALE, cover(np.abs(from_centre - RING) - RING_WIDTH / 2, size, scale))
    paint(image, RED, cover(from_centre - DISC, size, scale))
    bar = np.hypot(u, v - np.clip(v, BAR_TOP - 0.5, BAR_BOTTOM - 0.5)) - BAR_RADIUS
    paint(image, INK, cover(bar, size, scale))
    paint(image, INK, cover(np.hypot(u, v - (DOT_AT - 0.5)) - DOT, size, scale))
    return image.round().astype(np.uint8)


def rounded(u: Field, v: Field) -> Field:
    """Distance to a square of side 1 with round corners."""
    dx, dy = np.abs(u) - (0.5 - CORNER), np.abs(v) - (0.5 - CORNER)
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return outside + np.minimum(np.maximum(dx, dy), 0) - CORNER


def cover(distance: Field, size: int, scale: float) -> Field:
    """How much of each pixel lies inside, one pixel of softness at the edge."""
    return np.clip(0.5 - distance * size * scale, 0, 1)


def paint(image: Field, colour: tuple[int, int, int], share: Field) -> None:
    image[..., :3] += share[..., None] * (np.array(colour) - image[..., :3])


def png(image: NDArray[np.uint8]) -> bytes:
    height, width, _ = image.shape
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def svg() -> str:
    def colour(rgb: tuple[int, int, int]) -> str:
        return "#{:02x}{:02x}{:02x}".format(*rgb)

    def n(share: float) -> str:
        return f"{100 * share:g}"

    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<rect width="100" height="100" rx="{n(CORNER)}" fill="{colour(GROUND)}"/>'
        f'<circle cx="50" cy="50" r="{n(RING)}" fill="none" stroke="{colour(PALE)}"'
        f' stroke-width="{n(RING_WIDTH)}"/>'
        f'<circle cx="50" cy="50" r="{n(DISC)}" fill="{colour(RED)}"/>'
        f'<path d="M50 {n(BAR_TOP)}V{n(BAR_BOTTOM)}" stroke="{colour(INK)}"'
        f' stroke-width="{n(2 * BAR_RADIUS)}" stroke-linecap="round"/>'
        f'<circle cx="50" cy="{n(DOT_AT)}" r="{n(DOT)}" fill="{colour(INK)}"/></svg>\n'
    )


if __name__ == "__main__":
    main()
