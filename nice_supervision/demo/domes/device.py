"""One dome: its head, its door, its clock, its faults, and what it was told."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from nice_supervision.demo.domes.head import HOME, Head, Mounting
from nice_supervision.demo.domes.security import Door, utc

KEPT, MOST_OWED = 200, 5000
BOOTED = "Monitoring/OperatingTime/LastReboot"
FPS, WIDTH, HEIGHT = 12, 768, 432  # at least 12 pictures a second (law L-11)


@dataclass
class Misbehaviour:
    """What is wrong with it now. Written by whoever tests; a good device has none."""

    slow_s: float = 0.0
    drops: int = 0  # so many answers are cut off
    clock_off_s: float = 0.0
    refuses: list[str] = field(default_factory=list)  # operations it says it does not support
    unanswering: bool = False
    digest_only: bool = False  # it knows HTTP digest, and no WS-Security
    knows_no_filters: bool = False
    floods: bool = False  # it tells all at once, whatever the limit

    def set(self, **wrong: Any) -> None:
        for name, value in wrong.items():
            if name not in self.__dataclass_fields__:
                raise KeyError(name)
            setattr(self, name, value)


@dataclass(frozen=True)
class Happened:
    """One notification. `known`: told to a new subscription as what is so already."""

    at: float
    topic: str
    data: dict[str, str]
    element: str = ""
    known: bool = False


@dataclass
class Subscription:
    """A pull point: until when, which topics (none is all), what it has not been told."""

    until: float
    topics: tuple[str, ...] = ()
    owed: list[Happened] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Mask:
    token: str
    corners: list[tuple[float, float]]
    enabled: bool = True


@dataclass
class Dome:
    name: str
    door: Door
    head: Head
    seed: int = 0
    wide_deg: float = 62.0
    tele_deg: float = 3.2
    mast_m: float = 7.0
    wrong: Misbehaviour = field(default_factory=Misbehaviour)
    masks: dict[str, Mask] = field(default_factory=dict)
    told: deque[tuple[float, str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    properties: dict[str, Happened] = field(default_factory=dict)
    away_until: float = 0.0
    boots: int = 1
    # Written under its picture with the time, as cameras do; none: where it looks, for machines.
    label: str = ""
    warm: dict[str, float] | None = None  # kelvin by place; None: it measures nothing
    measured_at: float = 0.0

    @classmethod
    def made(
        cls, name: str, *, user: str, password: str, mounting: Mounting | None = None, **more: Any
    ) -> Dome:
        dome = cls(name, Door(user, password), Head(mounting=mounting or Mounting()), **more)
        dome.woke()
        return dome

    def clock(self) -> datetime:
        return utc(self.wrong.clock_off_s)

    def is_away(self) -> bool:
        """Restarting, or not answering at all."""
        return self.wrong.unanswering or time.monotonic() < self.away_until

    def note(self, operation: str, detail: Any) -> None:
        self.told.append((time.time(), operation, detail))

    def happens(self, topic: str, element: str = "", *, keeps: bool = False, **data: str) -> None:
        """`element`: what it says besides its items, as XML. `keeps`: it is so until it is told otherwise."""
        told = Happened(time.time(), topic, data, element)
        if keeps:
            self.properties[topic] = replace(told, known=True)
        for one in self.subscriptions.values():
            if not one.topics or topic.startswith(one.topics):
                one.owed.append(told)
                del one.owed[:-MOST_OWED]
                one.news.set()

    def restart(self, seconds: float) -> None:
        """Away for so long; then it wakes where it always wakes, whatever it was doing."""
        self.away_until = time.monotonic() + seconds
        self.boots += 1
        self.head.put(HOME)
        self.subscriptions.clear()
        self.woke()

    def woke(self) -> None:
        self.happens(BOOTED, keeps=True, Status=f"{self.clock():%Y-%m-%dT%H:%M:%S.%fZ}")

    def state(self) -> dict[str, Any]:
        looking = self.head.looking()
        return {
            "bearing_deg": looking.bearing_deg,
            "tilt_deg": looking.tilt_deg,
            "zoom": looking.zoom,
            "moving": looking.moving,
            "counts": self.head.counts()[0]._asdict(),
            "told": [{"at": at, "operation": name, "detail": detail} for at, name, detail in self.told],
            "boots": self.boots,
            "masks": [{"token": one.token, "corners": one.corners} for one in self.masks.values()],
        }

    def hfov_deg(self) -> float:
        return hfov_deg(self, self.head.counts()[0].zoom)


def hfov_deg(dome: Dome, zoom: float) -> float:
    """Focal length grows evenly with zoom."""
    wide, tele = (math.tan(math.radians(deg) / 2) for deg in (dome.wide_deg, dome.tele_deg))
    return math.degrees(2 * math.atan(wide / (1 + (wide / tele - 1) * zoom)))
