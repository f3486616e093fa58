"""Keeps the programs of one folder alive, and stops them all in order.

honcho was considered: its manager stops every process when one of them ends, and a centre must do
the opposite. One thread and one loop, so that PR_SET_PDEATHSIG (bound to the thread that forks) holds.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from nice_supervision.start.processes import Launch, signal_group, spawn

LONGEST_WAIT_S = 30.0
# A program that lived this long had started well: the next restart is quick again.
SETTLED_AFTER_S = 60.0
PATIENCE_S = 6.0

Say = Callable[[str, str], None]


@dataclass
class Program:
    name: str
    # Called before each start, so that what a crash left behind can be cleared first.
    launch: Callable[[], Launch]
    started: Callable[[int], None] = lambda _pid: None
    # Stopped with the others of its rank, after the lower ranks: servers outlive those that use them.
    rank: int = 0
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    wait_s: float = 1.0
    rest: bytes = field(default=b"", repr=False)


class Supervisor:
    def __init__(self, say: Say) -> None:
        self.say = say
        self.programs: list[Program] = []
        self.stopping = False
        self._selector = selectors.DefaultSelector()

    def adopt(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        """Takes over a program that was started and waited for elsewhere."""
        self.programs.append(program)
        self._note(program, process)

    def start(self, program: Program) -> None:
        if program not in self.programs:
            self.programs.append(program)
        launch = program.launch()
        process = spawn(launch, stdout=None if launch.log else subprocess.PIPE)
        self._note(program, process)

    def run(self, each_turn: Callable[[], None]) -> None:
        """Until a signal asks to stop."""
        while not self.stopping:
            self._read(0.2)
            self._look_after()
            each_turn()

    def ask_to_stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        if self.stopping:  # a second Ctrl-C: no more patience
            for program in self.programs:
                if program.process is not None:
                    signal_group(program.process.pid, signal.SIGKILL)
        self.stopping = True

    def stop_all(self) -> None:
        self.stopping = True
        for rank in sorted({program.rank for program in self.programs}):
            self._stop([p for p in self.programs if p.rank == rank and p.process is not None])

    def _note(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        program.process = process
        program.started_at = time.monotonic()
        program.rest = b""
        if process.stdout is not None:
            os.set_blocking(process.stdout.fileno(), False)
            self._selector.register(process.stdout, selectors.EVENT_READ, program)
        program.started(process.pid)

    def _stop(self, programs: list[Program]) -> None:
        if programs:
            self.say("up", f"stopping {', '.join(program.name for program in programs)}")
        for program in programs:
            if program.process is not None and program.process.poll() is None:
                program.process.send_signal(program.stop_signal)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and any(self._lives(program) for program in programs):
            self._read(0.1)
        for program in programs:
            if self._lives(program):
                self.say("up", f"{program.name} did not stop within {PATIENCE_S:.0f} s: killed")
            self._bury(program)

    def _lives(self, program: Program) -> bool:
        return program.process is not None and program.process.poll() is None

    def _look_after(self) -> None:
        now = time.monotonic()
        for program in self.programs:
            if program.process is not None:
                if program.process.poll() is not None:
                    self._mourn(program, now)
            elif now >= program.start_again_at and not self.stopping:
                self._start_again(program, now)

    def _mourn(self, program: Program, now: float) -> None:
        code = self._bury(program)
        if now - program.started_at > SETTLED_AFTER_S:
            program.wait_s = 1.0
        self.say("up", f"{program.name} {how_it_ended(code)}: starting it again in {program.wait_s:.0f} s")
        program.start_again_at = now + program.wait_s
        program.wait_s = min(program.wait_s * 2, LONGEST_WAIT_S)

    def _start_again(self, program: Program, now: float) -> None:
        try:
            self.start(program)
        except OSError as error:
            self.say("up", f"{program.name} cannot start ({error}): next try in {program.wait_s:.0f} s")
            program.start_again_at = now + program.wait_s
            program.wait_s = min(program.wait_s * 2, LONGEST_WAIT_S)

    def _bury(self, program: Program) -> int:
        """Ends what is left of its group (children of a killed worker) and closes its pipe."""
        process = program.process
        if process is None:
            return 0
        signal_group(process.pid, signal.SIGKILL)
        code = process.wait()
        if process.stdout is not None:
            self._pass_on(program)
            self._selector.unregister(process.stdout)
            process.stdout.close()
        program.process = None
        return code

    def _read(self, seconds: float) -> None:
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _mask in self._selector.select(seconds):
            if not self._pass_on(key.data):
                # End of file while the process still lives: nothing more to wait for on this pipe.
                time.sleep(0.02)

    def _pass_on(self, program: Program) -> bool:
        if program.process is None or program.process.stdout is None:
            return False
        try:
            part = os.read(program.process.stdout.fileno(), 65536)
        except BlockingIOError:
            return True
        *lines, program.rest = (program.rest + part).split(b"\n")
        for line in lines:
            self.say(program.name, line.decode(errors="replace").rstrip())
        return bool(part)


def how_it_ended(code: int) -> str:
    if code < 0:
        return f"was killed ({signal.Signals(-code).name})"
    return f"ended with code {code}"
