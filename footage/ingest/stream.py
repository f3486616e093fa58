"""One stream kept coming: an ffmpeg started, listened to, and started again whatever happens to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from footage.boxes import Fragment, InitSegment, Splitter
from footage.ingest.backoff import Backoff
from footage.ingest.pipe import Pipe
from footage.ingest.program import Spec, command, meaning, needs_clock, scrubbed
from footage.ingest.sender import ClockReader
from footage.moov import BoxError
from footage.parameter_sets import sequence_set

logger = logging.getLogger(__name__)
# Seen within 5 s (issue 3): a fragment comes at least every second or so.
STALLED_S = 4.0
FIRST_PICTURE_S = 12.0
LINES_KEPT = 12


class Sink(Protocol):
    """What becomes of the fragments. Called in the event loop: must not wait."""

    def begins(self, init: InitSegment) -> None: ...

    def takes(self, fragment: Fragment, arrived_us: int) -> None: ...

    def clock(self, ahead_us: int) -> None: ...

    def ends(self, why: str) -> None: ...


class Feeder(Protocol):
    """Writes a drawn street into ffmpeg, picture by picture, until cancelled."""

    async def feed(self, spec: Spec, into: asyncio.StreamWriter) -> None: ...


@dataclass(frozen=True, slots=True)
class Ran:
    why: str
    seconds: float
    fragments: int


class Stream:
    def __init__(self, spec: Spec, sink: Sink, clips: Path, feeder: Feeder | None = None) -> None:
        self.spec = spec
        self.sink = sink
        self.pid: int | None = None
        self.restarts = 0
        self._clips = clips
        self._feeder = feeder
        self._with_clock = needs_clock(spec)

    async def run(self) -> None:
        """Until cancelled."""
        backoff = Backoff()
        complained = ""
        while True:
            ran = await self._once()
            self.restarts += 1
            if ran.fragments:
                complained = ""
            elif needs_clock(self.spec):
                # A coding the clock cannot be taken out of must not cost the pictures: the next try is without it.
                self._with_clock = not self._with_clock
            # Said once when it goes, not at every try (the facts say when it is back).
            if ran.why != complained:
                logger.warning("%s: pictures stopped: %s, after %.0f s", self.spec.name, ran.why, ran.seconds)
                complained = ran.why
            await asyncio.sleep(backoff.pause(ran.seconds if ran.fragments else 0))

    async def _once(self) -> Ran:
        began = time.monotonic()
        reader = _Reader(self.sink)
        why = "ended"
        try:
            async with self._program(reader) as said:
                why = await reader.wait()
                if why == "ended":
                    await asyncio.sleep(0.05)  # its last words
                    why = meaning(list(said))
        except OSError as error:
            logger.error("%s: ffmpeg cannot be started: %s", self.spec.name, error)
            why = "no-program"
        finally:
            self.sink.ends(why)
        return Ran(why, time.monotonic() - began, reader.fragments)

    @contextlib.asynccontextmanager
    async def _program(self, reader: _Reader) -> AsyncIterator[deque[str]]:
        pipes = [Pipe(reader)]
        if self._with_clock:
            pipes.append(Pipe(ClockReader(self.sink.clock)))
        theirs = [pipe.theirs for pipe in pipes]
        words = command(self.spec, self._clips, theirs[1] if self._with_clock else None)
        try:
            process = await asyncio.create_subprocess_exec(
                *words.arguments, stdin=subprocess.PIPE, stdout=theirs[0], stderr=subprocess.PIPE, cwd="/",
                pass_fds=theirs[1:],
            )  # fmt: skip
        except OSError:
            for pipe in pipes:
                pipe.close()
            raise
        finally:
            for far in theirs:
                os.close(far)
        self.pid = process.pid
        said: deque[str] = deque(maxlen=LINES_KEPT)
        helpers = [asyncio.create_task(self._listen(process, said))]
        helpers.append(asyncio.create_task(self._tell(process, words.script)))
        try:
            yield said
        finally:
            self.pid = None
            for pipe in pipes:
                pipe.close()
            await _end(process)
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)

    async def _listen(self, process: asyncio.subprocess.Process, said: deque[str]) -> None:
        if process.stderr is not None:
            with contextlib.suppress(ValueError):  # a line without end
                async for line in process.stderr:
                    said.append(scrubbed(line.decode(errors="replace").rstrip()[:300], self.spec))

    async def _tell(self, process: asyncio.subprocess.Process, script: bytes) -> None:
        if process.stdin is None:
            return
        with contextlib.suppress(ConnectionError):
            if self._feeder is not None and self.spec.kind == "scene":
                await self._feeder.feed(self.spec, process.stdin)
            process.stdin.write(script)
            await process.stdin.drain()
        process.stdin.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # nothing to lose: what it had written is in the pipe, and read
        await process.wait()


class _Reader:
    """The end of the pipe: bytes in, fragments out, and the moment of the last one."""

    def __init__(self, sink: Sink) -> None:
        self.fragments = 0
        self._sink = sink
        self._splitter = Splitter()
        self._init: InitSegment | None = None
        self._coded: bytes | None = None
        self._deadline = time.monotonic() + FIRST_PICTURE_S
        self._over: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def data_received(self, data: memoryview) -> None:
        if self._over.done():
            return
        try:
            for part in self._splitter.feed(data):
                if self._is_coded_otherwise(part):
                    # What comes now does not fit its beginning: begun anew, it goes into a file of its own.
                    self._finish("changed")
                    return
                self._take(part)
        except BoxError as error:
            self._finish("rubbish")
            logger.info("not a stream: %s", error)

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish("ended")

    async def wait(self) -> str:
        """Why there are no more pictures: the program ended, fell silent, or sent rubbish."""
        while not self._over.done():
            left = self._deadline - time.monotonic()
            if left <= 0:
                return "stalled" if self.fragments else "silent"
            await asyncio.wait([self._over], timeout=left)
        return self._over.result()

    def _take(self, part: InitSegment | Fragment) -> None:
        if isinstance(part, InitSegment):
            self._init = part
            self._sink.begins(part)
            return
        self.fragments += 1
        self._deadline = time.monotonic() + STALLED_S
        self._sink.takes(part, time.time_ns() // 1000)

    def _is_coded_otherwise(self, part: InitSegment | Fragment) -> bool:
        """Whether a camera was set to another size or profile while it sends."""
        if self._init is None or isinstance(part, InitSegment) or not part.key:
            return False
        told = sequence_set(part, self._init)
        before, self._coded = self._coded, told or self._coded
        return told is not None and before is not None and told != before

    def _finish(self, why: str) -> None:
        if not self._over.done():
            self._over.set_result(why)
