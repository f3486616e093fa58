"""A drawn street on disk: a loop in H.264, large and small, drawn once."""

from __future__ import annotations

import mmap
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from footage.ingest.program import ffmpeg
from footage.live import MAIN, SUB
from footage.scenes import FPS, HEIGHT, WIDTH
from footage.scenes.band import IDR, PPS, SPS, Format, NotSuitable, Picture, parameter_sets, picture

# Part of the names: a new drawing or another encoding makes new files.
VERSION = 3
START = re.compile(rb"\x00\x00\x01")
# A row of sixteen lines is added to each: 1280×720 and 768×432. Whole macroblocks, so that nothing is cropped:
# browsers differ in how they crop at the top.
SIZES = {MAIN: (WIDTH, HEIGHT, "900k", 25), SUB: (768, 416, "300k", 27)}


def folder() -> Path:
    return Path(settings.VAR) / "scenes"


def path_of(scene: str, quality: str) -> Path:
    return folder() / f"{scene}-{VERSION}.{quality}.h264"


def is_drawn(scene: str) -> bool:
    return all(path_of(scene, quality).exists() for quality in (MAIN, SUB))


def forget_begun() -> None:
    """What a drawer that was killed has left. For who holds the lock: nobody else draws."""
    for path in folder().glob("*"):
        if path.suffix[1:].isdigit():
            path.unlink(missing_ok=True)


def encode(scene: str, pictures: Iterable[bytes], tell: Callable[[], object]) -> None:
    """Both sizes at once. The files appear when they are whole."""
    folder().mkdir(parents=True, exist_ok=True)
    parts = {quality: path_of(scene, quality).with_suffix(f".{os.getpid()}") for quality in (MAIN, SUB)}
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS), "-i", "pipe:0"]
    for quality, (width, height, rate, crf) in SIZES.items():
        command += ["-vf", f"scale={width}:{height}:out_color_matrix=bt709:out_range=tv,format=yuv420p"]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "baseline", "-threads", "1"]
        command += ["-g", str(FPS), "-keyint_min", str(FPS), "-sc_threshold", "0", "-bf", "0", "-refs", "1"]
        command += ["-crf", str(crf), "-maxrate", rate, "-bufsize", rate, "-x264-params", "slices=1"]
        for name in ("colorspace", "color_primaries", "color_trc"):
            command += [f"-{name}", "bt709"]
        command += ["-color_range", "tv", "-f", "h264", str(parts[quality])]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        if process.stdin is None:
            raise RuntimeError("no way into ffmpeg")
        for pixels in pictures:
            process.stdin.write(pixels)
            tell()
        process.stdin.close()
        if process.wait():
            raise RuntimeError(f"ffmpeg could not encode {scene}")
    for quality, part in parts.items():
        Loop.opened(part)  # refuses what cannot be played
        part.replace(path_of(scene, quality))


@dataclass(frozen=True)
class Loop:
    """Pictures of a loop by number, ready to be sent."""

    data: mmap.mmap
    form: Format
    pictures: tuple[tuple[int, int, Picture], ...]

    @classmethod
    def of(cls, scene: str, quality: str) -> Loop:
        return cls.opened(path_of(scene, quality))

    @classmethod
    def opened(cls, path: Path) -> Loop:
        with path.open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        starts = [found.end() for found in START.finditer(data)]
        units = [
            (start, _end(data, end - 3))
            for start, end in zip(starts, [*starts[1:], len(data) + 3], strict=True)
        ]
        sets = {data[start] & 31: data[start:end] for start, end in units}
        if SPS not in sets or PPS not in sets:
            raise NotSuitable("no parameter sets")
        form = parameter_sets(sets[SPS], sets[PPS])
        slices = [unit for unit in units if data[unit[0]] & 31 in (1, IDR)]
        pictures = tuple((start, end, picture(data[start : start + 24], form)) for start, end in slices)
        if len(pictures) % FPS or any(
            shown.key != (n % FPS == 0) for n, (_, _, shown) in enumerate(pictures)
        ):
            raise NotSuitable(f"not a key picture a second in {path.name}")
        return cls(data, form, pictures)

    def unit(self, number: int) -> tuple[bytes, Picture]:
        """The slice of this picture, with its start code, and what is to be known of it."""
        start, end, shown = self.pictures[number % len(self.pictures)]
        return b"\0\0\0\1" + self.data[start:end], shown


def _end(data: mmap.mmap, end: int) -> int:
    """Without the zeroes that belong to the next start code."""
    while end > 0 and data[end - 1] == 0:
        end -= 1
    return end
