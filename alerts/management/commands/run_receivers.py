"""Listens to devices that do not speak REST: alarm panels (ANSI/SIA DC-09)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from alerts.panels.server import Receiver
from events import deliveries

logger = logging.getLogger(__name__)
AGAIN_S = 10.0


class Command(BaseCommand):
    help = "Listen to alarm panels (ANSI/SIA DC-09 over TCP and UDP) on SIA_HOST and SIA_PORT."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.SIA_HOST, help="address to listen on (SIA_HOST)")
        parser.add_argument("--port", type=int, default=settings.SIA_PORT, help="TCP and UDP (SIA_PORT)")

    def handle(self, *args: Any, **options: Any) -> None:
        # A panel is answered when its frame is written; what follows from it does not hold the answer up.
        deliveries.in_background()
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(_listen(options["host"], options["port"]))


async def _listen(host: str, port: int) -> None:
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    said = ""
    while True:
        receiver = Receiver(host, port)
        try:
            await receiver.listen()
        except OSError as error:
            # Another centre of this machine may hold it; the buttons do not wait for it.
            if str(error) != said:  # once, not every ten seconds
                said = str(error)
                logger.error("port %d is not free (%s): set SIA_PORT to another; tried again", port, error)
            await receiver.close()
            await asyncio.sleep(AGAIN_S)
            continue
        logger.info("alarm panels: listening on %s port %d, TCP and UDP", host, receiver.port)
        await receiver.serve()
