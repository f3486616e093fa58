"""What every program we start has in common: a port, an end, and no life after its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# Below the range Linux hands out to outgoing connections (32768 and up): a port chosen here is
# still free when the server that held it comes back after a crash.
PORTS = range(20000, 32000)
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Launch:
    """How to start one program: everything Popen must know."""

    command: Sequence[str]
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    user: int | None = None
    group: int | None = None
    # What the kernel sends it when its parent dies without a word (Linux only).
    orphan_signal: signal.Signals = signal.SIGKILL
    # What asks it to stop in good order.
    stop_signal: signal.Signals = signal.SIGTERM
    log: Path | None = None
    # A detached program outlives whoever started it (test servers shared by several runs).
    detached: bool = False


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    if preferred is not None and port_is_free(preferred):
        return preferred
    for port in random.sample(PORTS, 200):
        if port_is_free(port):
            return port
    raise OSError("No free port between 20000 and 32000 on 127.0.0.1")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    try:
        stat = Path("/proc", str(pid), "stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


def wait_until(condition: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def spawn(launch: Launch, *, stdout: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
    """Starts the program in its own session, so that Ctrl-C reaches only the one who supervises it."""
    with contextlib.ExitStack() as stack:
        if launch.log is not None:
            launch.log.parent.mkdir(parents=True, exist_ok=True)
            stdout = stack.enter_context(_open_log(launch.log))
        return subprocess.Popen(
            list(launch.command),
            env=dict(launch.env) if launch.env is not None else None,
            cwd=launch.cwd,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT if stdout is not None else None,
            start_new_session=True,
            user=launch.user,
            group=launch.group,
            extra_groups=[] if launch.user is not None else None,
            preexec_fn=None if launch.detached else _die_with_parent(launch.orphan_signal),
        )


def _open_log(path: Path, limit: int = 10_000_000) -> IO[bytes]:
    if path.exists() and path.stat().st_size > limit:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def _die_with_parent(sig: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def ask_the_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
        # The parent may have died between fork and prctl: nobody would tell us any more.
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def signal_group(pid: int, sig: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sig)


def end(pid: int, sig: signal.Signals, patience: float = 8.0) -> None:
    """Asks, waits, then insists. Works for our children and for programs started by an earlier run."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sig)
    if not wait_until(lambda: _gone(pid), patience):
        signal_group(pid, signal.SIGKILL)
        wait_until(lambda: _gone(pid), 2.0)


def _gone(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return not alive(pid)
