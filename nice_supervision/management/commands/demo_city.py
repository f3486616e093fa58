"""The demonstration city: `manage.py demo_city`. See docs/how-to/demonstration.md."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from doors.problems import Refused
from nice_supervision.demo import checking, city
from nice_supervision.demo.estate import WrongData
from nice_supervision.demo.people import NameTaken


class Command(BaseCommand):
    help = "Load Nice as a demonstration city, all of it marked as exercise. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; say what is not in order")
        for what in ("cameras", "sites", "units"):
            parser.add_argument(f"--{what}", type=int, default=0, help=f"fill up to so many {what} (benches)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.verbosity: int = options["verbosity"]
        if not options["check"]:
            self._load(options)
        if problems := checking.problems():
            raise CommandError("The demonstration city is not in order:\n" + "\n".join(problems))
        self._tell("in order")

    def _load(self, options: dict[str, Any]) -> None:
        # Two hundred lines of "key created" and "roles given" would hide the six that matter here.
        logging.disable(logging.INFO)
        try:
            with tqdm(
                desc="demonstration", unit="", ncols=90, disable=None if self.verbosity else True
            ) as bar:
                city.load(
                    cameras=options["cameras"],
                    sites=options["sites"],
                    units=options["units"],
                    tell=lambda line: self._tell(line, bar),
                    passed=lambda done, of: _draw(bar, done, of),
                )
        except Refused as refused:
            raise CommandError(f"{refused.title} {refused.what_to_do}") from refused
        except NameTaken as taken:
            raise CommandError(f"These accounts are not the demonstration's: {taken}.") from taken
        except WrongData as wrong:
            raise CommandError(f"The files of the demonstration were refused: {wrong}") from wrong
        finally:
            logging.disable(logging.NOTSET)

    def _tell(self, line: str, bar: tqdm[Any] | None = None) -> None:
        if self.verbosity == 0:
            return
        if bar is not None:
            bar.clear()  # the line takes its place, and it is drawn again below
        self.stdout.write(f"{'demo':<9} | {line}")


def _draw(bar: tqdm[Any], done: int, of: int) -> None:
    bar.total, bar.n = of, done
    bar.refresh()
