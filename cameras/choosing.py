"""Which cameras can see a point, how well, and why the others near it cannot. No query: plain maths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cameras import optics
from cameras.reasons import Reason
from places import areas
from places.geometry import Point, bearing_deg, distance_m, slant_distance_m

if TYPE_CHECKING:
    from cameras.models import Camera

NEARBY_M = 250.0  # within this a camera that is not chosen is worth a word why
MENTIONED = 8  # no more left-out cameras than an operator reads
# Declared once for everybody who reads a choice: the five classes, or "" below the lowest.
BandName = Literal["identify", "recognise", "observe", "detect", "monitor", ""]


@dataclass(frozen=True)
class Sight:
    """A camera that can see the point."""

    camera: Camera
    distance_m: float
    bearing_deg: float
    density_px_m: float
    band: str
    why: Reason


@dataclass(frozen=True)
class LeftOut:
    """A camera near the point that will not be used."""

    camera: Camera
    distance_m: float
    why: Reason


@dataclass(frozen=True)
class Choice:
    """All that was considered for one point: what sees it, best first; what does not, nearest first."""

    sights: list[Sight]
    left_out: list[LeftOut]


def choose(cameras: Iterable[Camera], point: Point, *, exercise: bool | None = None) -> Choice:
    """Judge each camera. Ranked by the density it can reach; equal ones by distance, then code."""
    sights: list[Sight] = []
    left_out: list[LeftOut] = []
    for camera in cameras:
        judged = judge(camera, point, exercise=exercise)
        if isinstance(judged, Sight):
            sights.append(judged)
        elif judged.distance_m <= NEARBY_M:
            left_out.append(judged)
    sights.sort(key=lambda s: (-s.density_px_m, s.distance_m, s.camera.code))
    left_out.sort(key=lambda out: (out.distance_m, out.camera.code))
    return Choice(sights, left_out[:MENTIONED])


def judge(camera: Camera, point: Point, *, exercise: bool | None = None) -> Sight | LeftOut:
    here = camera.point
    ground_m = distance_m(here, point)
    bearing = bearing_deg(here, point)
    unusable = why_unusable(camera, exercise=exercise) or _why_blind(camera, point, ground_m, bearing)
    if unusable:
        return LeftOut(camera, ground_m, unusable)
    sight = sight_of(camera, point)
    if not sight.band:
        return LeftOut(camera, ground_m, Reason("too_coarse", {"density": round(sight.density_px_m, 1)}))
    return sight


def sight_of(camera: Camera, point: Point, *, preset: str = "") -> Sight:
    """How the camera sees the point when aimed at it, whatever stands between."""
    ground_m = distance_m(camera.point, point)
    density = camera.density_px_m(slant_distance_m(ground_m, camera.height_m))
    band = optics.band(density)
    figures: dict[str, str | int | float] = {
        "distance": round(ground_m, 1),
        "density": round(density, 1),
        "band": band.value if band else "",
        "edition": optics.EDITION,
    }
    why = Reason("preset", {"preset": preset, **figures}) if preset else Reason("seen", figures)
    bearing = bearing_deg(camera.point, point)
    return Sight(camera, ground_m, bearing, density, band.value if band else "", why)


def why_unusable(camera: Camera, *, exercise: bool | None = None) -> Reason | None:
    """Why this camera may not be used at all now, None when it may."""
    if exercise is not None and camera.exercise != exercise:
        return Reason("exercise" if camera.exercise else "not_exercise")
    if not camera.exercise and not camera.authorisation_reference:
        return Reason("not_authorised")
    if camera.state == camera.State.LIVE:
        return None
    if camera.state in (camera.State.LOST, camera.State.MAINTENANCE):
        return Reason(camera.state, {"since": camera.state_since.isoformat(timespec="seconds")})
    return Reason(camera.state)


def _why_blind(camera: Camera, point: Point, ground_m: float, bearing: float) -> Reason | None:
    if ground_m > camera.range_m:
        return Reason("too_far", {"distance": round(ground_m, 1), "range": round(camera.range_m, 1)})
    if not camera.turns:
        off = optics.off_field_deg(bearing, camera.mounting_azimuth_deg, camera.hfov_deg)
        if off > 0:
            return Reason("out_of_field", {"by": round(off, 1)})
    if camera.visible_area and not areas.contains(camera.visible_area, point):
        return Reason("hidden")
    return None
