"""What `up` says: one prefixed line per thing, in colour on a terminal."""

from __future__ import annotations

import contextlib
import sys

COLOURS = {"up": 1, "web": 36, "worker": 33, "beat": 35, "cameras": 32, "receivers": 34, "crews": 34}


def say(name: str, line: str) -> None:
    prefix = f"{name:<9} |"
    if sys.stdout.isatty():
        prefix = f"\033[{COLOURS.get(name, 37)}m{prefix}\033[0m"
    # The reader of our output may be gone (`make run | head`): the centre goes on.
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{prefix} {line}\n")
        sys.stdout.flush()


def box(lines: list[str]) -> None:
    width = max(len(line) for line in lines)
    rule = "─" * (width + 2)
    text = "\n".join([f"┌{rule}┐", *(f"│ {line:<{width}} │" for line in lines), f"└{rule}┘"])
    with contextlib.suppress(OSError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
