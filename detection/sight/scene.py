"""One camera as it is understood: frames in, signals out. `see` is the whole; `look` and `conclude` its two halves.

looked = [scene.look(frames) for scene, frames in ...]          # cheap: gate and background
answers = detector.detect([p for one in looked for p in one.pictures])  # dear: once for many cameras
signals = scene.conclude(one, answers_of_this_one)
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2

from detection.sight import merging, parts, rules
from detection.sight.background import Background, Seen
from detection.sight.gate import Gate, Movement
from detection.sight.ground import PeopleAsRulers, Scale, calibrated
from detection.sight.rules.crowd_density import CrowdDensity
from detection.sight.things import Things
from detection.sight.tracks import Tracker
from detection.sight.types import PERSON, Box, Detector, Frame, Picture, RuleSetting, Signal
from detection.sight.view import View

logger = logging.getLogger(__name__)
# A worker looks through many cameras on a core of its own: threads would only stand in one another's way.
cv2.setNumThreads(1)
# A gap in the pictures longer than that: what was known of who is where is no more.
JUMP_S = 20.0
# Pictures are decoded and looked at for so long after the last movement.
AWAKE_S = 3.0
QUIET_EVERY_S = 1.0
COUNT_EVERY_S = 0.9
# Only pictures with so much foreground in them are people that move; those of no trained model are foreground.
SUPPORT = 0.08
RULER_SCORE, RULER_PICTURES, RULER_MOVED = 0.5, 6, 0.4
# So much of the picture at once, for so long: the light or the view is another, and has to be learnt anew.
FLASH_S = 3.0


@dataclass
class Look:
    """One frame after the cheap half."""

    frame: Frame
    movement: Movement
    seen: Seen | None
    pictures: list[Picture] = field(default_factory=list)
    counted: bool = False  # everybody was looked for, the small ones too


@dataclass
class Looked:
    """What `look` found out: which pictures a detector is to see, in which order their boxes are wanted back."""

    looks: list[Look]

    @property
    def pictures(self) -> list[Picture]:
        return [picture for look in self.looks for picture in look.pictures]


class Scene:
    """Not for several threads. Frames come in the order in which they were taken."""

    def __init__(self, settings: Sequence[RuleSetting], detector: Detector) -> None:
        self.settings = tuple(settings)
        self.detector = detector
        self.rate = max((rules.RATES[one.event_type] for one in settings), default=2.0)
        self._rules = [rules.begin(setting) for setting in settings]
        self._counts = any(one.event_type in rules.COUNTING for one in settings)
        self._things_wanted = any(one.event_type == "abandoned_object" for one in settings)
        self._gate, self._background = Gate(), Background(follows=self._things_wanted)
        self._things, self._rulers = Things(), PeopleAsRulers()
        self._tracker = Tracker(frozenset().union(*map(rules.followed, settings)))
        self._paused_until: dt.datetime | None = None
        self._at: dt.datetime | None = None
        self._size: tuple[int, int] | None = None
        self._moved_at: dt.datetime | None = None
        self._detected_at: dt.datetime | None = None
        self._counted_at: dt.datetime | None = None
        self._flash_since: dt.datetime | None = None
        self._frames = self._looks = 0

    # What whoever feeds it asks

    @property
    def wants_all_frames(self) -> bool:
        """False: key frames will do until something moves."""
        if self._at is None or not self._background.learnt:
            return True
        return self._moved_at is not None and (self._at - self._moved_at).total_seconds() <= AWAKE_S

    @property
    def warm(self) -> bool:
        """Whether it has learnt what the place looks like."""
        return self._background.learnt

    def see(self, frames: Iterable[Frame]) -> list[Signal]:
        looked = self.look(frames)
        return self.conclude(looked, self.detector.detect(looked.pictures) if looked.pictures else [])

    def warm_up(self, frames: Iterable[Frame]) -> None:
        """The last minutes again, after a restart: what they would have signalled was signalled then."""
        self.see(frames)

    def pause(self, until: dt.datetime) -> None:
        """The camera moves until then, and settles: nothing before it is looked at, everything after is new."""
        self._paused_until = max(until, self._paused_until or until)

    def jump(self) -> None:
        """The clock jumped, or the picture is another: learn the place anew. Situations under way are over."""
        self._gate.reset()
        self._background.reset()
        self._things.reset()
        self._tracker.reset()
        self._rulers = PeopleAsRulers()
        self._rules = [rules.begin(setting) for setting in self.settings]
        self._moved_at = self._detected_at = self._counted_at = self._flash_since = None

    @property
    def crowds(self) -> dict[str, tuple[float, float]]:
        """(people, the limit) where they are counted, by the key of the setting."""
        counting = [rule for rule in self._rules if isinstance(rule, CrowdDensity)]
        return {rule.setting.key: rule.level for rule in counting if rule.level is not None}

    def state(self) -> dict[str, Any]:
        """For the page of whoever looks after the installation. No person is in it."""
        return {
            "at": self._at.isoformat() if self._at else None,
            "learnt": self._background.learnt,
            "wants_all_frames": self.wants_all_frames,
            "paused_until": self._paused_until.isoformat() if self._paused_until else None,
            "people": sum(track.group == PERSON for track in self._tracker.live),
            "things": len(self._things.now),
            "frames": self._frames,
            "looks": self._looks,
        }

    # The cheap half

    def look(self, frames: Iterable[Frame]) -> Looked:
        looks = []
        for frame in frames:
            if self._is_paused(frame.at):
                continue
            self._check_continuity(frame)
            self._frames += 1
            looks.append(self._look_at(frame))
        return Looked(looks)

    def _is_paused(self, at: dt.datetime) -> bool:
        if self._paused_until is None:
            return False
        if at < self._paused_until:
            return True
        self._paused_until = None
        self.jump()
        return False

    def _check_continuity(self, frame: Frame) -> None:
        if self._at is not None:
            passed_s = (frame.at - self._at).total_seconds()
            if not 0 <= passed_s <= JUMP_S or frame.size != self._size:
                logger.info("The pictures do not go on (%.1f s later, %s): learnt anew", passed_s, frame.size)
                self.jump()
        self._at, self._size = frame.at, frame.size

    def _look_at(self, frame: Frame) -> Look:
        movement = self._gate.see(frame.luma, frame.at)
        if movement.moving:
            self._moved_at = frame.at
        seen = self._background.see(frame)
        if seen is not None:
            seen = self._after_a_flash(seen)
        look = Look(frame, movement, seen)
        if self._due(frame.at):
            self._detected_at = frame.at
            self._looks += 1
            look.pictures = self._pictures(look)
        return look

    def _after_a_flash(self, seen: Seen) -> Seen | None:
        """Nearly everything differs from the place, and goes on doing so: it is another light."""
        if not seen.flash:
            self._flash_since = None
            return seen
        self._flash_since = self._flash_since or seen.at
        if (seen.at - self._flash_since).total_seconds() >= FLASH_S:
            self._flash_since = None
            self._background.relearn()
            self._things.reset()
        return None

    def _due(self, at: dt.datetime) -> bool:
        """Every picture while something moves, now and then while nothing does."""
        if self._moved_at is not None and (at - self._moved_at).total_seconds() <= AWAKE_S:
            return True
        if self._detected_at is None:
            return True
        quiet_s = (at - self._detected_at).total_seconds()
        return quiet_s >= QUIET_EVERY_S and (bool(self._tracker.live) or self._counts)

    def _pictures(self, look: Look) -> list[Picture]:
        moving = look.seen.foreground if look.seen is not None else None
        if not self.detector.trained:
            look.counted = moving is not None
            return [Picture(look.frame, parts.WHOLE, moving)] if moving is not None else []
        look.counted = self._counts and self._count_due(look.frame.at)
        if look.counted:
            self._counted_at = look.frame.at
            found = parts.grid(look.frame.size)
        else:
            found = parts.around(moving, look.frame.size, [track.box for track in self._tracker.live])
        return [Picture(look.frame, part, moving) for part in (parts.WHOLE, *found)]

    def _count_due(self, at: dt.datetime) -> bool:
        return self._counted_at is None or (at - self._counted_at).total_seconds() >= COUNT_EVERY_S

    # The half after the detector

    def conclude(self, looked: Looked, answers: Sequence[list[Box]]) -> list[Signal]:
        """`answers`: the boxes of each of `looked.pictures`, in their order."""
        signals, at = [], 0
        for look in looked.looks:
            own = answers[at : at + len(look.pictures)]
            at += len(look.pictures)
            signals += self._conclude(look, own)
        return signals

    def _conclude(self, look: Look, answers: Sequence[list[Box]]) -> list[Signal]:
        frame = look.frame
        aspect = frame.size[0] / frame.size[1]
        looked = bool(look.pictures)
        boxes = merging.merged(list(zip(look.pictures, answers, strict=True)))
        if looked:
            followed = merging.supported(boxes, look.seen, self._tracker.live, SUPPORT)
            if self.detector.trained and look.seen is not None:
                followed += merging.unexplained(look.seen.foreground, boxes)
            self._tracker.see(followed, frame.at, aspect)
            self._measure(frame.at, aspect)
        things = []
        if look.seen is not None and self._things_wanted:
            things = self._things.see(self._background, look.seen)
        people = merging.counted(boxes, look.seen)
        signals = []
        for setting, rule in zip(self.settings, self._rules, strict=True):
            view = View(
                at=frame.at,
                aspect=aspect,
                tracks=self._tracker.live,
                past=self._tracker.past,
                things=tuple(things),
                scale=self._scale(setting, aspect),
                people=people,
                looked=looked,
                counted=look.counted,
                frame=frame,
                forget=lambda thing: self._things.forget(thing, self._background),
            )
            signals += rule.see(view)
        return signals

    def _measure(self, at: dt.datetime, aspect: float) -> None:
        """By those who were followed for a while and walked: neither rain nor a pillar is 1.7 m high."""
        for track in self._tracker.live:
            if track.group != PERSON or track.last.at != at or track.box.score < RULER_SCORE:
                continue
            if track.pictures >= RULER_PICTURES and track.has_moved(RULER_MOVED):
                self._rulers.take(track.box, aspect)

    def _scale(self, setting: RuleSetting, aspect: float) -> Scale | None:
        if setting.ground is not None:
            return calibrated(setting.ground, aspect) or self._rulers.scale(aspect)
        return self._rulers.scale(aspect)
