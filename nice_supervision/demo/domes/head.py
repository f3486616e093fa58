"""Two motors and a lens: where they are at each instant, in what the device counts and in true degrees."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Counts(NamedTuple):
    """As ONVIF's generic spaces have them: pan and tilt -1 … 1, zoom 0 … 1."""

    pan: float
    tilt: float
    zoom: float


class Mounting(NamedTuple):
    """How the thing hangs on its mast: what nobody told the centre. Degrees, true north, horizon."""

    north_at: float = 0.0  # pan counts when it looks north
    per_pan_deg: float = 180.0  # true degrees per count, negative when it hangs upside down
    level_at: float = 0.0
    per_tilt_deg: float = 90.0

    @property
    def endless(self) -> bool:
        """Its two counts are one whole turn; with other scales the motor has ends."""
        return abs(self.per_pan_deg) == 180.0


class Looking(NamedTuple):
    bearing_deg: float
    tilt_deg: float
    zoom: float
    moving: bool


HOME = Counts(0.0, -0.2, 0.0)


@dataclass
class Head:
    mounting: Mounting = field(default_factory=Mounting)
    # Counts per second: half a turn in 1.5 s, a quarter up or down in 1.5 s, the lens in 3 s.
    fastest: Counts = field(default_factory=lambda: Counts(0.67, 0.67, 0.33))
    now: Callable[[], float] = time.monotonic
    presets: dict[str, tuple[str, Counts]] = field(default_factory=dict)
    _from: Counts = field(default_factory=lambda: HOME)
    _since: float = 0.0
    _target: Counts | None = None
    _speed: Counts = field(default_factory=lambda: Counts(0, 0, 0))
    _until: float = 0.0

    def counts(self) -> tuple[Counts, bool]:
        """Where it is, and whether it still turns."""
        now = self.now()
        if self._target is not None:
            passed = now - self._since
            at = Counts(
                self._round(passed),
                _towards(self._from.tilt, self._target.tilt, self.fastest.tilt * passed),
                _towards(self._from.zoom, self._target.zoom, self.fastest.zoom * passed),
            )
            return at, at != self._target
        passed = min(now, self._until) - self._since
        moved = [
            start + speed * rate * max(0.0, passed)
            for start, speed, rate in zip(self._from, self._speed, self.fastest, strict=True)
        ]
        turning = now < self._until and any(self._speed)
        pan = _wrapped(moved[0]) if self.mounting.endless else _held(moved[0], -1, 1)
        return Counts(pan, _held(moved[1], -1, 1), _held(moved[2], 0, 1)), turning

    def looking(self) -> Looking:
        at, moving = self.counts()
        return Looking(*self.direction(at), at.zoom, moving)

    def direction(self, at: Counts) -> tuple[float, float]:
        """True bearing and tilt."""
        hung = self.mounting
        return (
            (at.pan - hung.north_at) * hung.per_pan_deg % 360,
            (at.tilt - hung.level_at) * hung.per_tilt_deg,
        )

    def go(self, to: Counts) -> None:
        self._set_off()
        self._target = to

    def turn(self, speed: Counts, seconds: float) -> None:
        self._set_off()
        self._target, self._speed, self._until = None, speed, self._since + seconds

    def stop(self, *, pan_tilt: bool, zoom: bool) -> None:
        target, speed, until = self._target, self._speed, self._until
        self._set_off()
        at = self._from
        if target is not None:
            way = at if pan_tilt else target
            self._target = Counts(way.pan, way.tilt, at.zoom if zoom else target.zoom)
        else:
            turn = Counts(0, 0, 0) if pan_tilt else speed
            self._speed = Counts(turn.pan, turn.tilt, 0 if zoom else speed.zoom)
            self._until = until

    def put(self, at: Counts) -> None:
        """It woke up here."""
        self._from, self._since, self._target = at, self.now(), None
        self._speed, self._until = Counts(0, 0, 0), 0.0

    def _set_off(self) -> None:
        self._from, self._since = self.counts()[0], self.now()

    def _round(self, passed: float) -> float:
        """Pan takes the shorter way where the motor has no end."""
        if self._target is None:
            return self._from.pan
        if not self.mounting.endless:
            return _towards(self._from.pan, self._target.pan, self.fastest.pan * passed)
        ahead = _wrapped(self._target.pan - self._from.pan)
        if abs(ahead) <= self.fastest.pan * passed:
            return self._target.pan
        return _wrapped(self._from.pan + (1 if ahead > 0 else -1) * self.fastest.pan * passed)


def _towards(start: float, end: float, at_most: float) -> float:
    return end if abs(end - start) <= at_most else start + (at_most if end > start else -at_most)


def _wrapped(pan: float) -> float:
    """-1 … 1, for a head whose two counts are one turn; others never go so far."""
    return (pan + 1) % 2 - 1


def _held(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)
