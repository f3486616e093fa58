"""One life of a centre on one machine: `manage.py up` lives it."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from nice_supervision import embedded
from nice_supervision.start import centre
from nice_supervision.start.postgres import CannotStart
from nice_supervision.start.processes import Launch, port_is_free, spawn
from nice_supervision.start.supervisor import Program, Supervisor
from nice_supervision.start.terminal import box, say

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with what was asked, never a default
SERVERS_RANK = 10


class Run:
    """One life of the centre, from the first server to the last goodbye."""

    def __init__(
        self, var: Path, host: str, port: int, commands: Mapping[str, object], *, demo: bool
    ) -> None:
        self.var, self.host, self.port, self.commands, self.demo = var, host, port, commands, demo
        name = "localhost" if host in (*LOOPBACK, *EVERYWHERE) else host
        self.address = f"http://{f'[{name}]' if ':' in name else name}:{port}/"
        self.env = dict(os.environ)
        self.supervisor = Supervisor(say)
        self.began = time.monotonic()
        self.told = False

    def whole_life(self) -> None:
        if not port_is_free(self.port, self.host):
            raise CannotStart(
                f"Port {self.port} of {self.host} is taken by another program. Choose another one: "
                f"make run PORT={self.port + 1}   or   manage.py up --port {self.port + 1}"
            )
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(sig) != signal.SIG_IGN:  # started by nohup: a closed terminal is no order
                signal.signal(sig, self.supervisor.ask_to_stop)
        try:
            self._secrets()
            self._servers()
            if self._prepare():
                self._programs()
                self.supervisor.run(self._tell_when_ready)
        finally:
            self.supervisor.stop_all()
            embedded.stop(self.var)
            say("up", "stopped")

    def _secrets(self) -> None:
        (self.var / "static").mkdir(parents=True, exist_ok=True)
        key = self.var / "secret_key"
        if not key.exists() and not self.env.get("SECRET_KEY"):
            key.touch(mode=0o600)
            key.write_text(secrets.token_urlsafe(50))
            say("up", f"made a secret key for this folder: {key}")
        if not self.env.get("ALLOWED_HOSTS"):
            names = [
                *LOOPBACK[:2],
                "[::1]",
                *([] if self.host in LOOPBACK else names_of_this_machine(self.host)),
            ]
            self.env["ALLOWED_HOSTS"] = ",".join(dict.fromkeys(names))

    def _servers(self) -> None:
        embedded.stop(self.var)  # left by a run whose end nobody saw
        if self.env.get("DATABASE_URL"):
            say("up", "PostgreSQL: the one of DATABASE_URL")
        else:
            self._postgres()
        if self.env.get("REDIS_URL"):
            say("up", "Redis: the one of REDIS_URL")
        else:
            self._redis()

    def _postgres(self) -> None:
        server = embedded.postgres(self.var)
        new = not server.data.exists()
        say("up", "PostgreSQL: creating a private cluster …" if new else "PostgreSQL: starting …")
        server.prepare()
        process = embedded.start_and_wait("PostgreSQL", server.launch(), server.ready)

        def again() -> Launch:
            server.prepare()
            return server.launch()

        program = Program(
            "postgres",
            again,
            started=lambda pid: embedded.note_postgres(self.var, server, pid),
            rank=SERVERS_RANK + 1,
            stop_signal=server.launch().stop_signal,
        )
        self.supervisor.adopt(program, process)
        self.env["DATABASE_URL"] = server.url
        say("up", f"PostgreSQL: ready on 127.0.0.1:{server.port}, data in {server.data}")

    def _redis(self) -> None:
        server = embedded.redis(self.var)
        server.prepare()
        process = embedded.start_and_wait("Redis", server.launch(), server.ready)
        program = Program(
            "redis",
            server.launch,
            started=lambda pid: embedded.note_redis(self.var, server, pid),
            rank=SERVERS_RANK,
        )
        self.supervisor.adopt(program, process)
        self.env["REDIS_URL"] = server.url
        say("up", f"Redis: ready on 127.0.0.1:{server.port}, data in {server.home / 'data'}")

    def _prepare(self) -> bool:
        """In a process of its own: this one read its settings before the servers had an address."""
        command = [sys.executable, str(centre.ROOT / "manage.py"), "prepare"]
        # Seeding a city logs hundreds of ordinary events that would hide the progress.
        quiet = {"LOG_LEVEL": "WARNING"} | self.env
        process = spawn(centre.launch(command + ([] if self.demo else ["--no-demo"]), quiet))
        while process.poll() is None and not self.supervisor.stopping:
            time.sleep(0.05)
        if process.poll() is None:
            process.terminate()
            process.wait(5)
            return False
        if process.returncode != 0:
            raise CannotStart("The database could not be prepared: the lines above say why.")
        return True

    def _programs(self) -> None:
        for name, command in self._command_lines().items():
            self.supervisor.start(Program(name, partial(centre.launch, command, self.env)))
            say("up", f"{name}: started")

    def _command_lines(self) -> dict[str, list[str]]:
        return centre.programs(self.var, self.host, self.port, self.commands, demo=self.demo)

    def _tell_when_ready(self) -> None:
        if self.told or not answers(self.host, self.port):
            return
        self.told = True
        lines = [f"The centre is open: {self.address}"]
        lines += [
            f"  {who['username']:<16} {who['role']:<24} {who['password']}"
            for who in self._kept("demo-logins.json")
        ]
        lines += self._story()
        lines += [f"Ready in {time.monotonic() - self.began:.0f} s. Ctrl-C stops everything."]
        box(lines)

    def _story(self) -> list[str]:
        """How to see at once what the centre is for."""
        for button in self._kept("demo-buttons.json")[:1]:
            elsewhere = "" if self.var == centre.ROOT / "var" else f"NICE_VAR={self.var} "
            python = os.path.relpath(sys.executable)
            return [
                "Sign in as operateur1, then press a school's button, in another terminal or on its page:",
                f"  {elsewhere}{python} manage.py press --site {button['site']}",
                f"  {self.address.rstrip('/')}{button['link']}",
            ]
        return []

    def _kept(self, name: str) -> list[dict[str, str]]:
        """What the demonstration wrote down; nothing in a centre without it."""
        try:
            rows: list[dict[str, str]] = json.loads((self.var / name).read_text())
        except (OSError, ValueError):
            return []
        return rows


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection(("localhost" if host in EVERYWHERE else host, port), timeout=0.2).close()
    except OSError:
        return False
    return True


def names_of_this_machine(host: str) -> list[str]:
    """What a browser elsewhere may call this machine, so that listening on 0.0.0.0 is enough."""
    names = {host, socket.gethostname()}
    for family, _type, _proto, _name, address in socket.getaddrinfo(socket.gethostname(), None):
        names.add(f"[{address[0]}]" if family == socket.AF_INET6 else str(address[0]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: connecting a datagram socket only asks the routing table for our own address.
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return sorted(names)
        names.add(probe.getsockname()[0])
    return sorted(names)
