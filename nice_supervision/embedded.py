"""The private PostgreSQL and Redis of one folder, and where to find them.

Only the standard library is imported here: settings.py asks `urls()` at every start of every command.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from nice_supervision.start.postgres import CannotStart, Postgres
from nice_supervision.start.processes import Launch, alive, end, free_port, spawn, wait_until
from nice_supervision.start.redis import Redis

__all__ = ["CannotStart", "Servers", "ensure_postgres", "ensure_redis", "running", "stop", "urls"]


@dataclass(frozen=True)
class Servers:
    """What var/run/servers.json says."""

    database_url: str = ""
    redis_url: str = ""
    postgres_pid: int = 0
    redis_pid: int = 0
    postgres_port: int = 0
    redis_port: int = 0


def urls(var: Path) -> tuple[str, str] | None:
    """The addresses of the private servers, None when nobody started them."""
    servers = _read(var)
    if not servers.database_url or not servers.redis_url:
        return None
    return servers.database_url, servers.redis_url


def running(var: Path) -> Servers | None:
    """The servers when both are alive."""
    servers = _read(var)
    if not servers.postgres_pid or not servers.redis_pid:
        return None
    return servers if alive(servers.postgres_pid) and alive(servers.redis_pid) else None


def ensure_postgres(var: Path, *, durable: bool = True) -> str:
    """Starts the private PostgreSQL unless it runs; it then lives until stop(). Gives its URL."""
    with locked(var):
        server = postgres(var, durable=durable)
        pid = server.pid()
        if pid is None:
            server.prepare()
            pid = start_and_wait("PostgreSQL", server.launch(detached=True), server.ready).pid
        else:
            wait_until(server.ready, 60)
            server = server.at_port_of_running()
        note_postgres(var, server, pid)
        return server.url


def ensure_redis(var: Path) -> str:
    """Starts the private Redis unless it runs; it then lives until stop(). Gives its URL."""
    with locked(var):
        server = redis(var)
        known = _read(var)
        if known.redis_port and replace(server, port=known.redis_port).ready():
            return known.redis_url
        server.prepare()
        pid = start_and_wait("Redis", server.launch(detached=True), server.ready).pid
        note_redis(var, server, pid)
        return server.url


def stop(var: Path) -> None:
    """Stops both servers, whoever started them, and forgets their addresses."""
    with locked(var):
        stop_redis(var)
        stop_postgres(var)
        with contextlib.suppress(FileNotFoundError):
            _file(var).unlink()


def stop_postgres(var: Path) -> None:
    server = postgres(var)
    pid = server.pid()
    if pid is not None:
        end(pid, server.launch().stop_signal)


def stop_redis(var: Path) -> None:
    known = _read(var)
    server = replace(redis(var), port=known.redis_port)
    # The pid alone may by now belong to somebody else: only a Redis that takes our password is ours.
    if (
        known.redis_pid
        and (server.home / "password").exists()
        and (server.ready() or _is_redis(known.redis_pid))
    ):
        end(known.redis_pid, server.launch().stop_signal)


def postgres(var: Path, *, durable: bool = True) -> Postgres:
    port = free_port(_read(var).postgres_port or None)
    return Postgres(
        home=var.resolve() / "postgres", port=port, log=var / "log" / "postgres.log", durable=durable
    )


def redis(var: Path) -> Redis:
    port = free_port(_read(var).redis_port or None)
    return Redis(home=var.resolve() / "redis", port=port, log=var / "log" / "redis.log")


def note_postgres(var: Path, server: Postgres, pid: int) -> None:
    _write(var, replace(_read(var), database_url=server.url, postgres_pid=pid, postgres_port=server.port))


def note_redis(var: Path, server: Redis, pid: int) -> None:
    _write(var, replace(_read(var), redis_url=server.url, redis_pid=pid, redis_port=server.port))


def start_and_wait(name: str, launch: Launch, ready: Callable[[], bool]) -> subprocess.Popen[bytes]:
    process = spawn(launch)
    if wait_until(lambda: ready() or process.poll() is not None, 60) and process.poll() is None:
        return process
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    raise CannotStart(f"{name} did not start: the last lines of {launch.log} say why.\n{_tail(launch.log)}")


@contextlib.contextmanager
def locked(var: Path) -> Iterator[None]:
    """One process at a time starts or stops the servers of a folder."""
    run = var / "run"
    run.mkdir(parents=True, exist_ok=True)
    with (run / "servers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tail(log: Path | None) -> str:
    if log is None or not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])


def _is_redis(pid: int) -> bool:
    try:
        return b"redis" in Path("/proc", str(pid), "cmdline").read_bytes() and alive(pid)
    except OSError:
        return False


def _file(var: Path) -> Path:
    return var / "run" / "servers.json"


def _read(var: Path) -> Servers:
    try:
        return Servers(**json.loads(_file(var).read_text()))
    except (OSError, ValueError, TypeError):
        return Servers()


def _write(var: Path, servers: Servers) -> None:
    # Written beside and renamed: a command that starts at this instant reads a whole file.
    fresh = _file(var).with_suffix(f".{os.getpid()}")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(servers)))
    fresh.replace(_file(var))
