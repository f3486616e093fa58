from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from detection import trials, trying


class Command(BaseCommand):
    help = (
        "Run a trial somebody asked for in the administration. The worker starts it in a process of its own."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("trial", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        trial = trials.begin(options["trial"])
        if trial is None:
            return
        try:
            found, seconds = trying.run(trial)
        except trying.CannotTry as refused:
            trials.failed(trial.pk, refused)
            return
        trials.done(trial, found, seconds)
        self.stdout.write(f"{seconds:.0f} s of film, {len(found)} signals")
