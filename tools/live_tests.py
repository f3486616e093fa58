"""Runs the tests of live centres; what failed beside others is tried once more, alone, and named at the end.

Real processes on a busy machine may be late. A test that fails twice fails the run. One that passed alone does not,
and is named: seen there again, it is a defect, of the test or of the centre. Many failures are no lateness.

    .venv/bin/python tools/live_tests.py -n 2 [arguments of pytest]
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "var" / "test" / "live-cache"
WHICH = "browser or survival or slow"
LATE_AT_MOST = 8
SOME_FAILED = 1


def main(arguments: list[str]) -> int:
    failed_before = CACHE / "v" / "cache" / "lastfailed"
    failed_before.unlink(missing_ok=True)
    code = pytest("-m", WHICH, "-o", f"cache_dir={CACHE}", "--dist", "worksteal", *arguments)
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
