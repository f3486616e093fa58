"""Real domes that do not exist, in a process of their own; and orders carried out as `run_cameras` does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import connection, connections

from cameras.credentials import Credentials
from cameras.models import Camera, Device
from cameras.steering.carrying import Carrier
from footage.ledger import Ledger
from nice_supervision.demo.domes import marks
from nice_supervision.demo.domes.device import HEIGHT, WIDTH
from nice_supervision.demo.domes.head import Looking
from nice_supervision.demo.domes.picture import ffmpeg

ROOT = Path(__file__).resolve().parent.parent.parent
USER, PASSWORD = "centre", "a secret of domes"
# How each hangs on its mast: where north is, degrees per count, level, degrees per count of tilt.
STRAIGHT, ASKEW = "straight", "askew:0.31:-174:0.12:76"


class Domes:
    """One process; `spoil` makes one misbehave."""

    def __init__(self, *domes: str, speed: float = 1.0) -> None:
        command = [sys.executable, "-m", "nice_supervision.demo.domes", "--user", USER, "--testing"]
        command += ["--speed", str(speed)]
        for dome in domes or (STRAIGHT, ASKEW):
            command += ["--dome", dome]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "DOME_PASSWORD": PASSWORD},
        )
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.http, self.rtsp = told["http"], told["rtsp"]

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)

    def url(self, dome: str) -> str:
        return f"http://127.0.0.1:{self.http}/{dome}/onvif/device_service"

    def stream(self, dome: str) -> str:
        return f"rtsp://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{self.rtsp}/{dome}"

    def state(self, dome: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/{dome}/state", timeout=5) as answer:
            return dict(json.load(answer))

    def told(self, dome: str, operation: str) -> list[Any]:
        return [one["detail"] for one in self.state(dome)["told"] if one["operation"] == operation]

    def spoil(self, dome: str, **wrong: Any) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/{dome}/misbehave",
            data=json.dumps(wrong).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=5).close()

    def mend(self, dome: str) -> None:
        self.spoil(
            dome,
            slow_s=0,
            drops=0,
            clock_off_s=0,
            refuses=[],
            unanswering=False,
            digest_only=False,
            password=PASSWORD,
            reboot_s=0,
        )

    def shown(self, dome: str) -> tuple[Looking, Any]:
        """What its picture says it sees, read from the RTSP stream by ffmpeg; and the picture."""
        command = [ffmpeg(), "-v", "error", "-rtsp_transport", "tcp", "-i", self.stream(dome)]
        command += ["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
        raw = subprocess.run(command, capture_output=True, timeout=30, check=True).stdout
        pixels = np.frombuffer(raw, np.uint8).reshape(HEIGHT, WIDTH, 3)
        looking = marks.read(pixels)
        assert looking is not None, "the row of cells cannot be read"
        return looking, pixels


def device(camera: Camera, domes: Domes, dome: str, **fields: Any) -> Device:
    sealed = Credentials(USER, fields.pop("password", PASSWORD)).sealed()
    return Device.objects.create(camera=camera, url=domes.url(dome), sealed_credentials=sealed, **fields)


@contextlib.contextmanager
def carrying(shards: frozenset[int] = frozenset({1})) -> Iterator[Carrier]:
    """A Carrier on an event loop of its own, with the ledger of a node."""
    ledger, ready, found = Ledger(), threading.Event(), {}

    async def run() -> None:
        found["carrier"] = Carrier(ledger, lambda: shards, 1, settings.REDIS_URL)
        found["task"], found["loop"] = asyncio.current_task(), asyncio.get_running_loop()
        ready.set()
        with contextlib.suppress(asyncio.CancelledError):
            await found["carrier"].run()

    ledger.start()
    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield found["carrier"]
    finally:
        found["loop"].call_soon_threadsafe(found["task"].cancel)
        thread.join(10)
        ledger.finish(5)
        connections.close_all()
        connection.close_pool()
