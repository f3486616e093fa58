"""Runs a trial: the very scenes a worker would watch with, over recordings or over a clip. Loads what is heavy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from cameras.masks.standing import burnt_in, name_of
from detection import plan
from detection.models import Profile, Trial
from detection.sight.frames import Decoder
from detection.sight.runner import BEGAN, WIDTH, ClipError, fragments
from detection.sight.scene import Scene
from detection.sight.types import Frame, Signal
from detection.watching.duty import UNMOVED, Duty
from detection.watching.scenes import Maker
from footage.boxes import InitSegment
from footage.hand_over import beginning
from footage.index import at as instant
from footage.live import MAIN
from footage.models import Segment
from footage.moov import BoxError
from footage.segment_file import entries_of

BOXES_AT_MOST = 20


class CannotTry(Exception):
    """Nothing to look at, or nothing to look at it with."""


def run(trial: Trial) -> tuple[list[dict[str, Any]], float]:
    """(what it would have signalled, seconds of film). Times are seconds from the beginning. Raises CannotTry."""
    scenes = _scenes(trial)
    began = trial.period_from or BEGAN
    signals: list[Signal] = []
    seconds = 0.0
    clip = Path(trial.clip.path) if trial.clip else None
    try:
        for frames, lasts in _clip(clip, scenes) if clip else _recorded(trial, scenes):
            seconds += lasts
            for scene in scenes:
                signals += scene.see(frames)
    except ClipError as error:
        raise CannotTry(_("This is no clip, or its pictures cannot be read.")) from error
    if not seconds:
        raise CannotTry(_("There are no pictures of that time."))
    return [_told(one, began) for one in signals], seconds


def _scenes(trial: Trial) -> list[Scene]:
    zone, camera = trial.zone, trial.zone.camera
    asked = Profile(
        zone=zone, event_type=trial.event_type, detector=trial.detector, parameters=trial.parameters
    )
    duty = Duty(
        camera_id=camera.pk,
        code=camera.code,
        quality=MAIN,
        mask=name_of(burnt_in([camera]).get(camera.pk, ())),
        watches=(plan.watch_of(asked, exercise=True),),
        pose=UNMOVED,
        moving=False,
        hfov_deg=camera.hfov_deg,
    )
    scenes = Maker()(duty)
    if not scenes:
        raise CannotTry(
            _("The detector %(name)s is missing here, or is not the one that was recorded.")
            % {"name": trial.detector}
        )
    return scenes


def _clip(path: Path, scenes: list[Scene]) -> Iterator[tuple[list[Frame], float]]:
    decoder: Decoder | None = None
    for part in fragments(path):
        if isinstance(part, InitSegment):
            decoder = _decoder(part, scenes)
        elif decoder is not None:
            at = BEGAN + dt.timedelta(seconds=part.starts_s)
            yield decoder.decode(part.data, at, all_frames=_all(scenes)), part.seconds
    if decoder is not None:
        yield decoder.flush(), 0.0


def _recorded(trial: Trial, scenes: list[Scene]) -> Iterator[tuple[list[Frame], float]]:
    assert trial.period_from is not None and trial.period_to is not None
    first, last = trial.period_from.timestamp() * 1e6, trial.period_to.timestamp() * 1e6
    rows = Segment.objects.readable().between(trial.period_from, trial.period_to)
    for segment in rows.filter(camera=trial.zone.camera_id):
        try:
            decoder = _decoder(beginning(segment.file), scenes)
            entries = entries_of(segment.file)
        except (OSError, BoxError):
            continue  # destroyed meanwhile, or broken: the rest is looked at
        with segment.file.open("rb") as file:
            for entry in entries:
                if first <= entry.starts_us < last:
                    file.seek(entry.offset)
                    frames = decoder.decode(
                        file.read(entry.size), instant(entry.starts_us), all_frames=_all(scenes)
                    )
                    yield frames, entry.duration_us / 1e6
        yield decoder.flush(), 0.0


def _decoder(init: InitSegment, scenes: list[Scene]) -> Decoder:
    return Decoder(init.data, rate=max(scene.rate for scene in scenes), width=WIDTH)


def _all(scenes: list[Scene]) -> bool:
    return any(scene.wants_all_frames for scene in scenes)


def _told(signal: Signal, began: dt.datetime) -> dict[str, Any]:
    def since(at: dt.datetime) -> float:
        return round((at - began).total_seconds(), 2)

    moments = signal.boxes[-BOXES_AT_MOST:]
    return {
        "at_s": since(signal.at),
        "raised_s": since(signal.raised_at),
        "score": round(signal.score, 3),
        "measured": dict(signal.measured),
        "boxes": [
            {"at_s": since(one.at), "box": [round(v, 4) for v in (box.x0, box.y0, box.width, box.height)]}
            for one in moments
            for box in one.boxes
        ],
    }
