"""Drives the exercise units along the drawn streets, as their receivers would tell it."""

from __future__ import annotations

import logging
import random
import signal
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from patrols import actions, streets
from patrols.driving import Fleet
from patrols.models import Unit

logger = logging.getLogger(__name__)
CREW_CHANGE_S = 30.0  # how often units added or taken away are looked for


class Command(BaseCommand):
    help = "Drive the exercise units through the city until stopped (demonstration and benches)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=2.0, help="seconds between two fixes (default 2)")
        parser.add_argument("--for", type=float, dest="seconds", help="stop after so many seconds")
        parser.add_argument("--seed", type=int, help="the same drive each time")

    def handle(self, *args: Any, **options: Any) -> None:
        every: float = options["every"]
        if every <= 0:
            raise CommandError("--every takes seconds, more than 0")
        path = Path(settings.BASE_DIR, "static", "basemap", "streets.geojson")
        rng = random.Random(options["seed"])  # noqa: S311 - a game, not a secret
        driver = Driver(Fleet(streets.read(path), rng), every)
        for sig in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sig, lambda *_: driver.stop.set())
        driver.drive(options["seconds"])


class Driver:
    def __init__(self, fleet: Fleet, every_s: float) -> None:
        self.fleet, self.every_s = fleet, every_s
        self.stop = threading.Event()
        self.answering = True
        self.crewed_at = -CREW_CHANGE_S

    def drive(self, seconds: float | None = None) -> None:
        began = time.monotonic()
        last = began
        while not self.stop.is_set() and (seconds is None or time.monotonic() - began < seconds):
            now = time.monotonic()
            self._tell(min(now - last, 3 * self.every_s), now)
            last = now
            self.stop.wait(max(0.0, self.every_s - (time.monotonic() - now)))

    def _tell(self, elapsed_s: float, now: float) -> None:
        """One batch; the database may be away for a while, and is told once when it goes and returns."""
        try:
            if now - self.crewed_at >= CREW_CHANGE_S:
                self.fleet.crew(Unit.objects.filter(exercise=True))
                self.crewed_at = now
            actions.record_positions(batch=self.fleet.go_on(elapsed_s, timezone.now()))
        except DatabaseError:
            connection.close()
            if self.answering:
                logger.warning("demonstration units wait: the database does not answer")
            self.answering = False
            return
        if not self.answering:
            logger.info("demonstration units go on")
        self.answering = True
