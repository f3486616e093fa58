"""Pictures of drawn streets with something wrong with the camera, or only with the weather. For tests and benches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt

from footage.boxes import Fragment, InitSegment, Splitter
from footage.scenes import FPS
from footage.scenes.catalogue import SCENES
from footage.scenes.letters import row_of
from tests.footage.streams import run_ffmpeg

Grey = npt.NDArray[np.uint8]
Alter = Callable[[Grey, int], Grey]
# About a minute apart, as the centre looks: never the same moment of the loop.
APART = 61 * FPS


@cache
def minutes(scene: str, count: int, *, first: int = 0, **changes: float | str) -> list[Grey]:
    """Pictures of a scene, a minute apart."""
    drawn = replace(SCENES[scene], **changes)  # type: ignore[arg-type]
    length = drawn.length
    found = []
    for n in range(first, first + count):
        (pixels,) = drawn.frames(1, first=n * APART % length)
        found.append((pixels @ np.array([0.299, 0.587, 0.114])).astype(np.uint8))
    return found


def random(n: int) -> np.random.Generator:
    return np.random.default_rng(n)


def with_noise(grey: Grey, n: int, much: float = 1.5) -> Grey:
    return clipped(grey + random(n).normal(0, much, grey.shape))


def clipped(values: npt.NDArray[np.floating]) -> Grey:
    return np.clip(values, 0, 255).astype(np.uint8)


def blurred(sigma: float) -> Alter:
    def alter(grey: Grey, n: int) -> Grey:
        reach = int(3 * sigma) + 1
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
        return clipped(smoothed(grey.astype(np.float32), kernel / kernel.sum()))

    return alter


def smoothed(values: npt.NDArray[np.float32], kernel: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    reach = len(kernel) // 2
    for axis in (0, 1):
        edges = [(0, 0), (0, 0)]
        edges[axis] = (reach, reach)
        padded = np.pad(values, edges, mode="edge")
        size = values.shape[axis]
        values = sum(  # type: ignore[assignment]
            weight * padded.take(range(at, at + size), axis) for at, weight in enumerate(kernel)
        )
    return values.astype(np.float32)


def cap(grey: Grey, n: int) -> Grey:
    return clipped(np.full(grey.shape, 17.0))


def lights_out(grey: Grey, n: int) -> Grey:
    return clipped(grey * 0.10 + 14)


def cloth(grey: Grey, n: int) -> Grey:
    across = np.linspace(0, 30, grey.shape[1])
    return clipped(120 + across + np.linspace(0, 12, grey.shape[0])[:, None])


def sprayed(share: float) -> Alter:
    """Paint from the right over so much of the picture, with a soft edge."""

    def alter(grey: Grey, n: int) -> Grey:
        width = grey.shape[1]
        edge = width * (1 - share) + 40 * np.sin(np.linspace(0, 9, grey.shape[0]))[:, None]
        cover = np.clip((np.arange(width) - edge) / 60 + 0.5, 0, 1)
        return clipped(grey * (1 - cover) + 96 * cover)

    return alter


def bag(grey: Grey, n: int) -> Grey:
    """A plastic bag over it: folds, out of focus, and a little light."""
    folds = np.kron(random(7).normal(0, 1, (11, 20)), np.ones((64, 64)))
    kernel = np.exp(-0.5 * (np.arange(-60, 61) / 25) ** 2)
    return clipped(150 + 60 * smoothed(folds.astype(np.float32), kernel / kernel.sum()))


def rain(grey: Grey, n: int) -> Grey:
    luck = random(n)
    wet = grey * 0.75 + 34
    for _ in range(260):
        x, y = int(luck.integers(0, grey.shape[1] - 8)), int(luck.integers(0, grey.shape[0] - 60))
        long = int(luck.integers(20, 60))
        wet[y : y + long, x : x + 2] = wet[y : y + long, x : x + 2] * 0.6 + 80
    return clipped(wet)


def drops(grey: Grey, n: int) -> Grey:
    """Water on the dome: a dozen round patches out of focus, for as long as it rains."""
    soft, luck = blurred(10)(grey, n), random(3)
    ys, xs = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    mask = np.zeros(grey.shape)
    for _ in range(12):
        x, y, r = luck.integers(0, grey.shape[1]), luck.integers(0, grey.shape[0]), luck.integers(40, 110)
        mask = np.maximum(mask, np.clip((r - np.hypot(xs - x, ys - y)) / 15, 0, 1))
    return clipped(grey * (1 - mask) + soft * mask)


def fog(grey: Grey, n: int) -> Grey:
    return clipped(grey * 0.4 + 105)


def dazzled(grey: Grey, n: int) -> Grey:
    return clipped(grey * 1.5)


def dusk(grey: Grey, n: int) -> Grey:
    return clipped(grey * 0.45 + 8)


def shadow(grey: Grey, n: int) -> Grey:
    """The sun goes round: an edge of shade that moves on."""
    at = (n * 37) % grey.shape[1]
    shade = np.where(
        (np.arange(grey.shape[1]) + np.arange(grey.shape[0])[:, None] // 2) % 1280 < at, 0.5, 1.0
    )
    return clipped(grey * shade)


def shaken(grey: Grey, n: int) -> Grey:
    luck = random(n)
    return np.roll(grey, (int(luck.integers(-8, 9)), int(luck.integers(-10, 11))), (0, 1))


def lorry(share: float) -> Alter:
    """A lorry before the lens: a box with its own edges over so much of the width."""

    def alter(grey: Grey, n: int) -> Grey:
        out = grey.astype(np.float32)
        left, right = 60, 60 + int(share * grey.shape[1])
        out[110:660, left:right] = 205
        out[110:120, left:right] = 60
        out[640:660, left:right] = 40
        out[120:640, left : left + 8] = 90
        out[120:640, right - 8 : right] = 90
        out[300:420, left + 120 : right - 120] = 120
        return clipped(out)

    return alter


def turned_about(degrees: float) -> Alter:
    """A round picture whose mount has turned in its socket."""

    def alter(grey: Grey, n: int) -> Grey:
        height, width = grey.shape
        ys, xs = np.mgrid[0:height, 0:width]
        turn = np.radians(degrees)
        dx, dy = xs - width / 2, ys - height / 2
        sx = np.clip(width / 2 + dx * np.cos(turn) - dy * np.sin(turn), 0, width - 1).astype(int)
        sy = np.clip(height / 2 + dx * np.sin(turn) + dy * np.cos(turn), 0, height - 1).astype(int)
        return grey[sy, sx]

    return alter


def films(pictures: Sequence[Grey], *, clock: bool = True, crf: int = 27) -> list[bytes]:
    """Each picture as a key frame of its own: initialisation segment and fragment, as the ingest hands them on."""
    frames = []
    for n, grey in enumerate(pictures):
        shown = grey.copy()
        if clock:
            line = b"".join(row_of(shown.shape[1], "C1 · AVENUE", f"22/11/2026 12:{n % 60:02d}:00"))
            shown[-16:] = np.frombuffer(line, np.uint8).reshape(16, -1)
        frames.append(shown)
    height, width = frames[0].shape
    film = run_ffmpeg(
        *["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-r", "1", "-i", "pipe:0"],
        *["-vf", "format=yuv420p", "-c:v", "libx264", "-preset", "ultrafast", "-g", "1", "-crf", str(crf)],
        *["-f", "mp4", "-movflags", "+frag_every_frame+empty_moov+default_base_moof", "pipe:1"],
        input=b"".join(frame.tobytes() for frame in frames),
    ).stdout
    parts = list(Splitter().feed(film))
    (init,) = [part for part in parts if isinstance(part, InitSegment)]
    return [init.data + part.data for part in parts if isinstance(part, Fragment)]
