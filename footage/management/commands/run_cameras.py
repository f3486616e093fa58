"""Takes in, records and relays the cameras of one shard."""

from __future__ import annotations

import asyncio
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from footage.ingest.node import Node


class Command(BaseCommand):
    help = "Take in the pictures of this shard of the cameras: record them, relay them live."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--shard",
            type=shard,
            default=(1, 1),
            metavar="I/N",
            help="which of how many shares (default 1/1)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if sys.version_info < (3, 12):  # later versions do so by themselves
            asyncio.set_child_watcher(asyncio.PidfdChildWatcher())
        # An order to turn does not wait 5 ms behind a thread that writes or looks at pictures (as in asgi.py).
        sys.setswitchinterval(0.0005)
        asyncio.run(Node(*options["shard"]).run())


def shard(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise ArgumentTypeError("write which of how many, such as 2/5")
    return int(match[1]), int(match[2])
