"""What goes through the eye: pictures in, signals out. No database, no Django; times are UTC with a zone.

All places in a picture are fractions of its width and height, (0, 0) top left, so that they mean the same at every
size a camera sends. Lengths on the ground are metres, durations seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Colours = NDArray[np.uint8]
Mask = NDArray[np.uint8]
Polygon = tuple[tuple[float, float], ...]
PERSON = "person"
VEHICLES = frozenset({"bicycle", "car", "motorcycle", "bus", "train", "truck", "vehicle"})
BAGS = frozenset({"backpack", "handbag", "suitcase", "bag"})
# A thing of no known kind: what moves, to a detector without a trained model.
THING = "thing"


@dataclass(frozen=True)
class Frame:
    """One decoded picture. `bgr()` is made only when asked for: the gate and the background live on luma."""

    at: dt.datetime
    size: tuple[int, int]  # width, height
    luma: Luma  # height x width
    key: bool
    colours: Callable[[], Colours] = field(repr=False, compare=False)
    # Half the height x half the width x 2: blueness and redness around 128; None of a picture without colours.
    chroma: NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)

    def bgr(self) -> Colours:
        return self.colours()


@dataclass(frozen=True, slots=True)
class Box:
    """Where something is, in fractions of the picture."""

    x0: float
    y0: float
    x1: float
    y1: float
    label: str = THING
    score: float = 1.0

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def foot(self) -> tuple[float, float]:
        """Where it touches the ground."""
        return (self.x0 + self.x1) / 2, self.y1

    def shared(self, other: Box) -> float:
        """The area both have."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return width * height if width > 0 and height > 0 else 0.0

    def iou(self, other: Box) -> float:
        shared = self.shared(other)
        return shared / (self.area + other.area - shared) if shared else 0.0


@dataclass(frozen=True)
class Moment:
    """The boxes of a situation at one instant: what is drawn over the clip."""

    at: dt.datetime
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Signal:
    """A rule says that something happened. A human decides whether it did (L-23)."""

    key: str  # the situation: the same for as long as it lasts
    rule: str  # event type
    at: dt.datetime  # when it happened, in the picture's time
    raised_at: dt.datetime  # the picture at which it was decided
    boxes: tuple[Moment, ...]
    score: float
    measured: Mapping[str, float]  # what the rule measured, by name: detection/measures.py says it in words
    setting: str = ""  # `RuleSetting.key` of the rule that says it


@dataclass(frozen=True)
class Length:
    """A known length that lies on the ground, across the picture or nearly so: its two ends and its metres."""

    ends: tuple[tuple[float, float], tuple[float, float]]
    metres: float


@dataclass(frozen=True)
class Calibration:
    """Two known lengths at two heights of the picture (the farther apart the better)."""

    lengths: tuple[Length, ...]
    hfov_deg: float = 60.0


@dataclass(frozen=True)
class RuleSetting:
    """One rule, on one zone of one camera. An empty zone is the whole picture.

    `line` (two points) is what is crossed; `crossing` ("any", "to_right", "to_left") is the way that counts, seen
    by who walks along the line. `parameters` have the names of `detection.parameters`.
    """

    event_type: str
    key: str = ""
    zone: Polygon = ()
    line: Polygon = ()
    crossing: str = "any"
    parameters: Mapping[str, float] = field(default_factory=dict)
    ground: Calibration | None = None
    # Whether it watches at that instant; None watches always.
    schedule: Callable[[dt.datetime], bool] | None = None

    def watches(self, at: dt.datetime) -> bool:
        return self.schedule is None or self.schedule(at)


@dataclass(frozen=True)
class Picture:
    """What a detector is given: a frame, or a part of it, and what moves in it (255) at any size."""

    frame: Frame
    part: Box
    moving: Mask | None = None


class Detector(Protocol):
    """Finds things in pictures, several cameras at once. Boxes are in fractions of the whole frame."""

    name: str
    # False: it lives on what moves and has no use for parts of a picture.
    trained: bool

    def detect(self, pictures: Sequence[Picture]) -> list[list[Box]]: ...


class Watcher(Protocol):
    """What `detection.sight.scene.Scene` offers to whoever feeds it. One per camera; not for several threads.

    `look` and `conclude` are the two halves of `see`, so that one call of a detector serves many cameras:
    `conclude(looked, detector.detect([*looked.pictures, ...]))`.
    """

    @property
    def wants_all_frames(self) -> bool: ...
    def see(self, frames: Iterable[Frame]) -> list[Signal]: ...
    def warm_up(self, frames: Iterable[Frame]) -> None: ...
    def pause(self, until: dt.datetime) -> None: ...
    def jump(self) -> None: ...
    def state(self) -> dict[str, Any]: ...
