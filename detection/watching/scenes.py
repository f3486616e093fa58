"""What looks at a camera's pictures: one scene for each detector its profiles name, detectors shared by all cameras."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from detection.models import DetectorModel
from detection.plan import Watch
from detection.sight.detectors.loading import load
from detection.sight.detectors.models import DetectorMissing, ModelRefused
from detection.sight.scene import Looked, Scene
from detection.sight.types import Box, Calibration, Detector, Frame, Length, RuleSetting, Signal
from detection.watching.duty import Duty

logger = logging.getLogger(__name__)
AGAIN_S = 30.0
FAILED = "%s: its pictures could not be looked at"


class Maker:
    """Scenes for a duty; none when one of its detectors is missing or is not the one that was recorded (L-24)."""

    def __init__(self) -> None:
        self._detectors: dict[tuple[str, str], Detector] = {}
        self._refused: dict[tuple[str, str], float] = {}

    def __call__(self, duty: Duty) -> list[Scene]:
        by_detector: dict[tuple[str, str], list[Watch]] = defaultdict(list)
        for watch in duty.watches:
            by_detector[watch.detector, watch.detector_sha256].append(watch)
        scenes = []
        for which, watches in by_detector.items():
            detector = self._detector(*which)
            if detector is None:
                return []
            scenes.append(Scene([setting_of(watch, duty.hfov_deg) for watch in watches], detector))
        return scenes

    def _detector(self, name: str, sha256: str) -> Detector | None:
        which = name, sha256
        if which in self._detectors:
            return self._detectors[which]
        if time.monotonic() - self._refused.get(which, -AGAIN_S) < AGAIN_S:
            return None
        row = DetectorModel.objects.filter(name=name).first()
        try:
            if row is None or row.sha256 != sha256:
                raise ModelRefused(f"{name} is not the detector that was recorded.")
            self._detectors[which] = load(row.family, file_of(row), digest=sha256)
        except (ModelRefused, DetectorMissing) as refused:
            logger.error("nothing is watched with %s: %s", name, refused)
            self._refused[which] = time.monotonic()
            return None
        return self._detectors[which]


def file_of(row: DetectorModel) -> Path | None:
    return Path(settings.DETECTION_MODELS) / row.file if row.file else None


def setting_of(watch: Watch, hfov_deg: float) -> RuleSetting:
    """Hours and law were asked by the plan: what it names may watch."""
    lengths = tuple(Length((one.start, one.end), one.metres) for one in watch.ground)
    return RuleSetting(
        event_type=watch.event_type,
        key=str(watch.profile_id),
        zone=watch.points,
        line=watch.line or (),
        crossing=watch.crossing,
        parameters=watch.parameters,
        ground=Calibration(lengths, hfov_deg) if lengths else None,
    )


@dataclass
class Shown:
    """The pictures of one camera, before its scenes. `failed`: one of these could make nothing of them."""

    code: str
    scenes: Sequence[Scene]
    frames: Sequence[Frame]
    failed: bool = False


def see(shown: Sequence[Shown]) -> list[Signal]:
    """One call of each detector for all of them. Signals in the order of the cameras, then of their pictures.

    Pictures come from outside: whatever goes wrong with those of one camera costs that camera, not the others.
    """
    looks: list[tuple[Shown, Scene, Looked]] = []
    for one in shown:
        if one.frames:
            try:
                looks += [(one, scene, scene.look(one.frames)) for scene in one.scenes]
            except Exception:
                logger.exception(FAILED, one.code)
                _begins_anew(one)
    answers = _detected([(scene, looked) for _, scene, looked in looks])
    signals: list[Signal] = []
    for (one, scene, looked), boxes in zip(looks, answers, strict=True):
        try:
            signals += scene.conclude(looked, boxes)
        except Exception:
            logger.exception(FAILED, one.code)
            _begins_anew(one)
    return signals


def _detected(looks: Sequence[tuple[Scene, Looked]]) -> list[list[list[Box]]]:
    """The boxes of each, in their order."""
    answers: list[list[list[Box]]] = [[] for _ in looks]
    for detector in {id(scene.detector): scene.detector for scene, _ in looks}.values():
        mine = [(n, looked) for n, (scene, looked) in enumerate(looks) if scene.detector is detector]
        pictures = [picture for _, looked in mine for picture in looked.pictures]
        found = detector.detect(pictures) if pictures else []
        at = 0
        for number, looked in mine:
            count = len(looked.pictures)
            answers[number] = found[at : at + count]
            at += count
    return answers


def _begins_anew(one: Shown) -> None:
    """What it had learnt may be what it failed over."""
    one.failed = True
    for scene in one.scenes:
        scene.jump()
