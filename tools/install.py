"""Installs what a lock file names and shows how far it is: `install.py pip FILE` or `install.py npm`.

Alone, pip and npm say either nothing for a minute or a thousand lines. Only the standard library is imported: this runs
before anything is installed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

WIDTH = 24
PIP = [
    "install",
    "--no-deps",
    "--require-hashes",
    "--disable-pip-version-check",
    "--no-input",
    "--progress-bar=off",
]
NPM = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=http"]
# npm tells each file it fetched; what it has cached it takes without a word in some versions.
FETCHED = re.compile(r"^npm (?:http|verb) (?:fetch|cache) ")
COLLECTED = ("Collecting ", "Requirement already satisfied: ", "Ignoring ")
NAMED = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[^]]*\])?==", re.M)


class Bar:
    """One line that is drawn again and again on a terminal; elsewhere a line at each end."""

    def __init__(self, label: str, total: int, out: IO[str]) -> None:
        self.label, self.total, self.out = label, max(1, total), out
        self.began, self.drawn = time.monotonic(), ""
        if not out.isatty():
            out.write(f"setup     | {label}: installing …\n")
            out.flush()

    def at(self, done: int, most: float = 0.99) -> None:
        """Whole it is only once it has ended well."""
        if not self.out.isatty():
            return
        share = min(most, done / self.total)
        full = round(WIDTH * share)
        line = f"setup     | {self.label} {'█' * full}{'·' * (WIDTH - full)} {share:4.0%}"
        if line != self.drawn:
            self.out.write(f"\r{line}")
            self.out.flush()
            self.drawn = line

    def end(self, *, well: bool) -> None:
        if well:
            self.at(self.total, most=1.0)
        self.out.write("\n" if self.out.isatty() else "")
        if well:
            self.out.write(f"setup     | {self.label}: installed in {time.monotonic() - self.began:.0f} s\n")
        self.out.flush()


def watched(command: list[str], bar: Bar, told: Callable[[str], bool], seen: Callable[[], int] = int) -> int:
    """Run it. `told` says whether a line is one step further, `seen` how many more steps are to be seen on disk.

    Its own words are shown when it fails, and only then. Gives its exit code.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    steps, last = [0], deque[str](maxlen=40)

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if told(line):
                steps[0] += 1
            else:
                last.append(line)

    reader = threading.Thread(target=read)
    reader.start()
    while process.poll() is None:
        bar.at(steps[0] + seen())
        time.sleep(0.2)
    reader.join()
    bar.end(well=process.returncode == 0)
    if process.returncode != 0:
        bar.out.writelines(last)
    return process.returncode


def pip(lock: Path, out: IO[str]) -> int:
    """Each package counts twice: once fetched, once in its place."""
    named = len(NAMED.findall(lock.read_text(encoding="utf-8")))
    place = Path(sysconfig.get_path("purelib"))
    before = set(place.glob("*.dist-info"))
    bar = Bar(f"Python packages ({lock.name})", 2 * named, out)
    command = [sys.executable, "-m", "pip", *PIP, "-r", str(lock)]
    return watched(
        command,
        bar,
        lambda line: line.startswith(COLLECTED),
        lambda: len(set(place.glob("*.dist-info")) - before),
    )


def npm(out: IO[str]) -> int:
    packages = len(json.loads(Path("package-lock.json").read_text(encoding="utf-8"))["packages"]) - 1
    bar = Bar("browser libraries (package-lock.json)", packages, out)
    return watched(NPM, bar, lambda line: FETCHED.match(line) is not None)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["pip", lock]:
            return pip(Path(lock), sys.stdout)
        case ["npm"]:
            return npm(sys.stdout)
    sys.stderr.write(f"{__doc__}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
