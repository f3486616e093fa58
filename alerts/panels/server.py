"""Listens to alarm panels, over TCP and UDP on one port (ANSI/SIA DC-09, law P-02).

A frame is answered once it is committed. Without the database nothing is answered: the panel sends it again, or
takes its other path. Frames of one connection follow one another; connections do not wait for one another.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import cast

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from alerts.panels import actions, frames
from doors import correlation
from events.models import Pulse

logger = logging.getLogger(__name__)

IDLE_S = 900.0
PULSE_S = 5.0
THREADS = 8
CONNECTIONS = 2000
# Of one address: panels behind one router may be many, but none says this much for long.
FRAMES_PER_S, BURST = 20.0, 100.0
ADDRESSES = 10_000

Answer = Callable[[bytes, str], Awaitable[bytes | None]]


class Flood:
    """A bucket for each address: `allows` is false while it sends more than it may."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, peer: str) -> bool:
        now = time.monotonic()
        level, at = self._buckets.pop(peer, (BURST, now))
        level = min(BURST, level + (now - at) * FRAMES_PER_S)
        # Put back at the end: when there are too many, the one silent for longest goes.
        self._buckets[peer] = (max(0.0, level - 1.0), now)
        if len(self._buckets) > ADDRESSES:
            self._buckets.pop(next(iter(self._buckets)))
        return level >= 1.0


@dataclass
class Receiver:
    """Both doors on one port. `port` 0 takes any free one, told in `port` once `listen` has returned."""

    host: str
    port: int
    flood: Flood = field(default_factory=Flood)
    _open: int = 0

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="panel")
        self._tcp: asyncio.Server | None = None
        self._udp: asyncio.DatagramTransport | None = None

    async def listen(self) -> None:
        """Raises OSError when the port is taken."""
        self._tcp = await asyncio.start_server(self._connected, self.host, self.port)
        self.port = int(self._tcp.sockets[0].getsockname()[1])
        try:
            self._udp, _protocol = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Datagrams(self._answer, self.flood), local_addr=(self.host, self.port)
            )
        except OSError:
            self._tcp.close()
            raise

    async def serve(self) -> None:
        """Until cancelled. It beats: who reads `/healthz` sees that somebody listens."""
        await self._said(lambda: Pulse.beat(f"{actions.PULSE} since"))
        try:
            while True:
                await self._said(lambda: Pulse.beat(actions.PULSE))
                await asyncio.sleep(PULSE_S)
        finally:
            await self.close()

    async def close(self) -> None:
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = str((writer.get_extra_info("peername") or ("0.0.0.0",))[0])  # noqa: S104 nobody listens there
        if self._open >= CONNECTIONS:
            logger.warning("panel line %s refused: %d are open", peer, self._open)
            writer.close()
            return
        self._open += 1
        try:
            await self._talk(reader, writer, peer)
        except (ConnectionError, TimeoutError):
            pass  # the panel has gone, or said nothing for a quarter of an hour: it dials again
        except frames.Garbled as error:
            logger.warning("panel line %s closed: %s", peer, error)
        finally:
            self._open -= 1
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> None:
        splitter = frames.Splitter()
        while data := await asyncio.wait_for(reader.read(4096), IDLE_S):
            for raw in splitter.feed(data):
                if not self.flood.allows(peer):
                    logger.warning("panel line %s closed: too many frames", peer)
                    return
                if answer := await self._answer(raw, peer):
                    writer.write(answer)
                    await asyncio.wait_for(writer.drain(), IDLE_S)

    async def _answer(self, raw: bytes, peer: str) -> bytes | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, _take, raw, peer)

    async def _said(self, beat: Callable[[], None]) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._pool, _and_close, beat)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("the database is away: %s", error)


class _Datagrams(asyncio.DatagramProtocol):
    """One datagram, one frame (or several); the answer goes back where it came from."""

    def __init__(self, answer: Answer, flood: Flood) -> None:
        self._answer, self._flood = answer, flood
        self._busy: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self._flood.allows(addr[0]) or len(self._busy) >= CONNECTIONS:
            return
        task = asyncio.ensure_future(self._each(data, addr))
        self._busy.add(task)
        task.add_done_callback(self._busy.discard)

    async def _each(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            for raw in frames.Splitter().feed(data):
                if answer := await self._answer(raw, addr[0]):
                    self._transport.sendto(answer, addr)
        except frames.Garbled as error:
            logger.warning("panel datagram of %s: %s", addr[0], error)


def _take(raw: bytes, peer: str) -> bytes | None:
    try:
        with correlation.under(f"panel-{timezone.now():%H%M%S%f}"):
            return actions.receive_frame(raw=raw, peer=peer)
    except frames.Garbled as error:
        logger.warning("frame of %s not taken: %s", peer, error)
    except (DatabaseError, InterfaceError) as error:
        # Not answered: what is not written down was not received.
        logger.error("frame of %s not answered, the database is away: %s", peer, error)
    finally:
        connection.close()
    return None


def _and_close(job: Callable[[], None]) -> None:
    try:
        job()
    finally:
        connection.close()
