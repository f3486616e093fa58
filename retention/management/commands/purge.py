from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from retention import engine
from retention.models import Lateness, Run


class Command(BaseCommand):
    help = "Destroy now what has expired, as the clock does every quarter of an hour and at 03:00."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--clock-is-right",
            action="store_true",
            help="go on although the clock leapt: somebody looked at it",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = engine.purge(Run.Kind.BY_HAND, clock_is_right=options["clock_is_right"])
        if run is None:
            raise CommandError("Another purge is under way: try again when it has ended.")
        self.stdout.write(
            f"run {run.pk}: {run.rows} rows, {run.files} files, {run.bytes} bytes in {engine.took(run)}"
        )
        for what, why in run.failures.items():
            self.stderr.write(f"{what}: {why}")
        late = Lateness.objects.filter(items__gt=0)
        for one in late:
            self.stderr.write(f"{one.what}: {one.items} past their limit, the oldest from {one.oldest}")
        if run.failures or late:
            raise CommandError("Not everything that has expired is gone.")
