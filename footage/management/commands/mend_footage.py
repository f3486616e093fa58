"""Brings files and rows of recordings together again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from footage.mending import QUIET_S, mend


class Command(BaseCommand):
    help = "Mend recordings after a crash: cut files, files without a row, rows without a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recent", action="store_true", help="only the last two hours' folders")
        parser.add_argument(
            "--everywhere",
            action="store_true",
            help="all machines share this disk: a file that is not on it is missing, whoever wrote it",
        )
        parser.add_argument(
            "--quiet-seconds",
            type=float,
            default=QUIET_S,
            help="take no file that was written to more recently (default %(default)g)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = mend(
            Path(settings.FOOTAGE_ROOT),
            busy=set(),
            recent=options["recent"],
            quiet_s=options["quiet_seconds"],
            everywhere=options["everywhere"],
        )
        for what, names in (
            ("mended", done.mended),
            ("adopted", done.adopted),
            ("missing", done.missing),
            ("empty, removed", done.empty),
            ("of no camera, left", done.strange),
        ):
            for name in names:
                self.stdout.write(f"{what}: {name}")
        self.stdout.write(f"{done.bytes_cut} bytes after the last whole fragments cut off")
