"""Draws the streets of the demonstration, once."""

from __future__ import annotations

import fcntl
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from footage.scenes import NAMES
from footage.scenes.catalogue import SCENES
from footage.scenes.loop import encode, folder, forget_begun, is_drawn


class Command(BaseCommand):
    help = "Draw the demonstration's streets into short films (var/scenes); those there are kept."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scenes", nargs="*", choices=[*NAMES, []], help="only these (default: all)")
        parser.add_argument("--again", action="store_true", help="draw those there are, too")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        folder().mkdir(parents=True, exist_ok=True)
        with (folder() / "drawing.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a second drawer waits, and finds them drawn
            forget_begun()
            wanted = [name for name in options["scenes"] or NAMES if options["again"] or not is_drawn(name)]
            with tqdm(
                total=sum(SCENES[name].length for name in wanted),
                desc="streets",
                unit=" pictures",
                ncols=90,
                disable=options["quiet"],
            ) as bar:
                for name in wanted:
                    bar.set_description(name)
                    encode(name, (pixels.tobytes() for pixels in SCENES[name].frames()), bar.update)
