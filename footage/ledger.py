"""The one thread of `run_cameras` that writes rows. Recording goes on without it when the database is away."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)
Entry = Callable[[], object]
AWAY = (OperationalError, InterfaceError)
# At 200 cameras a node writes one row in two seconds: this is many hours of a database that is away.
AT_MOST = 50_000
IDLE_S = 10.0


class Ledger(threading.Thread):
    """Runs what it is given in order; waits for the database as long as it takes, and says so once."""

    def __init__(self) -> None:
        super().__init__(name="ledger", daemon=True)
        self._entries: queue.Queue[Entry | None] = queue.Queue(AT_MOST)
        self._stopping = threading.Event()

    def write(self, entry: Entry) -> None:
        """A callable of our own; exceptions of the database other than its absence are logged, not repeated."""
        try:
            self._entries.put_nowait(entry)
        except queue.Full:
            logger.error("the ledger is full: a row is left to the mender")

    def run(self) -> None:
        while True:
            try:
                entry = self._entries.get(timeout=IDLE_S)
            except queue.Empty:
                connection.close()
                continue
            if entry is None:
                connection.close()
                return
            self._carry_out(entry)

    def finish(self, seconds: float) -> None:
        """Writes what is left, but does not wait longer than this."""
        with contextlib.suppress(queue.Full):
            self._entries.put_nowait(None)
        self.join(seconds)
        self._stopping.set()
        self.join(1)

    def _carry_out(self, entry: Entry) -> None:
        pause, said = 0.5, False
        while True:
            try:
                entry()
            except AWAY as error:
                connection.close()
                if not said:
                    logger.error("the database is away, recording goes on without it: %s", str(error).strip())
                    said = True
                if self._stopping.wait(pause):
                    return
                pause = min(pause * 2, 5.0)
                continue
            except DatabaseError:
                logger.exception("a row could not be written")
            if said:
                logger.info("the database is back")
            return
