"""Runs the tests of live centres; what failed beside others is tried once more, alone, and named at the end.

First those that mostly wait (for something to be lost, to return, to come in its time), twice as many at once as
asked; then those with a browser, which computes all the time.

Real processes on a busy machine may be late. A test that fails twice fails the run. One that passed alone does not,
and is named: seen there again, it is a defect, of the test or of the centre. Many failures are no lateness.

    .venv/bin/python tools/live_tests.py -n 2 [arguments of pytest]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "var" / "test" / "live-cache"
WAITING, COMPUTING = "(survival or slow) and not browser", "browser"
LATE_AT_MOST = 8
SOME_FAILED, NONE_FOUND = 1, 5


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("-n", type=int, default=2, metavar="COUNT", help="tests with a browser at a time")
    options, asked = parser.parse_known_args(arguments)
    failed_before = CACHE / "v" / "cache" / "lastfailed"
    failed_before.unlink(missing_ok=True)
    code = NONE_FOUND
    for which, at_once in ((WAITING, 2 * options.n), (COMPUTING, options.n)):
        said = pytest(
            "-m", which, "-o", f"cache_dir={CACHE}", "--dist", "worksteal", "-n", str(at_once), *asked
        )
        if said not in (0, SOME_FAILED, NONE_FOUND):
            return said  # interrupted, or killed: nothing is known of the rest
        if said != NONE_FOUND:
            code = said if code == NONE_FOUND else max(code, said)
    if code != SOME_FAILED:
        return code
    failed = sorted(json.loads(failed_before.read_text())) if failed_before.exists() else []
    if not failed:
        return code
    if len(failed) > LATE_AT_MOST:
        say(f"{len(failed)} tests failed: too many to have been late, nothing is tried again")
        return code
    say(f"failed beside others, tried once more, alone: {len(failed)}", failed)
    code = pytest("-p", "no:cacheprovider", *failed)
    if code:
        say("FAILED TWICE: a defect, not a busy machine")
    else:
        say("LATE: failed beside others and passed alone. One that is named here again is a defect:", failed)
    return code


def pytest(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *arguments], cwd=ROOT, check=False
    ).returncode


def say(words: str, tests: list[str] | None = None) -> None:
    print("\n".join([f"test      | {words}", *(f"test      |   {test}" for test in tests or [])]), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
