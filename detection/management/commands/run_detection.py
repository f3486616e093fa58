"""Watches by software the cameras of one shard: waits, light, until something may be watched; then works."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from detection.models import WatchState
from detection.watching.duty import bring_in_line, waits_for
from detection.watching.pulse import beat
from footage.management.commands.run_cameras import shard

logger = logging.getLogger(__name__)
LOOK_S = 2.0
NEEDED = ("av", "cv2", "supervision", "trackers")
# Said again while it lasts.
SAY_AGAIN = 150


class Command(BaseCommand):
    help = "Watch the cameras of this shard by software: those for which somebody switched it on and may."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--shard",
            type=shard,
            default=(1, 1),
            metavar="I/N",
            help="which of how many shares (default 1/1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        number, of = options["shard"]
        stop = threading.Event()

        def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, ask_to_stop)
        if not _until_due(stop, number, of):
            return
        # Only now: what decodes and detects takes a second to load and some hundred megabytes.
        ended = import_module("detection.watching.app").serve(number, of)
        if ended == "broke":
            sys.exit(1)
        if ended == "idle":
            os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606  light again


def _until_due(stop: threading.Event, number: int, of: int) -> bool:
    """False when it was told to stop while it waited."""
    turns = 0
    while not stop.is_set():
        try:
            beat(number, of)
            if bring_in_line() and waits_for(number, of):
                missing = [name for name in NEEDED if find_spec(name) is None]
                if not missing:
                    return True
                _say_missing(missing, aloud=turns % SAY_AGAIN == 0)
                turns += 1
        except DatabaseError as error:
            logger.warning("the database: %s", str(error).strip())
        connection.close()
        stop.wait(LOOK_S)
    return False


def _say_missing(names: list[str], *, aloud: bool) -> None:
    WatchState.objects.due().update(state=WatchState.State.REFUSED, changed_at=timezone.now())
    if not aloud:
        return
    logger.error(
        "cameras are to be watched and nothing here can: %s missing. Install what detection needs "
        "(docs/operations/detection.md) and it begins by itself.",
        ", ".join(names),
    )
