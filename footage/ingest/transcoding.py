"""H.265 made into H.264 for browsers that cannot show it: one ffmpeg for one stream, while somebody watches it.

Recording goes first: no more than FOOTAGE_TRANSCODES of them on a node, at a lower priority, and whoever is refused
is told so. Nothing of it is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque

from footage.boxes import Fragment, InitSegment, Splitter
from footage.ingest.program import ffmpeg
from footage.ingest.relay import Channel, Name, Relay
from footage.live import TRANSCODED
from footage.moov import BoxError

logger = logging.getLogger(__name__)
BASE = {made: base for base, made in TRANSCODED.items()}
# An operator leafs through tiles: it goes on for a moment after the last look.
LINGER_S = 5.0
SAY_AGAIN_S = 2.0
AFTER_A_FAILURE_S = 5.0
FRAGMENT_US = 245_000
WAITING = 60
# What came in lately, by its decode time: when each fragment was.
REMEMBERED = 160
WIDEST = 1280


def program() -> list[str]:
    """From fragments on its standard input to fragments on its standard output, a key frame where there was one."""
    # One thread decodes: several would each hold a picture back.
    taken = ["-probesize", "32", "-analyzeduration", "0", "-fpsprobesize", "0", "-threads", "1"]
    taken += ["-flags", "low_delay", "-f", "mp4", "-i", "pipe:0", "-map", "0:v:0", "-an"]
    made = ["-vf", f"scale='min({WIDEST},iw)':-2,format=yuv420p", "-fps_mode", "passthrough"]
    made += ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-threads", "2"]
    made += ["-crf", "25", "-maxrate", "3M", "-bufsize", "3M", "-force_key_frames", "source", "-g", "600"]
    out = ["-f", "mp4", "-movflags", "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"]
    out += ["-frag_duration", str(FRAGMENT_US), "-flush_packets", "1", "pipe:1"]
    quiet = ["-hide_banner", "-nostats", "-loglevel", "error"]
    return ["nice", "-n", "5", ffmpeg(), *quiet, *taken, *made, *out]


class Transcoder:
    """Taps one channel, and fills another."""

    def __init__(self, source: Channel, into: Channel) -> None:
        self.source, self.into = source, into
        self.over = self.failed = False
        self.wanted_at = time.monotonic()
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self._times: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)
        self._first_s: float | None = None
        self._needs_key = False
        self._began = source.under_way.data if source.under_way else b""
        for fragment, starts_us in source.group:
            self.takes(fragment, starts_us)
        source.tap = self
        self._task = asyncio.create_task(self._run(), name=f"transcode {into.name}")

    def begins(self, init: InitSegment) -> None:
        """The camera began anew, perhaps in another size or coding: so does this."""
        self.over = True

    def takes(self, fragment: Fragment, starts_us: int) -> None:
        if self._needs_key and not fragment.key:
            return
        if self._waiting.full():
            self._needs_key = True  # the machine is too slow for it: better fewer pictures than old ones
            return
        self._needs_key = False
        if self._first_s is None:
            self._first_s = fragment.starts_s
        self._times.append((fragment.starts_s, starts_us))
        self._waiting.put_nowait(fragment.data)

    async def stop(self) -> None:
        if self.source.tap is self:
            self.source.tap = None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        process = await asyncio.create_subprocess_exec(
            *program(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd="/",
        )
        feeding = asyncio.create_task(self._feed(process))
        try:
            await self._read(process)
            said = await process.stderr.read() if process.stderr is not None else b""
            logger.warning(
                "%s/%s: transcoding ended: %s", *self.into.name, said[-300:].decode(errors="replace")
            )
        except (BoxError, OSError) as error:
            logger.warning("%s/%s: transcoding failed: %s", *self.into.name, error)
        finally:
            self.over = self.failed = True
            feeding.cancel()
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
            await process.wait()

    async def _feed(self, process: asyncio.subprocess.Process) -> None:
        if process.stdin is None:
            return
        with contextlib.suppress(ConnectionError):
            process.stdin.write(self._began)
            while True:
                process.stdin.write(await self._waiting.get())
                await process.stdin.drain()

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        splitter = Splitter()
        while process.stdout is not None and (data := await process.stdout.read(65536)):
            for part in splitter.feed(data):
                if isinstance(part, InitSegment):
                    self.into.begins(part, time.time_ns() // 1000)
                else:
                    self.into.takes(part, self._starts_us(part))

    def _starts_us(self, made: Fragment) -> int:
        """When its first picture was: the time of the fragment it was made from."""
        at_s = (self._first_s or 0.0) + made.starts_s
        known_s, known_us = self._times[0]
        for known in self._times:
            if known[0] > at_s + 0.001:
                break
            known_s, known_us = known
        return known_us + round((at_s - known_s) * 1_000_000)


class Transcoding:
    """All of a node. `tick` twice a second: starts what is watched, within what the node may carry."""

    def __init__(self, relay: Relay, most: int) -> None:
        self._relay = relay
        self._most = most
        self._running: dict[Name, Transcoder] = {}
        self._rests_until: dict[Name, float] = {}
        self._said_at: dict[Name, float] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def tick(self) -> None:
        now = time.monotonic()
        wanted = {name for name in self._relay.wanted if name[1] in BASE}
        for name, running in [*self._running.items()]:
            if name in wanted:
                running.wanted_at = now
            source = self._relay.channel(_base(name))
            if running.over or source is not running.source or now - running.wanted_at > LINGER_S:
                if running.failed:
                    self._rests_until[name] = now + AFTER_A_FAILURE_S
                self._end(name)
        for name in sorted(wanted - set(self._running)):
            self._begin(name, now)

    async def stop(self) -> None:
        for name in [*self._running]:
            self._end(name)
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _begin(self, name: Name, now: float) -> None:
        source = self._relay.channel(_base(name))
        if source is None or not source.under_way or now < self._rests_until.get(name, 0.0):
            return
        if len(self._running) < self._most:
            logger.info("camera %s/%s: transcoded while it is watched", *name)
            self._running[name] = Transcoder(source, self._relay.open(*name))
        elif now - self._said_at.get(name, 0.0) > SAY_AGAIN_S:
            self._said_at[name] = now
            self._relay.refuse(name, "transcodes-full" if self._most else "transcodes-none")

    def _end(self, name: Name) -> None:
        running = self._running.pop(name)
        self._relay.close(running.into)
        task = asyncio.get_running_loop().create_task(running.stop())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _base(name: Name) -> Name:
    return name[0], BASE[name[1]]
