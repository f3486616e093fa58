"""Exercise units going about the city at the pace of the city. Deterministic for one seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass

from patrols.fixes import Fix
from patrols.models import Unit
from patrols.streets import Network, Stretch
from places.geometry import destination

# Cruising speed in km/h by what the unit moves on, and the least of it a kind of street allows.
CRUISE_KMH = {Unit.Kind.CAR: 34.0, Unit.Kind.MOTO: 38.0, Unit.Kind.BIKE: 15.0, Unit.Kind.FOOT: 4.5}
STREET_KMH = {"promenade": 50.0, "avenue": 42.0, "street": 28.0}
GAIN_M_S2 = 1.4
STOP_CHANCE, STOP_S = 0.25, (4.0, 25.0)  # a red light, somebody asking the way
JITTER_M = 1.5  # of a good receiver


@dataclass
class Drive:
    """One unit under way."""

    unit_id: int
    kind: str
    stretch: Stretch
    along_m: float
    speed_m_s: float = 0.0
    waits_s: float = 0.0

    def go_on(self, seconds: float, network: Network, rng: random.Random) -> None:
        if self.waits_s > 0:
            self.waits_s = max(0.0, self.waits_s - seconds)
            self.speed_m_s = 0.0
            return
        wanted = min(CRUISE_KMH[Unit.Kind(self.kind)], STREET_KMH.get(self.stretch.kind, 30.0)) / 3.6
        gain = GAIN_M_S2 * seconds
        self.speed_m_s += max(-2 * gain, min(gain, wanted * rng.uniform(0.8, 1.1) - self.speed_m_s))
        self.along_m += self.speed_m_s * seconds
        while self.along_m > self.stretch.length_m:
            self.along_m -= self.stretch.length_m
            self.stretch = network.after(self.stretch, rng)
            if rng.random() < STOP_CHANCE:
                self.along_m = 0.0
                self.waits_s = rng.uniform(*STOP_S)

    def fix(self, at: dt.datetime, rng: random.Random) -> Fix:
        point, heading = self.stretch.at(self.along_m)
        return Fix(
            unit_id=self.unit_id,
            point=destination(point, rng.uniform(0, 360), rng.uniform(0, JITTER_M)),
            at=at,
            speed_kmh=round(self.speed_m_s * 3.6, 1),
            heading_deg=round(heading, 1) % 360,
            accuracy_m=round(rng.uniform(3, 8), 1),
        )


class Fleet:
    """All exercise units on one network."""

    def __init__(self, network: Network, rng: random.Random) -> None:
        self.network, self.rng = network, rng
        self.drives: dict[int, Drive] = {}

    def crew(self, units: Iterable[Unit]) -> None:
        """Who is under way from now on; a new one starts somewhere, one that is gone stops being told."""
        stretches = self.network.stretches
        lengths = [stretch.length_m for stretch in stretches]
        known, self.drives = self.drives, {}
        for unit in units:
            drive = known.get(unit.pk)
            if drive is None or drive.kind != unit.kind:
                stretch = self.rng.choices(stretches, lengths)[0]
                drive = Drive(unit.pk, unit.kind, stretch, self.rng.uniform(0, stretch.length_m))
            self.drives[unit.pk] = drive

    def go_on(self, seconds: float, at: dt.datetime) -> list[Fix]:
        """Move everybody, and say where they are now."""
        for drive in self.drives.values():
            drive.go_on(seconds, self.network, self.rng)
        return [drive.fix(at, self.rng) for drive in self.drives.values()]
