"""Plays drawn streets into ffmpeg as cameras would send them: in real time, with the name and the true clock."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path

from django.conf import settings

from footage.ingest.program import Spec
from footage.scenes import FPS, SECONDS
from footage.scenes.band import key_band, same_band
from footage.scenes.loop import Loop, is_drawn

logger = logging.getLogger(__name__)
LATE_S = 1.0
LOOK_AGAIN_S = 2.0


class Player:
    """One for all cameras of a node: a loop is in memory once, however many cameras show it."""

    def __init__(self) -> None:
        self._loops: dict[tuple[str, str], Loop] = {}
        self._drawing: asyncio.Task[None] | None = None

    async def feed(self, spec: Spec, into: asyncio.StreamWriter) -> None:
        """Until cancelled, or until ffmpeg is gone."""
        loop = await self._loop(spec.address, spec.quality)
        # Cameras that show the same street show it at different moments.
        ahead = spec.camera_id * 7 % SECONDS * FPS
        number = _next_second()
        while True:
            await asyncio.sleep(max(0.0, number / FPS - time.time()))
            if time.time() - number / FPS > LATE_S:  # the machine slept
                number = _next_second()
                continue
            into.write(_picture(loop, number, ahead, spec))
            await into.drain()
            number += 1

    async def _loop(self, scene: str, quality: str) -> Loop:
        key = scene, quality
        while key not in self._loops:
            if is_drawn(scene):
                self._loops[key] = Loop.of(scene, quality)
                break
            self.draw()
            await asyncio.sleep(LOOK_AGAIN_S)
        return self._loops[key]

    def draw(self) -> None:
        """What is missing, unless that is being done."""
        if self._drawing is None or self._drawing.done():
            self._drawing = asyncio.create_task(_draw())


def _next_second() -> int:
    return (int(time.time()) + 1) * FPS


def _picture(loop: Loop, number: int, ahead: int, spec: Spec) -> bytes:
    unit, shown = loop.unit(number + ahead)
    if not shown.key:
        return unit + same_band(shown, loop.form)
    clock = time.strftime("%d/%m/%Y %H:%M:%S", time.localtime(number // FPS))
    name = f"{spec.code} · {spec.label}" if spec.label else spec.code
    return loop.form.sps + loop.form.pps + unit + key_band(shown, loop.form, name, clock)


async def _draw() -> None:
    """In a process of its own that yields to everything else; another node may draw as well, harmlessly."""
    logger.info("drawing the streets of the demonstration, once; their cameras follow as each is done")
    manage = Path(settings.BASE_DIR) / "manage.py"
    process = await asyncio.create_subprocess_exec(
        "nice", sys.executable, str(manage), "draw_scenes", "--quiet", stdin=asyncio.subprocess.DEVNULL
    )
    try:
        if await process.wait():
            logger.error("the streets could not be drawn: run manage.py draw_scenes to see why")
            await asyncio.sleep(30)
    finally:
        if process.returncode is None:
            process.terminate()
