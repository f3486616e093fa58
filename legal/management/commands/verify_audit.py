from __future__ import annotations

import datetime as dt
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from legal.chain import CHAINS
from legal.reading import heads_kept
from legal.verify import verify


class Command(BaseCommand):
    help = "Find any row of the log of consultations that was altered, removed, inserted or moved."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", type=_day, help="first day, such as 2026-11-22")
        parser.add_argument("--to", dest="end", type=_day, help="last day, included")
        parser.add_argument(
            "--heads",
            type=Path,
            help="heads kept elsewhere, one JSON object a line (default: beside the key)",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=min(4, os.cpu_count() or 1),
            help="that read a long log side by side (default: one a core, four at most)",
        )

    def handle(self, *args: Any, start: dt.date | None, end: dt.date | None, **options: Any) -> None:
        first = _midnight(start) if start else None
        last = _midnight(end + dt.timedelta(days=1)) if end else None
        kept = heads_kept(options["heads"])
        began, rows, heads, wrong = time.perf_counter(), 0, 0, 0
        for chain in CHAINS:
            walk = verify(chain, start=first, end=last, kept=kept, processes=options["processes"])
            rows, heads = rows + walk.rows, heads + walk.heads
            for finding in walk.findings:
                wrong += 1
                self.stdout.write(self.style.ERROR(str(finding)))
        seconds = time.perf_counter() - began
        self.stdout.write(
            f"{rows} rows and {heads} heads read in {seconds:.1f} s ({rows / max(seconds, 1e-9):.0f} rows/s)"
        )
        if wrong:
            raise CommandError(f"{wrong} things are wrong with the log.")
        self.stdout.write(self.style.SUCCESS("The log is whole."))


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
