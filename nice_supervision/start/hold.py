"""One centre per folder: who holds it, since when, and where it answers."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from pathlib import Path
from typing import IO


class HeldError(Exception):
    """Another `up` runs on this folder. `pid` is None while that one has not said yet who it is."""

    def __init__(self, pid: int | None = None, since: str = "", address: str = "") -> None:
        self.pid, self.since, self.address = pid, since, address

    def __str__(self) -> str:
        if self.pid is None:
            return "This folder's centre is being started by another process: wait a moment."
        return (
            f"This folder's centre already runs: process {self.pid}, since {self.since}, at {self.address}\n"
            f"Open that address, or stop it first (Ctrl-C there, or: kill {self.pid})."
        )


class Hold:
    def __init__(self, var: Path) -> None:
        self._path = var / "run" / "up.lock"
        self._file: IO[str] | None = None

    def take(self, address: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a+")
        try:
            # The kernel lets go when the holder dies, even by kill -9: never a stale lock to remove by hand.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._who(file) from None
        file.truncate(0)
        now = dt.datetime.now().astimezone()
        file.write(
            json.dumps({"pid": os.getpid(), "since": now.isoformat(timespec="seconds"), "address": address})
        )
        file.flush()
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None

    @staticmethod
    def _who(file: IO[str]) -> HeldError:
        file.seek(0)
        try:
            holder = json.loads(file.read())
            since = dt.datetime.fromisoformat(holder["since"])
            return HeldError(int(holder["pid"]), f"{since:%Y-%m-%d %H:%M:%S}", str(holder["address"]))
        except (ValueError, KeyError):
            return HeldError()
