"""What a dome sees, as H.264: drawn only when something changed, encoded only while somebody looks."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import math
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import imageio_ffmpeg
import numpy as np

from footage.scenes.canvas import Canvas, Pixels
from footage.scenes.letters import HEIGHT as LINE
from footage.scenes.letters import row_of
from nice_supervision.demo.domes import marks
from nice_supervision.demo.domes.device import FPS, HEIGHT, WIDTH, Dome, hfov_deg
from nice_supervision.demo.domes.drawing import Eye, Square
from nice_supervision.demo.domes.head import Looking

logger = logging.getLogger(__name__)
LINGER_S = 5.0
CLOUDS = 0.04
IDR, SPS, PPS = 5, 7, 8
FLV_HEADER, TAG_HEADER, VIDEO = 13, 11, 9


@dataclass(frozen=True)
class Frame:
    """One picture: its NAL units without start codes, and when it was drawn."""

    units: tuple[bytes, ...]
    at: float
    key: bool


class Painter:
    """Draws what this dome sees now; the same picture again while nothing has changed."""

    def __init__(self, dome: Dome) -> None:
        self.square = Square(dome.seed, dome.mast_m)
        self._dome = dome
        self._last: tuple[object, Pixels] | None = None
        self._lettered: tuple[object, Pixels] | None = None

    def picture(self) -> Pixels:
        looking = self._dome.head.looking()
        key = (looking, tuple(self.square.marks), tuple(self._dome.masks))
        if self._last is None or self._last[0] != key:
            self._last = key, self._drawn(looking)
        return self._with_line(*self._last) if self._dome.label else self._last[1]

    def _with_line(self, key: object, drawn: Pixels) -> Pixels:
        """Name and time under it, as in a drawn street; the picture is not drawn again for a second that passed."""
        clock = self._dome.clock().astimezone().strftime("%d/%m/%Y %H:%M:%S")
        if self._lettered is None or self._lettered[0] != (key, clock):
            # A drawing has no noise: without the light that comes and goes it would be found frozen.
            lettered = lighter(drawn, math.sin(self._dome.clock().timestamp() / 40))
            for line, dots in enumerate(row_of(WIDTH, self._dome.label, clock), HEIGHT - LINE):
                lettered[line] = np.frombuffer(dots, np.uint8)[:, None]
            self._lettered = (key, clock), lettered
        return self._lettered[1]

    def _drawn(self, looking: Looking) -> Pixels:
        eye = Eye(WIDTH, HEIGHT, looking.bearing_deg, looking.tilt_deg, hfov_deg(self._dome, looking.zoom))
        pixels = self.square.seen(eye)
        canvas = Canvas(pixels)
        for mask in self._dome.masks.values():
            if mask.enabled:
                canvas.polygon(
                    [((x + 1) / 2 * WIDTH, (1 - y) / 2 * HEIGHT) for x, y in mask.corners], (0, 0, 0)
                )
        if not self._dome.label:
            marks.write(pixels, looking)
        return pixels


def lighter(drawn: Pixels, by: float) -> Pixels:
    """The same picture when a cloud passes; `by` from -1 to 1."""
    shades: Pixels = np.clip(np.arange(256) * (1 + CLOUDS * by), 0, 255).astype(np.uint8)
    lit: Pixels = shades[drawn]
    return lit


class Camera:
    """The encoder of one dome, and who listens to it."""

    def __init__(self, dome: Dome) -> None:
        self.dome = dome
        self.painter = Painter(dome)
        self.sets: tuple[bytes, bytes] | None = None
        self._listeners: set[Callable[[Frame], None]] = set()
        self._task: asyncio.Task[None] | None = None

    @contextlib.contextmanager
    def heard_by(self, listener: Callable[[Frame], None]) -> Iterator[None]:
        self._listeners.add(listener)
        self.begin()
        try:
            yield
        finally:
            self._listeners.discard(listener)

    def begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._encode())

    async def parameter_sets(self) -> tuple[bytes, bytes]:
        """Those of its stream, once it runs."""
        self.begin()
        while self.sets is None:
            await asyncio.sleep(0.02)
        return self.sets

    async def still(self) -> bytes:
        pixels = await asyncio.to_thread(self.painter.picture)
        process = await asyncio.create_subprocess_exec(
            *(ffmpeg(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}"),
            *("-i", "pipe:0", "-frames:v", "1", "-q:v", "3", "-f", "mjpeg", "pipe:1"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        picture, _ = await process.communicate(pixels.tobytes())
        return picture

    async def _encode(self) -> None:
        """Until nobody has listened for a while."""
        process = await asyncio.create_subprocess_exec(
            *_command(), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("no way into ffmpeg")
        drawing = asyncio.create_task(self._draw(process.stdin))
        try:
            async for units in _pictures(process.stdout):
                kinds = {unit[0] & 31: unit for unit in units}
                if SPS in kinds and PPS in kinds:
                    self.sets = kinds[SPS], kinds[PPS]
                shown = tuple(unit for unit in units if unit[0] & 31 in (1, IDR))
                if shown:
                    self._tell(Frame(shown, time.time(), IDR in kinds))
        finally:
            drawing.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _draw(self, into: asyncio.StreamWriter) -> None:
        quiet_since, number = time.monotonic(), 0
        start = time.monotonic()
        while time.monotonic() - quiet_since < LINGER_S:
            if self._listeners:
                quiet_since = time.monotonic()
            pixels = await asyncio.to_thread(self.painter.picture)
            into.write(pixels.tobytes())
            await into.drain()
            # A slow machine skips instants, never piles them up.
            number = max(number + 1, int((time.monotonic() - start) * FPS))
            await asyncio.sleep(max(0.0, start + number / FPS - time.monotonic()))
        into.close()

    def _tell(self, frame: Frame) -> None:
        for listener in list(self._listeners):
            listener(frame)


def sprop(sets: tuple[bytes, bytes]) -> str:
    return ",".join(base64.b64encode(one).decode() for one in sets)


def ffmpeg() -> str:
    """Without Django, which this process does not have."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _command() -> list[str]:
    return [
        *(ffmpeg(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}"),
        *("-r", str(FPS), "-i", "pipe:0", "-vf", "format=yuv420p", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-tune", "zerolatency", "-profile:v", "baseline", "-threads", "1", "-g", str(FPS), "-crf", "24"),
        *("-x264-params", "slices=1:repeat-headers=1:scenecut=0"),
        *("-f", "flv", "-flvflags", "no_duration_filesize", "-flush_packets", "1", "pipe:1"),
    ]


async def _pictures(out: asyncio.StreamReader) -> AsyncIterator[list[bytes]]:
    """NAL units of each picture. FLV says how long each is, so none waits for the next."""
    try:
        await out.readexactly(FLV_HEADER)
        while True:
            head = await out.readexactly(TAG_HEADER)
            size = int.from_bytes(head[1:4], "big")
            data = await out.readexactly(size + 4)
            if head[0] & 31 != VIDEO or size < 5:
                continue
            yield _record(data[5:size]) if data[1] == 0 else _units(data[5:size])
    except asyncio.IncompleteReadError:
        return


def _units(data: bytes) -> list[bytes]:
    units, at = [], 0
    while at + 4 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        units.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return units


def _record(data: bytes) -> list[bytes]:
    """Parameter sets out of an AVCDecoderConfigurationRecord (ISO 14496-15 §5.3.3)."""
    units, at = [], 5
    for mask in (31, 255):
        count, at = data[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(data[at : at + 2], "big")
            units.append(data[at + 2 : at + 2 + size])
            at += 2 + size
    return units
