"""Short films made once: an empty square, somebody who walks in and leaves. In fragments, as a camera sends them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from footage.boxes import Fragment, InitSegment, Splitter
from tests.footage.streams import run_ffmpeg

Picture = NDArray[np.uint8]
FPS, WIDTH, HEIGHT = 10, 640, 360
Stream = tuple[InitSegment, list[Fragment]]


def square(width: int = WIDTH, height: int = HEIGHT) -> Picture:
    """Paving, a wall, a door: enough edges that nothing else has to be imagined."""
    random = np.random.default_rng(7)
    ground = random.integers(95, 150, (height // 8, width // 8), np.uint8)
    picture = cv2.resize(ground, (width, height), interpolation=cv2.INTER_LINEAR)
    picture[: height // 3] = 170
    cv2.rectangle(picture, (width // 8, height // 8), (width // 5, height // 3), 60, -1)
    return np.asarray(picture, np.uint8)


def walker(picture: Picture, x: float, foot: float = 0.8) -> None:
    """Somebody, upright, as dark as a coat."""
    height, width = picture.shape
    px, py, tall = round(x * width), round(foot * height), height // 4
    cv2.rectangle(picture, (px - tall // 7, py - tall * 5 // 6), (px + tall // 7, py), 30, -1)
    cv2.circle(picture, (px, py - tall * 9 // 10), tall // 9, 50, -1)


def visit(
    quiet_s: float, walk_s: float, after_s: float = 0.0, *, path: tuple[float, float] = (0, 1), **size: int
) -> Iterator[Picture]:
    """Nothing; then somebody crosses these shares of the width in `walk_s`; then nothing again."""
    empty = square(**size)
    for number in range(round((quiet_s + walk_s + after_s) * FPS)):
        picture = empty.copy()
        share = (number / FPS - quiet_s) / walk_s if walk_s else -1.0
        if 0 <= share <= 1:
            walker(picture, path[0] + share * (path[1] - path[0]))
        yield picture


def stream(pictures: Callable[[], Iterator[Picture]], *, gop_s: float = 1.0) -> Stream:
    first = next(pictures())
    height, width = first.shape
    made = run_ffmpeg(
        *["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-r", str(FPS), "-i", "pipe:0"],
        *["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-pix_fmt", "yuv420p", "-bf", "0"],
        *["-g", str(round(FPS * gop_s)), "-sc_threshold", "0", "-f", "mp4"],
        *["-movflags", "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"],
        *["-frag_duration", "190000", "-write_prft", "wallclock", "pipe:1"],
        input=b"".join(picture.tobytes() for picture in pictures()),
    ).stdout
    init, *parts = Splitter().feed(made)
    assert isinstance(init, InitSegment)
    return init, [part for part in parts if isinstance(part, Fragment)]


@functools.cache
def intrusion() -> Stream:
    """Eight seconds of nothing, then somebody crosses within eight."""
    return stream(lambda: visit(8, 8, 2))


@functools.cache
def smaller() -> Stream:
    """The same camera set to another size."""
    return stream(lambda: visit(8, 8, 2, width=480, height=272))


def file(path: Path, pictures: Iterator[Picture]) -> Path:
    """As a clip that `run_cameras` plays over and over."""
    raw = b"".join(picture.tobytes() for picture in pictures)
    run_ffmpeg(
        *["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0"],
        *["-c:v", "libx264", "-preset", "ultrafast", "-crf", "24", "-pix_fmt", "yuv420p", "-bf", "0"],
        *["-g", str(FPS), "-sc_threshold", "0", str(path)],
        input=raw,
    )
    return path
