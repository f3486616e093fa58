"""A clip as a stream: fragments, decoder, scene, as in production, as fast as it goes.

The clock of its pictures begins at an instant of one's choice; what is watched for is a list of settings.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import imageio_ffmpeg

from detection.sight.frames import Decoder
from detection.sight.scene import Scene
from detection.sight.types import Detector, RuleSetting, Signal
from footage.boxes import Fragment, InitSegment, Splitter
from footage.moov import BoxError

BEGAN = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
PIECE = 256 * 1024
FRAGMENT_US = 500_000
# Wide enough for people far away, and no wider than a sub-stream is.
WIDTH = 1280


class ClipError(Exception):
    """A file that is no clip, or one whose pictures cannot be read."""


@dataclass
class Run:
    """What became of a clip."""

    signals: list[Signal] = field(default_factory=list)
    pictures: int = 0  # in the clip
    decoded: int = 0
    skipped: int = 0  # fragments that could not be read
    seconds: float = 0.0  # it took
    length_s: float = 0.0


def run_clip(
    path: Path, rules: Sequence[RuleSetting], detector: Detector, *, began: dt.datetime = BEGAN
) -> list[Signal]:
    """What these rules would have signalled. Raises ClipError."""
    return run(path, rules, detector, began=began).signals


def run(path: Path, rules: Sequence[RuleSetting], detector: Detector, *, began: dt.datetime = BEGAN) -> Run:
    scene = Scene(rules, detector)
    done = Run()
    started = time.perf_counter()
    decoder: Decoder | None = None
    for part in fragments(path):
        if isinstance(part, InitSegment):
            decoder = Decoder(part.data, rate=scene.rate, width=WIDTH)
            continue
        if decoder is None:
            continue
        at = began + dt.timedelta(seconds=part.starts_s)
        frames = decoder.decode(part.data, at, all_frames=scene.wants_all_frames)
        done.pictures += part.samples
        done.decoded += len(frames)
        done.length_s = part.starts_s + part.seconds
        done.signals += scene.see(frames)
    if decoder is None or not done.pictures:
        raise ClipError(f"{path.name}: no pictures in it")
    done.signals += scene.see(decoder.flush())
    done.skipped = decoder.skipped
    done.seconds = time.perf_counter() - started
    return done


def fragments(path: Path) -> Iterator[InitSegment | Fragment]:
    """Of a clip, as the ingest makes them of a stream. Raises ClipError."""
    given = False
    with suppress(BoxError):
        for part in _split(path, ["-c:v", "copy"]):
            if isinstance(part, InitSegment):
                Decoder(part.data)  # a coding nobody decodes here is coded again below
            given = True
            yield part
    if not given:
        try:
            yield from _split(
                path, ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-bf", "0", "-g", "25"]
            )
        except BoxError as error:
            raise ClipError(f"{path.name}: {error}") from error


def _split(path: Path, coding: list[str]) -> Iterator[InitSegment | Fragment]:
    flags = "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"
    command = [
        *[
            ffmpeg(),
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "error",
            "-i",
            f"file:{path}",
            "-map",
            "0:v:0",
            "-an",
        ],
        *[*coding, "-f", "mp4", "-movflags", flags, "-frag_duration", str(FRAGMENT_US), "pipe:1"],
    ]
    splitter = Splitter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        assert process.stdout is not None
        try:
            while data := process.stdout.read(PIECE):
                yield from splitter.feed(data)
        finally:
            process.stdout.close()
            process.kill()
            process.wait()


def ffmpeg() -> str:
    """The one of the wheel, else the system's."""
    with suppress(RuntimeError):
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    found = shutil.which("ffmpeg")
    if found is None:
        raise ClipError("no ffmpeg on this machine")
    return found
