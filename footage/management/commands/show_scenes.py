"""Gives drawn streets to cameras of the demonstration city."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from footage.actions import SHOWN, show_scenes


class Command(BaseCommand):
    help = "Give drawn streets to cameras of the demonstration city that have no pictures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at-most", type=int, default=SHOWN, help="cameras in all (default %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        count = show_scenes(at_most=options["at_most"])
        self.stdout.write(f"{count} cameras show a drawn street from now on")
