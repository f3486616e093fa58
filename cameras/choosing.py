"""Which cameras can see a point, how well, and why the others near it cannot. No query: plain maths."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from cameras import optics
from cameras.reasons import Figure, Reason
from places import areas
from places.geometry import Plane, Point, angle_between_deg, bearing_deg, distance_m, slant_distance_m

if TYPE_CHECKING:
    from cameras.models import Camera

PresetT = TypeVar("PresetT")
NEARBY_M = 150.0  # within this a camera that is not chosen is worth a word why
MENTIONED = 8  # no more left-out cameras than an operator reads
AT_MOST = 4  # spot tiles of an operator (law W-07)
LOOKED_AT = 12  # of those that see the place, how many are weighed against one another
# Seen from another side counts as much as one class of picture better (each class doubles the density).
OTHER_SIDE_DEG = 90.0
ENOUGH_PX_M = 250.0  # who can be identified cannot be more so: beyond it only the side counts
TURNING = frozenset({"dome", "panoramic"})


class Candidate(NamedTuple):
    """The columns of a camera a choice needs, and no more: a place may have hundreds of candidates.

    In the order of the model, so that who is chosen is made of what was read; the drawn area as it is kept.
    """

    pk: int
    code: str
    name: str
    kind: str
    lat: float
    lon: float
    height_m: float
    mounting_azimuth_deg: float
    hfov_deg: float
    hfov_tele_deg: float
    width_px: int
    height_px: int
    range_m: float
    purpose: int
    sector_id: int | None
    authorisation_reference: str
    state: str
    state_since: dt.datetime
    exercise: bool
    area_json: str | None


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


class Ranking(NamedTuple):
    """The choice before its cameras are made: what sees the point, best first, and what is left out, nearest first.

    What is left out without a reason here is a camera that may not be used: `why_unusable` has the reason.
    """

    seeing: list[Candidate]
    left_out: list[tuple[float, Candidate, Reason | None]]


def nobody_bars(_candidate: Candidate) -> Reason | None:
    return None


def rank(
    candidates: Iterable[Candidate],
    point: Point,
    *,
    exercise: bool | None = None,
    at_most: int | None = None,
    barred: Callable[[Candidate], Reason | None] = nobody_bars,
) -> Ranking:
    """Judge each candidate. Ranked by the density it can reach; equal ones by distance, then code.

    `barred` is asked, best first, until there are enough: so that what may not be used takes nobody's place.
    """
    xy_m = Plane(point).xy_m
    able: list[tuple[float, float, str, Candidate]] = []
    left_out: list[tuple[float, str, Candidate, Reason | None]] = []
    for one in candidates:
        ground_m = math.hypot(*xy_m(one))
        if ground_m > one.range_m and ground_m > NEARBY_M:
            continue
        usable, why = is_usable(one, exercise=exercise), None
        if usable:
            density = density_px_m(one, slant_distance_m(ground_m, one.height_m))
            why = _why_blind(one, point, ground_m, density)
            if why is None:
                able.append((-density, ground_m, one.code, one))
                continue
        if ground_m <= NEARBY_M:
            left_out.append((ground_m, one.code, one, why))
    able.sort(key=itemgetter(0, 1, 2))
    seeing: list[Candidate] = []
    for _density, ground_m, code, one in able:
        if at_most is not None and len(seeing) >= at_most:
            break
        why = barred(one)
        if why is None:
            seeing.append(one)
        elif ground_m <= NEARBY_M:
            left_out.append((ground_m, code, one, why))
    left_out.sort(key=itemgetter(0, 1))
    return Ranking(seeing, [(ground_m, one, why) for ground_m, _code, one, why in left_out[:MENTIONED]])


def choice_of(
    ranking: Ranking, point: Point, make: Callable[[Candidate], Camera], *, exercise: bool | None = None
) -> Choice:
    """Its cameras, with the reason of each."""
    left_out = []
    for metres, one, blind in ranking.left_out:
        camera = make(one)
        if why := blind or why_unusable(camera, exercise=exercise):
            left_out.append(LeftOut(camera, metres, why))
    return Choice([sight_of(make(one), point) for one in ranking.seeing], left_out)


def pick(
    aims: Sequence[tuple[Sight, PresetT]], at_most: int
) -> tuple[list[tuple[Sight, PresetT]], list[LeftOut]]:
    """The best of them, best first: those with a preset of the site, then by density and by side.

    What was passed over comes with the reason: seen from a side that is chosen already, or less well.
    """
    left = list(aims)
    chosen: list[tuple[Sight, PresetT]] = []
    while left and len(chosen) < at_most:
        best = max(left, key=lambda aim: _worth(aim, [one for one, _preset in chosen]))
        left.remove(best)
        chosen.append(best)
    return chosen, [_passed_over(sight, chosen) for sight, _preset in left]


def _worth(aim: tuple[Sight, object], chosen: Sequence[Sight]) -> tuple[bool, float, float, float, str]:
    sight, preset = aim
    octaves = math.log2(max(min(sight.density_px_m, ENOUGH_PX_M), 1.0))
    side = min(apart_deg(sight, chosen) / OTHER_SIDE_DEG, 1.0)
    return (
        preset is not None,
        octaves + side,
        sight.density_px_m,
        -sight.distance_m,
        _reversed(sight.camera.code),
    )


def apart_deg(sight: Sight, others: Sequence[Sight]) -> float:
    """How far round the place it stands from the nearest of the others; 180 when there is none."""
    return min((abs(angle_between_deg(sight.bearing_deg, one.bearing_deg)) for one in others), default=180.0)


def _passed_over(sight: Sight, chosen: Sequence[tuple[Sight, object]]) -> LeftOut:
    nearest = min(chosen, key=lambda aim: apart_deg(sight, [aim[0]]), default=None)
    if nearest is not None and apart_deg(sight, [nearest[0]]) < OTHER_SIDE_DEG / 2:
        why = Reason("same_side", {"code": nearest[0].camera.code})
    else:
        why = Reason("enough")
    return LeftOut(sight.camera, sight.distance_m, why)


def _reversed(code: str) -> str:
    """Sorts the other way round, so that of equals the first code is the greatest."""
    return "".join(chr(0x10FFFF - ord(sign)) for sign in code) + chr(0x10FFFF)


def density_px_m(camera: Camera | Candidate, distance_m: float) -> float:
    """Pixels per metre a camera can reach on a target this far away; a dome zooms in for it."""
    if camera.kind == "panoramic":
        return optics.panoramic_density_px_m(camera.width_px, distance_m)
    hfov_deg = camera.hfov_tele_deg if camera.kind == "dome" else camera.hfov_deg
    return optics.density_px_m(camera.width_px, distance_m, hfov_deg)


def sight_of(camera: Camera, point: Point, *, preset: str = "") -> Sight:
    """How the camera sees the point when aimed at it, whatever stands between."""
    ground_m = distance_m(camera.point, point)
    density = density_px_m(camera, slant_distance_m(ground_m, camera.height_m))
    band = optics.band(density)
    figures: dict[str, Figure] = {
        "distance": round(ground_m, 1),
        "density": round(density, 1),
        "band": band.value if band else "",
        "edition": optics.EDITION,
    }
    why = Reason("preset", {"preset": preset, **figures}) if preset else Reason("seen", figures)
    bearing = bearing_deg(camera.point, point)
    return Sight(camera, ground_m, bearing, density, band.value if band else "", why)


def is_usable(camera: Camera | Candidate, *, exercise: bool | None = None) -> bool:
    """Whether this camera may be used now, for an exercise or for real when that is told."""
    if exercise is not None and camera.exercise != exercise:
        return False
    return camera.state == "live" and bool(camera.exercise or camera.authorisation_reference)


def why_unusable(camera: Camera, *, exercise: bool | None = None) -> Reason | None:
    """Why this camera may not be used at all now, None when it may."""
    if is_usable(camera, exercise=exercise):
        return None
    if exercise is not None and camera.exercise != exercise:
        return Reason("exercise" if camera.exercise else "not_exercise")
    if not camera.exercise and not camera.authorisation_reference:
        return Reason("not_authorised")
    if camera.state in ("lost", "maintenance"):
        return Reason(camera.state, {"since": camera.state_since.isoformat(timespec="seconds")})
    return Reason(camera.state)


def _why_blind(one: Candidate, point: Point, ground_m: float, density: float) -> Reason | None:
    if ground_m > one.range_m:
        return Reason("too_far", {"distance": round(ground_m, 1), "range": round(one.range_m, 1)})
    if one.kind not in TURNING:
        bearing = bearing_deg(Point(one.lat, one.lon), point)
        off = optics.off_field_deg(bearing, one.mounting_azimuth_deg, one.hfov_deg)
        if off > 0:
            return Reason("out_of_field", {"by": round(off, 1)})
    if one.area_json and not areas.contains(json.loads(one.area_json), point):
        return Reason("hidden")
    if density < optics.LEAST_PX_M:
        return Reason("too_coarse", {"density": round(density, 1)})
    return None
