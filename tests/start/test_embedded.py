"""The private servers: for one folder, for one user, and hard to kill."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from nice_supervision import embedded
from nice_supervision.start.processes import alive, wait_until

pytestmark = pytest.mark.survival


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # Longer than a UNIX socket's path may be, with a space and an accent.
    folder = tmp_path_factory.mktemp("centre") / ("é " + "long" * 40) / "var"
    yield folder
    embedded.stop(folder)


@pytest.fixture
def servers(var: Path) -> embedded.Servers:
    embedded.ensure_postgres(var, durable=False)
    embedded.ensure_redis(var)
    found = embedded.running(var)
    assert found is not None
    return found


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, connect_timeout=5) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        return row and row[0]


def test_it_starts_once_and_tells_every_command_where(var: Path, servers: embedded.Servers) -> None:
    assert embedded.ensure_postgres(var, durable=False) == servers.database_url
    assert embedded.ensure_redis(var) == servers.redis_url
    assert embedded.running(var) == servers
    assert embedded.urls(var) == (servers.database_url, servers.redis_url)
    assert str(ask(servers.database_url, "SHOW server_version")).startswith("18")


def test_no_other_user_gets_in(var: Path, servers: embedded.Servers) -> None:
    port = servers.postgres_port
    for address in (f"postgres://nice@127.0.0.1:{port}/nice", f"postgres://postgres:x@127.0.0.1:{port}/nice"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(address, connect_timeout=5)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=servers.redis_port).ping()
    for secret in ("run/servers.json", "postgres/password", "redis/password", "redis/redis.conf"):
        assert stat.S_IMODE((var / secret).stat().st_mode) == 0o600
    assert b"requirepass" not in Path("/proc", str(servers.redis_pid), "cmdline").read_bytes()


def test_the_centre_is_not_superuser_of_its_database(servers: embedded.Servers) -> None:
    assert ask(servers.database_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_what_was_written_survives_kill_9(var: Path, servers: embedded.Servers) -> None:
    with psycopg.connect(servers.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
    with redis.Redis.from_url(servers.redis_url) as client:
        client.rpush("queued", "work")
    # appendfsync everysec: the write is in the file's page cache at once, kill -9 cannot take it back.
    for pid in (servers.postgres_pid, servers.redis_pid):
        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda pid=pid: not alive(pid), 5)  # type: ignore[misc]
    assert embedded.running(var) is None
    database_url, redis_url = embedded.ensure_postgres(var, durable=False), embedded.ensure_redis(var)
    assert (database_url, redis_url) == (servers.database_url, servers.redis_url)
    assert ask(database_url, "SELECT answer FROM kept") == 42
    with redis.Redis.from_url(redis_url) as client:
        assert client.lrange("queued", -1, -1) == [b"work"]


def test_a_stale_pid_file_that_names_a_stranger_is_no_obstacle(var: Path, servers: embedded.Servers) -> None:
    embedded.stop_postgres(var)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        data = var / "postgres" / "data"
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n1\n\n127.0.0.1\n1 1\nready\n")
        assert ask(embedded.ensure_postgres(var, durable=False), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_stopping_leaves_nothing_behind(var: Path, servers: embedded.Servers) -> None:
    embedded.stop(var)
    assert not alive(servers.postgres_pid)
    assert not alive(servers.redis_pid)
    assert embedded.urls(var) is None
    embedded.stop(var)  # twice does no harm
