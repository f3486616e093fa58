"""What every bench of the room needs: the centre, people with sessions, buttons with keys, the bare broadcast.

Django is set up by `on_stage`, on the bench's own servers, so import models inside it or after it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import django
import psutil

from nice_supervision.start.processes import free_port
from tests.servers import Centre, bench_centre

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Stage:
    """A running centre with its cast."""

    centre: Centre
    cookies: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def ws(self) -> str:
        return f"{self.centre.ws_url}/ws/console/"


@contextlib.contextmanager
def on_stage(*, people: int, buttons: int, cameras: int = 0) -> Iterator[Stage]:
    """A fresh centre with this many signed-in operators and buttons in a grid over Nice."""
    with bench_centre() as centre:
        centre.env["DEVICE_RATE"] = centre.env["ADDRESS_RATE"] = "100000/min"
        os.environ.update(centre.env)
        django.setup()
        logging.disable(logging.INFO)
        from benches import cast

        stage = Stage(centre, cast.sessions(people), cast.buttons(buttons))
        if cameras:
            cast.cameras(cameras)
        centre.start()
        yield stage


@contextlib.contextmanager
def bare_broadcast(
    redis_url: str, application: str = "benches.bare:application"
) -> Iterator[tuple[str, int]]:
    """A daphne that serves benches.bare, or another floor: (ws url, pid)."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "daphne",
            "-b",
            "127.0.0.1",
            "-p",
            str(port),
            "-v",
            "0",
            application,
        ],
        env=os.environ | {"REDIS_URL": redis_url},
        cwd=ROOT,
    )
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).read()
                break
            time.sleep(0.1)
        yield f"ws://127.0.0.1:{port}/", process.pid
    finally:
        process.terminate()
        process.wait(10)


def cpu_seconds(pid: int) -> float:
    """User and system seconds a process and its children have used."""
    process = psutil.Process(pid)
    everybody = [process, *process.children(recursive=True)]
    return sum(p.cpu_times().user + p.cpu_times().system for p in everybody)
