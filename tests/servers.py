"""The real PostgreSQL and Redis of a test run, and a whole live centre on top of them.

Each NICE_TEST_SUFFIX has its own servers under var/test/, so that a test that kills one disturbs
nobody else. Runs that share a suffix share them: each holds a lock, the last one out stops them.
"""

from __future__ import annotations

import fcntl
import os
import zlib
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from django.db.backends.base.base import BaseDatabaseWrapper

from nice_supervision import embedded

ROOT = Path(__file__).resolve().parent.parent
SUFFIX = os.environ.get("NICE_TEST_SUFFIX", "")
VAR = ROOT / "var" / "test" / (SUFFIX or "main")
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
        VAR.mkdir(parents=True, exist_ok=True)
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


def with_path(url: str, path: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def after_create(connection: BaseDatabaseWrapper) -> None:
    """Django empties tables by TRUNCATE between transactional tests; the append-only log refuses it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgname LIKE '%%\\_no\\_truncate'"
        )
        for name, table in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
