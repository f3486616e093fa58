"""The near end of a program's pipe, read into one buffer for all: a new one for each read costs more than reading."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import threading
from typing import Protocol

PIPE_BYTES = 1024 * 1024
AT_ONCE = 256 * 1024
F_SETPIPE_SZ = 1031
_buffers = threading.local()


class Reader(Protocol):
    def data_received(self, data: memoryview) -> None:
        """Valid until it returns."""
        ...

    def connection_lost(self, exc: Exception | None) -> None: ...


class Pipe:
    """`theirs` is for the program, to be closed here once it has it."""

    def __init__(self, reader: Reader) -> None:
        self._ours, self.theirs = os.pipe()
        self._reader = reader
        with contextlib.suppress(OSError):  # an unprivileged user has a quota of pipe buffers
            fcntl.fcntl(self._ours, F_SETPIPE_SZ, PIPE_BYTES)
        os.set_blocking(self._ours, False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._ours, self._read)

    def close(self) -> None:
        if self._ours >= 0:
            self._loop.remove_reader(self._ours)
            os.close(self._ours)
            self._ours = -1

    def _read(self) -> None:
        buffer = _buffer()
        try:
            count = os.readv(self._ours, [buffer])
        except BlockingIOError:
            return
        except OSError:
            count = 0
        if count:
            self._reader.data_received(buffer[:count])
        else:
            self.close()
            self._reader.connection_lost(None)


def _buffer() -> memoryview:
    """One for each thread: there is one event loop in it."""
    found: memoryview | None = getattr(_buffers, "view", None)
    if found is None:
        found = _buffers.view = memoryview(bytearray(AT_ONCE))
    return found
