"""`manage.py up`, as a person lives it: start, look, break things, start twice, stop."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from nice_supervision.start.processes import alive, free_port, wait_until

pytestmark = [pytest.mark.survival, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]


class Up:
    """One `manage.py up` and what it says."""

    def __init__(self, var: Path, port: int) -> None:
        hidden = ("DATABASE_URL", "REDIS_URL", "NICE_TESTING", "SECRET_KEY")
        env = {name: value for name, value in os.environ.items() if name not in hidden}
        self.var, self.port, self.lines = var, port, list[str]()
        # Of who was started in the background with ^C ignored it would be ignored in turn, as it must be.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--no-demo", "--port", str(port)],
            cwd=ROOT,
            env=env | {"NICE_VAR": str(var), "SWEEP_SECONDS": "1", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        signal.signal(signal.SIGINT, before)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(self.process.stdout)

    def text(self) -> str:
        return "".join(self.lines)

    def says(self, words: str, seconds: float = 180) -> bool:
        return wait_until(lambda: words in self.text() or self.process.poll() is not None, seconds) and (
            words in self.text()
        )

    def health(self) -> dict[str, object]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=8) as answer:
                return {"http": answer.status, **json.load(answer)}
        except urllib.error.HTTPError as error:
            return {"http": error.code, **json.load(error)}
        except OSError:
            return {"http": 0}

    def is_well(self, seconds: float = 40) -> bool:
        return wait_until(lambda: self.health()["http"] == 200, seconds, every=0.2)

    def children(self) -> list[int]:
        return descendants(self.process.pid)

    def servers(self) -> dict[str, int]:
        found: dict[str, int] = json.loads((self.var / "run" / "servers.json").read_text())
        return found


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path("/proc", str(pid), "task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


# Folders of centres that lived and stopped: whoever needs no fresh one takes one of these up again.
LIVED: list[Path] = []


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def up(var: Path) -> Iterator[Up]:
    centre = Up(var, free_port())
    assert centre.says("The centre is open"), centre.text()
    yield centre
    if centre.process.poll() is None:
        centre.process.terminate()
        centre.process.wait(30)


def test_it_lives_heals_and_stops_without_a_trace(up: Up) -> None:
    assert up.is_well(), up.health()
    assert re.search(r"up +\| PostgreSQL: ready on 127\.0\.0\.1:\d+", up.text())
    assert "migrations to apply" in up.text()

    second = Up(up.var, up.port + 1)
    assert second.process.wait(60) == 1
    assert wait_until(lambda: f"process {up.process.pid}, since " in second.text(), 5), second.text()

    servers = up.servers()
    os.kill(servers["postgres_pid"], signal.SIGKILL)
    assert up.says("postgres was killed (SIGKILL): starting it again in 1 s")
    os.kill(servers["redis_pid"], signal.SIGKILL)
    assert up.says("redis was killed (SIGKILL)")
    web = next(pid for pid in up.children() if b"daphne" in Path("/proc", str(pid), "cmdline").read_bytes())
    os.kill(web, signal.SIGKILL)
    assert up.says("web was killed (SIGKILL): starting it again in 1 s")
    assert up.is_well(), (up.health(), up.text())
    assert up.servers()["postgres_pid"] != servers["postgres_pid"]
    assert up.servers()["database_url"] == servers["database_url"]

    family = up.children()
    assert len(family) >= 6
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(60) == 0
    assert [pid for pid in family if alive(pid)] == []
    assert up.says("up        | stopped", 5)
    assert not (up.var / "run" / "servers.json").exists()
    LIVED.append(up.var)


def test_kill_9_leaves_no_orphan_and_the_next_start_has_nothing_to_set_up(var: Path) -> None:
    up = Up(LIVED.pop() if LIVED else var, free_port())
    assert up.says("The centre is open"), up.text()
    family = up.children()
    up.process.kill()
    up.process.wait()
    assert wait_until(lambda: not any(alive(pid) for pid in family), 10)
    again = Up(up.var, up.port)
    try:
        assert again.says("The centre is open"), again.text()
        assert "database: up to date" in again.text()
    finally:
        again.process.terminate()
        assert again.process.wait(60) == 0


def test_a_busy_port_is_told_with_the_flag_that_changes_it(var: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        refused = Up(var, port)
        assert refused.process.wait(60) == 1
        assert refused.says(f"Port {port} of 127.0.0.1 is taken", 5)
        assert f"--port {port + 1}" in refused.text()
    assert not (var / "postgres").exists()
