"""kill -9 at the n-th step of something: in a forked process that kills itself there.

A step is what lasts: before and after each commit, and before each name taken off the disk, put there or given another.
What is not committed is as if not done.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections

STEPS = 100
# With their partitions and what hangs on them.
EMPTIED = "^(footage_(segment|freeze|extraction)|retention_(destr|run)|events_(event|delivery|pulse))"


@pytest.fixture
def no_pool(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
    """The threads of a pool do not come along into a fork: connections one by one."""
    connections.close_all()
    connection.close_pool()
    monkeypatch.delitem(connection.settings_dict["OPTIONS"], "pool")
    yield
    connections.close_all()


def dies_at(step: int, act: Callable[[], object], *names: str) -> bool:
    """Whether it got so far: False when the act ended before its n-th step. `names` are functions of os."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        _count_down(step, names or ("unlink", "rmdir"))
        try:
            act()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _count_down(step: int, names: tuple[str, ...]) -> None:
    left = [step]

    def one(*args: Any, **named: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    connection.ensure_connection()
    for name in names:
        bare = getattr(os, name)
        setattr(os, name, lambda *args, _bare=bare, **named: (one(), _bare(*args, **named))[1])
    commit = connection._commit

    def committing() -> None:
        one()
        commit()
        one()

    connection._commit = committing


def empty() -> None:
    """What one round left, the registers too: the next begins as the first did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT empty_tables(array(SELECT relname::text FROM pg_class WHERE relname !~ %s))", [EMPTIED]
        )
        cursor.execute("SELECT refuse_again()")
