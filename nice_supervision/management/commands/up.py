"""Starts a whole centre on this machine and keeps it alive: `make run`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError

from nice_supervision.start.hold import HeldError, Hold
from nice_supervision.start.life import Run
from nice_supervision.start.postgres import CannotStart


class Command(BaseCommand):
    help = "Start the centre: servers, database, demonstration city, web, worker, clock. Ctrl-C stops it all."
    # The database may not exist yet: `prepare` runs the checks once it does.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000)")
        parser.add_argument("--no-demo", action="store_true", help="do not seed the demonstration city")

    def handle(self, *args: Any, **options: Any) -> None:
        var = Path(settings.VAR)
        run = Run(var, options["host"], options["port"], get_commands(), demo=not options["no_demo"])
        hold = Hold(var)
        try:
            hold.take(run.address)
        except HeldError as held:
            raise CommandError(str(held)) from None
        try:
            run.whole_life()
        except CannotStart as error:
            raise CommandError(str(error)) from None
        finally:
            hold.release()
