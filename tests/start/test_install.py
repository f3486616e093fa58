"""The first start says how far it is, and what went wrong when something did."""

from __future__ import annotations

import io
import re
import sys

import pytest

from tools.install import FETCHED, Bar, watched

SLOWLY = """
import sys, time
for n in range(4):
    print("Collecting", n, flush=True)
    print("  Downloading a thing", flush=True)
    time.sleep(0.3)
sys.exit(int(sys.argv[1]))
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def installed(out: io.StringIO, code: int) -> int:
    bar = Bar("things", 4, out)
    return watched([sys.executable, "-c", SLOWLY, str(code)], bar, lambda line: line.startswith("Collecting"))


def test_the_bar_grows_to_its_end_and_nothing_else_is_said() -> None:
    out = Terminal()
    assert installed(out, 0) == 0
    shares = [int(share) for share in re.findall(r"(\d+)%", out.getvalue())]
    assert shares == sorted(shares) and shares[-1] == 100
    assert any(0 < share < 100 for share in shares)
    assert "Downloading" not in out.getvalue()


def test_what_failed_speaks_for_itself_and_fails_the_start() -> None:
    out = Terminal()
    assert installed(out, 3) == 3
    assert "Downloading a thing" in out.getvalue()
    assert "100%" not in out.getvalue()


def test_where_nobody_watches_it_is_two_lines() -> None:
    out = io.StringIO()
    installed(out, 0)
    assert [line.partition(": ")[2][:9] for line in out.getvalue().splitlines()] == ["installin", "installed"]


@pytest.mark.parametrize(
    "line", ["npm http fetch GET 200 https://x/htmx.tgz 12ms (cache miss)", "npm http cache htmx 2ms"]
)
def test_npm_is_heard_whether_it_fetches_or_has_it(line: str) -> None:
    assert FETCHED.match(line)
