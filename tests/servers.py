"""The real PostgreSQL and Redis of a test run, and a whole live centre on top of them.

Each NICE_TEST_SUFFIX, and each worker of pytest-xdist, has its own servers under var/test/, so that a test that
kills one disturbs nobody else. Runs that share a suffix share them: each holds a lock, the last one out stops them.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis
from psycopg import sql

from nice_supervision import embedded
from nice_supervision.start import centre
from nice_supervision.start.hold import HeldError, Hold
from nice_supervision.start.processes import alive, end, free_port, signal_group, spawn, wait_until

ROOT = Path(__file__).resolve().parent.parent
SUFFIX = os.environ.get("NICE_TEST_SUFFIX", "") + os.environ.get("PYTEST_XDIST_WORKER", "")
VAR = ROOT / "var" / "test" / (SUFFIX or "main")
SECRET_KEY = "a centre under test, never in service"
# Celery queues, presence and rate limits of a live centre are not those of the tests around it.
CENTRE_REDIS = 1


class TestServers:
    """Held from the first import of conftest to the end of the run."""

    __test__ = False

    def __init__(self) -> None:
        self.own = not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
        self._hold: IO[str] | None = None

    def start(self) -> None:
        """Leaves DATABASE_URL and REDIS_URL in the environment, for Django and for child processes."""
        (VAR / "static").mkdir(parents=True, exist_ok=True)
        if self.own:
            with (VAR / "start.lock").open("w") as start:
                fcntl.flock(start, fcntl.LOCK_EX)
                self._hold = (VAR / "users.lock").open("w")
                fcntl.flock(self._hold, fcntl.LOCK_SH)
                os.environ["DATABASE_URL"] = embedded.ensure_postgres(VAR, durable=False)
                os.environ["REDIS_URL"] = embedded.ensure_redis(VAR)
        else:
            number = zlib.crc32(SUFFIX.encode()) % 14 + 2 if SUFFIX else 0
            os.environ["REDIS_URL"] = with_path(os.environ["REDIS_URL"], str(number))
        os.environ["NICE_VAR"] = str(VAR)
        os.environ["NICE_TESTING"] = "1"
        os.environ.setdefault("SIA_PORT", "0")
        # The same for this process and for a live centre, so that one can sign in for the other.
        os.environ["SECRET_KEY"] = SECRET_KEY

    def hand_on_nothing(self) -> None:
        """Workers of pytest-xdist inherit this environment: each is to start its servers before Django."""
        names = ["DJANGO_SETTINGS_MODULE", *(["DATABASE_URL", "REDIS_URL"] if self.own else [])]
        for name in names:
            os.environ.pop(name, None)

    def centre(self, database: str) -> Centre:
        """A live centre on the test database (which the caller has created)."""
        url = with_path(os.environ["DATABASE_URL"], database)
        return Centre(VAR, url, os.environ["REDIS_URL"], own=self.own, durable=False)

    def release(self) -> None:
        if self._hold is None or os.environ.get("NICE_TEST_KEEP") == "1":
            return
        with (VAR / "start.lock").open("w") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            try:
                fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # another run of the same suffix still uses them
            finally:
                self._hold.close()
            embedded.stop(VAR)


def only_hands_out(arguments: Sequence[str]) -> bool:
    """Whether this is the process of pytest-xdist that runs no test itself (`-n 2`, as the Makefile writes it)."""
    many = any(a == "-n" and b.isdigit() and int(b) > 0 for a, b in itertools.pairwise(arguments))
    return many and "PYTEST_XDIST_WORKER" not in os.environ


def with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


@dataclass
class _Running:
    process: subprocess.Popen[bytes]
    log: Path


class Centre:
    """Real daphne, Celery worker and beat as processes of their own, on the servers of `var`.

    For tests (`live_centre`) and benches (`bench_centre`): kill or stop any part of it, start it again.
    """

    def __init__(self, var: Path, database_url: str, redis_url: str, *, own: bool, durable: bool) -> None:
        self.var, self.own, self.durable = var, own, durable
        self.port = free_port()
        self.database_url = database_url
        self.redis_url = with_path(redis_url, str(CENTRE_REDIS)) if own else redis_url
        self.env = os.environ | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "NICE_VAR": str(var),
            "NICE_TESTING": "1",
            "SECRET_KEY": SECRET_KEY,
            "SWEEP_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "nice_supervision.settings",
        }
        self._running: dict[str, _Running] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self, *names: str, seconds: float = 30) -> None:
        """Starts web, worker, beat (all by default) and waits until web answers and the worker has swept."""
        self._forget_ended()
        commands = centre.programs(self.var, "127.0.0.1", self.port, {})
        for name in names or commands:
            if name not in self._running:
                log = self.var / "log" / f"{name}.log"
                self._running[name] = _Running(spawn(centre.launch(commands[name], self.env, log=log)), log)
        if not wait_until(lambda: self._answers(*names), seconds, every=0.1):
            raise AssertionError(f"The centre did not start.\n{self.logs()}")

    def heals(self, seconds: float) -> bool:
        """Whether all is well again in time, with what ended by itself started anew as `up` does.

        Celery may end when its broker goes with messages not yet acknowledged (kombu 5.7, `_connparams`).
        """

        def well() -> bool:
            self.start()
            return bool(self.health()["http"] == 200)

        return wait_until(well, seconds, every=0.5)

    def kill(self, name: str) -> None:
        """kill -9 of the whole process group: nothing gets to clean up."""
        process = self._running.pop(name).process
        signal_group(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, *names: str) -> None:
        for name in names or [*self._running]:
            process = self._running.pop(name).process
            end(process.pid, signal.SIGTERM)
            process.wait()

    def pid(self, name: str) -> int:
        return self._running[name].process.pid

    def stop_redis(self) -> None:
        self._only_own("Redis")
        embedded.stop_redis(self.var)

    def start_redis(self) -> None:
        embedded.ensure_redis(self.var)

    def stop_postgres(self) -> None:
        self._only_own("PostgreSQL")
        embedded.stop_postgres(self.var)

    def start_postgres(self) -> None:
        embedded.ensure_postgres(self.var, durable=self.durable)

    def restart_postgres(self, away_s: float = 0.0) -> None:
        self.stop_postgres()
        time.sleep(away_s)
        self.start_postgres()

    def kill_postgres(self) -> None:
        """kill -9 of the server, then recovery from the write-ahead log."""
        self._only_own("PostgreSQL")
        pid = embedded.postgres(self.var).pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not alive(pid), 5)

    def health(self, only: str | None = None) -> dict[str, Any]:
        query = "" if only is None else f"?only={only}"
        try:
            with urllib.request.urlopen(f"{self.url}/healthz{query}", timeout=10) as answer:
                return {"http": answer.status, **json.load(answer)}
        except urllib.error.HTTPError as error:
            return {"http": error.code, **json.load(error)}

    def logs(self) -> str:
        parts = []
        for name, running in self._running.items():
            lines = running.log.read_text(errors="replace").splitlines()[-25:] if running.log.exists() else []
            parts.append("\n".join([f"--- {name}", *lines]))
        return "\n".join(parts)

    def _forget_ended(self) -> None:
        for name, running in [*self._running.items()]:
            if running.process.poll() is not None:
                del self._running[name]

    def _answers(self, *names: str) -> bool:
        for name in names or self._running:
            if self._running[name].process.poll() is not None:
                raise AssertionError(f"{name} ended by itself.\n{self.logs()}")
        if "web" not in self._running:
            return True
        try:
            return self.health("database")["http"] == 200 and self.reads_database()
        except (OSError, ValueError):
            return False

    def reads_database(self) -> bool:
        """Whether a page answers out of the pool, which comes back later than the server: /healthz never uses it."""
        cookie = {"Cookie": f"sessionid={'0' * 32}"}  # nobody's, so it must be looked up
        page = urllib.request.Request(f"{self.url}/accounts/sign-in/", headers=cookie)
        with urllib.request.urlopen(page, timeout=10) as answer:
            return bool(answer.status == 200)

    def _only_own(self, what: str) -> None:
        if not self.own:
            pytest.skip(f"{what} comes from the environment: only a private one may be stopped")


@contextlib.contextmanager
def bench_centre(name: str = "bench") -> Iterator[Centre]:
    """For benches: own durable servers under var/<name>, a fresh database, migrated; not started yet.

    The caller's own Django (if any) is not touched: what it needs is in `.env`. One bench at a time: two would
    share servers, and each would measure the other.
    """
    hold = Hold(ROOT / "var" / "bench")
    try:
        hold.take(Path(sys.argv[0]).stem)
    except HeldError as held:
        raise SystemExit(
            f"Another bench is measuring on this machine: {held.address or 'one that is starting'}"
            f"{f' (process {held.pid}, since {held.since})' if held.pid else ''}. Run this one when it has ended."
        ) from None
    try:
        with _bench_centre(name) as centre:
            yield centre
    finally:
        hold.release()


@contextlib.contextmanager
def _bench_centre(name: str) -> Iterator[Centre]:
    var = ROOT / "var" / name
    (var / "static").mkdir(parents=True, exist_ok=True)
    database_url = embedded.ensure_postgres(var, durable=True)
    redis_url = embedded.ensure_redis(var)
    try:
        with psycopg.connect(database_url, autocommit=True, dbname="postgres") as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier("nice"))
            )
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier("nice")))
        with redis.Redis.from_url(redis_url) as client:
            client.flushall()
        live = Centre(var, database_url, redis_url, own=True, durable=True)
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "prepare", "--no-demo"],
            env=live.env,
            check=True,
            cwd=ROOT,
        )
        try:
            yield live
        finally:
            live.stop()
    finally:
        embedded.stop(var)
