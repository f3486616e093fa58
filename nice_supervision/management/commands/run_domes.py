"""Serves drawn domes for the demonstration: its first cameras really turn, and their pictures show it."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
from argparse import ArgumentParser
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand

from nice_supervision.demo import drawn_domes, first
from nice_supervision.demo.domes.server import Domes

logger = logging.getLogger(__name__)
AGAIN_S = 3.0
USER = "demo"


class Command(BaseCommand):
    help = "Serve drawn ONVIF domes for the first cameras of the demonstration, until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--domes", type=int, default=first.DOMES, help="how many (default 4; each costs 4 %% of a core)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(_serve(options["domes"]))


async def _serve(count: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    password = secrets.token_urlsafe(12)
    while not (cameras := await sync_to_async(first.domes)(count)):
        # A real city, or one that is being loaded: nothing to draw, and nothing to end for.
        if await _ended(stop, AGAIN_S):
            return
    domes = Domes(
        [drawn_domes.dome_of(camera, USER, password) for camera in cameras],
        host=first.HERE,
        http_port=0,
        rtsp_port=0,
        testing=False,
    )
    for camera in cameras:
        domes.cameras[camera.code].painter.square.marks = await sync_to_async(drawn_domes.marks)(camera)
    await domes.start()
    await sync_to_async(drawn_domes.lead_to)(
        cameras, http_port=domes.http_port, rtsp_port=domes.rtsp_port, user=USER, password=password
    )
    logger.info("drawn domes: %s", ", ".join(camera.code for camera in cameras))
    await stop.wait()


async def _ended(stop: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return False
    return True
