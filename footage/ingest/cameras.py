"""One camera of a node: its main stream always, its sub-stream while somebody or something looks."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from footage.hand_over import Written
from footage.health.checker import Checker
from footage.ingest.feed import Feed, Presence, Watchers
from footage.ingest.relay import Name, Relay
from footage.ingest.ring import Ring
from footage.ingest.roster import Entry
from footage.ingest.stream import Feeder, Stream
from footage.ingest.telling import Teller
from footage.live import MAIN, SUB, TRANSCODED
from footage.recording import Journal, Recorder, Wrote
from footage.segment_file import Entry as Place
from footage.writing import Writer

# The sub-stream is kept so long after the last look: an operator leafs through tiles.
LINGER_S = 30.0


@dataclass(frozen=True)
class House:
    """What all cameras of a node share."""

    root: Path
    ring: Path
    clips: Path
    writer: Writer
    journal: Journal
    watchers: Watchers
    checker: Checker
    relay: Relay
    feeder: Feeder
    teller: Teller


class Camera:
    def __init__(self, entry: Entry, house: House) -> None:
        self.camera_id = entry.main.camera_id
        self._entry = entry
        self._house = house
        wrote = self._tells(MAIN) if entry.sub is None else None
        self.recorder = Recorder(
            house.root, self.camera_id, entry.main.code, house.journal, entry.main.mask, wrote
        )
        self._presence = Presence(self.camera_id, house.watchers, lost=entry.lost)
        self._main = self._start_main()
        self._sub: asyncio.Task[None] | None = None
        self._sub_until = 0.0
        self._sub_wanted = False
        self._sub_feed: Feed | None = None
        self._ring: Ring | None = None
        self._live = self._analysed = False
        self.analysed()
        self.watched(house.relay.wanted)

    def fits(self, entry: Entry) -> bool:
        """Whether it may go on as it is."""
        return (entry.main, entry.sub) == (self._entry.main, self._entry.sub)

    @property
    def burning(self) -> list[int]:
        """The programs that burn its masks in."""
        return [one.pid for one in self._streams if one.pid is not None and one.spec.areas]

    def tick(self) -> None:
        self._presence.tick()
        if self._sub is not None and not self._sub_wanted and time.monotonic() > self._sub_until:
            self._end_sub()

    def watched(self, wanted: frozenset[Name]) -> None:
        self._live = not wanted.isdisjoint({(self.camera_id, SUB), (self.camera_id, TRANSCODED[SUB])})
        self._want()

    def analysed(self) -> None:
        """Software begins or ends to look at it."""
        self._analysed = self.camera_id in self._house.teller.asked
        if self._ring is not None:
            self._ring.wanted = self._analysed
        self._want()

    def _want(self) -> None:
        self._sub_wanted = self._live or self._analysed
        if self._sub_wanted:
            self._sub_until = time.monotonic() + LINGER_S
            if self._sub is None and self._entry.sub is not None:
                self._start_sub()
        elif self._sub is not None:
            self._sub_until = time.monotonic() + LINGER_S

    async def stop(self) -> None:
        tasks = [task for task in (self._main, self._sub) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel in self._feed.channels:
            self._house.relay.close(channel)
        self._end_sub()
        self._house.writer.do(self.recorder.ends)

    def _start_main(self) -> asyncio.Task[None]:
        relay = self._house.relay
        channels = [relay.open(self.camera_id, MAIN)]
        if self._entry.sub is None:  # one stream serves both
            channels.append(relay.open(self.camera_id, SUB))
        self._feed = Feed(
            channels,
            recorder=self.recorder,
            writer=self._house.writer,
            journal=self._house.journal,
            presence=self._presence,
            watchers=self._house.watchers,
            eye=self._house.checker.eye(self.camera_id),
        )
        stream = Stream(self._entry.main, self._feed, self._house.clips, self._house.feeder)
        self._streams = [stream]
        return asyncio.create_task(stream.run(), name=self._entry.main.name)

    def _start_sub(self) -> None:
        if self._entry.sub is None:
            return
        house, spec = self._house, self._entry.sub
        self._ring = Ring(house.ring, self.camera_id, spec.code, spec.mask, self._tells(SUB))
        self._ring.wanted = self._analysed
        self._sub_feed = Feed(
            [house.relay.open(self.camera_id, SUB)], recorder=self._ring, writer=house.writer
        )
        stream = Stream(self._entry.sub, self._sub_feed, self._house.clips, self._house.feeder)
        self._streams = [*self._streams[:1], stream]
        self._sub = asyncio.create_task(stream.run(), name=self._entry.sub.name)

    def _end_sub(self) -> None:
        if self._sub is not None:
            self._sub.cancel()
            self._sub = None
        if self._sub_feed is not None:
            for channel in self._sub_feed.channels:
                self._house.relay.close(channel)
            self._sub_feed = None
        if self._ring is not None:
            self._house.writer.do(self._ring.ends)
            self._ring = None

    def _tells(self, quality: str) -> Wrote:
        """From the writing thread: what lies on the disk now."""
        spec, teller = self._entry.main, self._house.teller

        def wrote(path: str, place: Place) -> None:
            teller.wrote(Written.of(spec.camera_id, quality, path, place, spec.mask))

        return wrote
