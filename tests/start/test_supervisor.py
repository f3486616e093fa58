"""A program that dies is started again; the end of the supervisor is the end of them all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nice_supervision.start.processes import Launch, alive, wait_until
from nice_supervision.start.supervisor import Program, Supervisor

pytestmark = pytest.mark.survival

# A program with a child of its own, as a Celery worker has.
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
print("family", child.pid, flush=True)
time.sleep(300)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(300)
"""
SUPERVISING = """
import sys
from nice_supervision.start.processes import Launch
from nice_supervision.start.supervisor import Program, Supervisor
supervisor = Supervisor(lambda name, line: print(name, line, flush=True))
supervisor.start(Program("sleeper", lambda: Launch([sys.executable, "-c", "import time; time.sleep(300)"])))
print("pid", supervisor.programs[0].process.pid, flush=True)
supervisor.run(lambda: None)
"""


class Told(list[str]):
    def say(self, name: str, line: str) -> None:
        self.append(f"{name} {line}")

    def has(self, words: str) -> bool:
        return any(words in line for line in self)


def turn(supervisor: Supervisor, seconds: float) -> None:
    deadline = time.monotonic() + seconds

    def enough() -> None:
        supervisor.stopping = time.monotonic() > deadline

    supervisor.run(enough)
    supervisor.stopping = False


def program(code: str, name: str = "it") -> Program:
    return Program(name, lambda: Launch([sys.executable, "-c", code]))


def test_it_starts_a_dead_program_again_and_waits_longer_each_time() -> None:
    told = Told()
    supervisor = Supervisor(told.say)
    supervisor.start(program("print('hello'); raise SystemExit(3)"))
    turn(supervisor, 4.5)
    supervisor.stop_all()
    assert told.has("it hello")
    assert told.has("up it ended with code 3: starting it again in 1 s")
    assert told.has("up it ended with code 3: starting it again in 2 s")
    assert sum("starting it again" in line for line in told) <= 3


def test_a_kill_takes_the_grandchildren_too_and_is_said_in_one_line() -> None:
    told = Told()
    supervisor = Supervisor(told.say)
    family = program(FAMILY, "family")
    supervisor.start(family)
    while not told.has("family family"):
        turn(supervisor, 0.3)
    grandchild = int(told[0].split()[-1])
    assert family.process is not None
    os.kill(family.process.pid, signal.SIGKILL)
    turn(supervisor, 0.6)
    assert told.has("up family was killed (SIGKILL): starting it again in 1 s")
    assert wait_until(lambda: not alive(grandchild), 3)
    supervisor.stop_all()


def test_who_does_not_stop_in_time_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nice_supervision.start.supervisor.PATIENCE_S", 0.5)
    told = Told()
    supervisor = Supervisor(told.say)
    deaf = program(STUBBORN, "deaf")
    supervisor.start(deaf)
    while not told.has("deaf deaf"):
        turn(supervisor, 0.2)
    pid = deaf.process.pid if deaf.process else 0
    supervisor.stop_all()
    assert told.has("up deaf did not stop within")
    assert not alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_kill_9_of_the_supervisor_leaves_no_orphan() -> None:
    root = Path(__file__).resolve().parents[2]
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISING], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert supervisor.stdout is not None
    sleeper = int(supervisor.stdout.readline().split()[1])
    assert alive(sleeper)
    supervisor.kill()
    supervisor.wait()
    assert wait_until(lambda: not alive(sleeper), 3)
