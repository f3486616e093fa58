"""What workers are to watch now: plain values, already past the gate. Ask again at every fragment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from detection import gate, parameters
from detection.codes import ZoneKind
from detection.models import Profile, ProfileQuerySet

Point = tuple[float, float]


@dataclass(frozen=True)
class Length:
    """A known length on the ground: its ends in the picture, and its metres."""

    start: Point
    end: Point
    metres: float


@dataclass(frozen=True)
class Watch:
    """One profile, as a worker needs it. Points are fractions of the picture, from 0 to 1.

    A polygon has `points`; a line has its two ends in `line`, and `crossing` says which way counts ("any",
    "to_right" or "to_left" of who walks from its first end to its second). `ground` is empty or two lengths.
    """

    profile_id: int
    camera_id: int
    camera_code: str
    event_type: str
    points: tuple[Point, ...]
    line: tuple[Point, Point] | None
    crossing: str
    parameters: dict[str, float]
    ground: tuple[Length, ...]
    detector: str
    detector_family: str
    detector_sha256: str
    exercise: bool
    zone_id: int
    preset_id: int | None


def watched(at: dt.datetime) -> list[Watch]:
    """Everything that may be watched at that instant."""
    return [
        watch_of(one.profile, exercise=one.verdict.exercise) for one in _ok(Profile.objects.enabled(), at)
    ]


def watched_by(camera_id: int, at: dt.datetime) -> list[Watch]:
    """What may be watched through one camera at that instant."""
    rows = Profile.objects.enabled().filter(zone__camera_id=camera_id)
    return [watch_of(one.profile, exercise=one.verdict.exercise) for one in _ok(rows, at)]


def _ok(rows: ProfileQuerySet, at: dt.datetime) -> list[gate.Judged]:
    return [one for one in gate.judged(rows, at) if one.verdict.ok]


def watch_of(profile: Profile, *, exercise: bool) -> Watch:
    zone = profile.zone
    points = tuple((float(x), float(y)) for x, y in zone.points)
    is_line = zone.kind == ZoneKind.LINE
    return Watch(
        profile_id=profile.pk or 0,
        camera_id=zone.camera_id,
        camera_code=zone.camera.code,
        event_type=profile.event_type_id,
        points=() if is_line else points,
        line=(points[0], points[1]) if is_line else None,
        crossing=zone.crossing,
        parameters=parameters.defaults(profile.event_type_id)
        | dict(profile.event_type.parameters)
        | dict(profile.parameters),
        ground=tuple(
            Length((one["from"][0], one["from"][1]), (one["to"][0], one["to"][1]), one["metres"])
            for one in zone.ground
        ),
        detector=profile.detector.name,
        detector_family=profile.detector.family,
        detector_sha256=profile.detector.sha256,
        exercise=exercise,
        zone_id=zone.pk,
        preset_id=zone.preset_id,
    )
