"""One `run_cameras`: all cameras of its shards, taken in, recorded and relayed until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from cameras.actions import report_lost, report_returned
from cameras.masks.carrying import MaskCarrier
from cameras.steering.carrying import Carrier
from events.models import Pulse
from footage import keeping, mending
from footage.health.actions import report_fault, report_good
from footage.health.checker import Checker
from footage.health.said import Said
from footage.index import Index
from footage.ingest import roster
from footage.ingest.cameras import Camera, House
from footage.ingest.feed import STEADY_S
from footage.ingest.heat import Heat
from footage.ingest.relay import Relay
from footage.ingest.ring import tidy
from footage.ingest.telling import Teller
from footage.ingest.transcoding import Transcoding
from footage.lease import RENEW_S, Lessee
from footage.ledger import Ledger
from footage.masking.cost import Meter
from footage.models import Source, WorkOrder
from footage.scenes.player import Player
from footage.segment_file import SegmentFile
from footage.writing import Syncer, Writer

logger = logging.getLogger(__name__)
ROSTER_S, TICK_S, PULSE_S, KEEP_S, MEND_S = 3.0, 0.5, 5.0, 10.0, 30.0
FOLDERS_EVERY = 20
# Left for rows when told to stop; what is not written then is found by the mender.
LEDGER_S = 10.0
LEAVE_S = 3.0
T = TypeVar("T")


class Facts:
    """Tells the centre of a camera's going and coming (feed.Watchers), in the ledger's thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def lost(self, camera_id: int, why: str) -> None:
        self._ledger.write(partial(report_lost, camera_id=camera_id, why=why))

    def returned(self, camera_id: int) -> None:
        self._ledger.write(partial(report_returned, camera_id=camera_id))

    def clock(self, camera_id: int, ahead_ms: int) -> None:
        self._ledger.write(
            lambda: Source.objects.filter(pk=camera_id).update(
                clock_offset_ms=ahead_ms, clock_measured_at=timezone.now()
            )
        )

    def unstable(self, camera_id: int, interruptions: int) -> None:
        at = timezone.now().isoformat(timespec="seconds")
        evidence = {"interruptions": interruptions, "minutes": round(STEADY_S / 60), "at": at}
        self.fault(camera_id, WorkOrder.Kind.UNSTABLE, True, evidence)

    def fault(self, camera_id: int, kind: str, stands: bool, evidence: dict[str, Any]) -> None:
        if stands:
            self._ledger.write(partial(report_fault, camera_id=camera_id, kind=kind, evidence=evidence))
        else:
            self._ledger.write(partial(report_good, camera_id=camera_id, kind=kind))


class Node:
    def __init__(self, number: int, of: int) -> None:
        self.lessee = Lessee(number, of)
        self.root = Path(settings.FOOTAGE_ROOT)
        self.ledger = Ledger()
        self.writer = Writer()
        self.meter = Meter()
        self.cameras: dict[int, Camera] = {}
        self.relay = Relay(settings.REDIS_URL)
        self.transcoding = Transcoding(self.relay, settings.FOOTAGE_TRANSCODES)
        self.teller = Teller(settings.REDIS_URL)
        self.syncer = Syncer(self.open_files)
        self.said = Said(self.ledger)
        self.carrier = Carrier(
            self.ledger, lambda: self.lessee.held, self.lessee.of, settings.REDIS_URL, self.said.hear
        )
        self.mask_carrier = MaskCarrier(
            self.carrier.conversations,
            ledger=self.ledger,
            rows=self._rows,
            shards=lambda: self.lessee.held,
            of=self.lessee.of,
        )
        self._thermal: frozenset[int] = frozenset()
        self.heat = Heat(self.relay, self.carrier.conversations, lambda: self._thermal)
        self._player = Player()
        self._mends = 0
        self._threads = ThreadPoolExecutor(3, "rows")
        told = Facts(self.ledger)
        self.checker = Checker(told.fault)
        self._house = House(
            root=self.root,
            ring=Path(settings.FOOTAGE_RING),
            clips=Path(settings.FOOTAGE_CLIPS),
            writer=self.writer,
            journal=Index(self.ledger, self.lessee.node),
            watchers=told,
            checker=self.checker,
            relay=self.relay,
            feeder=self._player,
            teller=self.teller,
        )

    def open_files(self) -> Iterator[SegmentFile]:
        for camera in list(self.cameras.values()):
            file = camera.recorder.file
            if file is not None:
                yield file

    async def run(self) -> None:
        """Until SIGTERM or Ctrl-C. Then files are closed, rows written, the lease given back."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        self.root.mkdir(parents=True, exist_ok=True)
        for thread in (self.ledger, self.writer, self.syncer, self.checker, self.teller):
            thread.start()
        logger.info("shard %s/%s: %s", self.lessee.number, self.lessee.of, self.lessee.node)
        works = [asyncio.create_task(work) for work in self._works()]
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([*works, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in (*works, stopping):
            task.cancel()
        await asyncio.wait([*works, stopping], timeout=LEAVE_S)
        await self._leave()
        for task in done:
            task.result()  # a work that ended by itself says what broke it

    def _works(self) -> list[Coroutine[Any, Any, None]]:
        return [
            self._renew(),
            self._follow_roster(),
            self._follow_watchers(),
            self._follow_software(),
            self.teller.ask(self.cameras),
            self.relay.run(self.cameras),
            self.carrier.run(),
            self.mask_carrier.run(),
            self.heat.run(),
            self._every(TICK_S, self._tick),
            self._every_row(PULSE_S, self._beat),
            self._every_row(KEEP_S, partial(keeping.keep_room, self.root, self.lessee.node)),
            self._every_row(MEND_S, self._mend),
            self._every_row(MEND_S, self._weigh),
            self._every_row(MEND_S, partial(tidy, Path(settings.FOOTAGE_RING))),
        ]

    async def _leave(self) -> None:
        await asyncio.gather(self.transcoding.stop(), *(camera.stop() for camera in self.cameras.values()))
        self.checker.finish()
        self.syncer.finish()
        self.writer.finish()
        self.teller.finish()
        await asyncio.to_thread(self.ledger.finish, LEDGER_S)
        try:
            await asyncio.to_thread(_and_close, self.lessee.release)
        except DatabaseError as error:
            logger.warning("the lease is not given back: %s", error)
        self._threads.shutdown(wait=False, cancel_futures=True)
        logger.info("shard %s/%s: stopped", self.lessee.number, self.lessee.of)

    async def _rows(self, job: Callable[[], T]) -> T | None:
        """In a thread with a connection of its own. None when the database is away: what there was goes on."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, _and_close, job)
        except DatabaseError as error:
            logger.warning("the database: %s", str(error).strip())
            return None

    async def _renew(self) -> None:
        while True:
            await self._rows(self.lessee.renew)
            await asyncio.sleep(RENEW_S)

    async def _follow_roster(self) -> None:
        while True:
            found = await self._rows(partial(roster.read, self.lessee.held, self.lessee.of))
            if found is not None and self.lessee.held is not None:
                if found.undrawn:
                    self._player.draw()
                self._thermal = frozenset(pk for pk, entry in found.due.items() if entry.thermal)
                await self._apply(found.due)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.relay.roster.wait(), ROSTER_S if self.cameras else 0.5)
            self.relay.roster.clear()

    async def _apply(self, due: dict[int, roster.Entry]) -> None:
        gone = [
            camera
            for camera_id, camera in self.cameras.items()
            if camera_id not in due or not camera.fits(due[camera_id])
        ]
        for camera in gone:
            del self.cameras[camera.camera_id]
        await asyncio.gather(*(camera.stop() for camera in gone))
        for camera_id, entry in due.items():
            if camera_id not in self.cameras:
                self.cameras[camera_id] = Camera(entry, self._house)
                # One ffmpeg after the other: a node that starts with 200 cameras is not to storm its network.
                await asyncio.sleep(0.02)

    async def _follow_watchers(self) -> None:
        while True:
            await self.relay.changed.wait()
            self.relay.changed.clear()
            for camera in self.cameras.values():
                camera.watched(self.relay.wanted)

    async def _follow_software(self) -> None:
        while True:
            await self.teller.changed.wait()
            self.teller.changed.clear()
            for camera in self.cameras.values():
                camera.analysed()

    async def _every(self, seconds: float, job: Callable[[], None]) -> None:
        while True:
            job()
            await asyncio.sleep(seconds)

    async def _every_row(self, seconds: float, job: Callable[[], object]) -> None:
        while True:
            await self._rows(job)
            await asyncio.sleep(seconds)

    def _tick(self) -> None:
        for camera in self.cameras.values():
            camera.tick()
        self.transcoding.tick()
        self.said.tick()

    def _beat(self) -> None:
        Pulse.beat(f"cameras {self.lessee.number}/{self.lessee.of}")

    def _weigh(self) -> None:
        """Of cameras taken away meanwhile one turn is missed."""
        self.meter.write({one.camera_id: one.burning for one in list(self.cameras.values()) if one.burning})

    def _mend(self) -> None:
        """Rows left open every time; folders at the start and every ten minutes, they are many."""
        folders = self._mends % FOLDERS_EVERY == 0
        self._mends += 1
        busy = {file.relative for file in self.open_files()}
        mending.mend(self.root, busy=busy, recent=True, folders=folders)


def _and_close(job: Callable[[], T]) -> T:
    try:
        return job()
    finally:
        connection.close()
