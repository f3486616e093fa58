"""Where a head must look to show a place, and what its motor counts that in. Pure maths, units in names.

A head is known by two landmarks (`Head.from_sightings`): what it counted while each was in its picture, and
where each really stands. Two are enough for a scale and a zero on each axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from cameras import optics
from cameras.drivers.base import Pose
from cameras.reasons import Reason
from places.geometry import Point, angle_between_deg, bearing_deg, distance_m, slant_distance_m

if TYPE_CHECKING:
    from cameras.models import Camera

EYE_M = 1.2  # what is looked for is a person: half a height above the ground
FIELD_WIDTH_M = 12.0  # the place and what is around it, unless something else is wanted
LEAST_APART_DEG = 3.0  # landmarks nearer together than this say nothing of the scale of an axis
NEAR_DEG, NEAR_ZOOM = 0.7, 0.03
SLACK = 1e-6  # counts: rounding is not a limit
HALF_TURN_DEG = 180.0  # what most makers mean by 1 of their generic pan and, halved, by 1 of their tilt


class Axis(NamedTuple):
    """One motor: what it counts at 0°, degrees per count (negative when it counts the other way), its ends."""

    zero: float = 0.0
    per_count_deg: float = HALF_TURN_DEG
    least: float = -1.0
    most: float = 1.0

    def counts(self, deg: float) -> float:
        return self.zero + deg / self.per_count_deg

    def deg(self, counts: float) -> float:
        return (counts - self.zero) * self.per_count_deg


PAN, TILT = Axis(), Axis(per_count_deg=HALF_TURN_DEG / 2)


class Sighting(NamedTuple):
    """A landmark seen: its true direction, the counts of the head then, and where in the picture it was.

    `x`, `y` are shares of the picture from its middle, right and down, -0.5 … 0.5.
    """

    bearing_deg: float
    elevation_deg: float
    pan_counts: float
    tilt_counts: float
    zoom: float = 0.0
    x: float = 0.0
    y: float = 0.0


class CannotAim(Exception):
    """This camera cannot show the place; `reason` says why in words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


@dataclass(frozen=True)
class Lens:
    """The angle of view at zoom 0 and at zoom 1, and the shape of the picture."""

    wide_deg: float
    tele_deg: float
    aspect: float = 16 / 9

    def hfov_deg(self, zoom: float) -> float:
        """Focal length grows evenly with zoom, as it does in the generic space of most makers."""
        return math.degrees(2 * math.atan(math.tan(math.radians(self.wide_deg) / 2) / self.times(zoom)))

    def times(self, zoom: float) -> float:
        return 1 + (self._most_times - 1) * min(max(zoom, 0.0), 1.0)

    def zoom(self, hfov_deg: float) -> float:
        """The zoom whose picture is this wide; its nearest end when the lens cannot."""
        if self._most_times <= 1:
            return 0.0
        times = math.tan(math.radians(self.wide_deg) / 2) / math.tan(math.radians(min(hfov_deg, 179.0)) / 2)
        return min(max((times - 1) / (self._most_times - 1), 0.0), 1.0)

    @property
    def _most_times(self) -> float:
        return math.tan(math.radians(self.wide_deg) / 2) / math.tan(math.radians(self.tele_deg) / 2)


@dataclass(frozen=True)
class Head:
    """What a device counts its pan and tilt in. The default is what makers mean by their generic space."""

    pan: Axis = PAN
    tilt: Axis = TILT

    def counts(self, pose: Pose) -> tuple[float, float]:
        """Pan and tilt for the device; raises CannotAim beyond its ends."""
        pan = self._pan_counts(pose.pan_deg)
        tilt = self.tilt.counts(pose.tilt_deg)
        if pan is None:
            raise CannotAim(Reason("beyond_pan", {"by": round(self._beyond_pan_deg(pose.pan_deg), 1)}))
        if not self.tilt.least - SLACK <= tilt <= self.tilt.most + SLACK:
            low, high = sorted((self.tilt.deg(self.tilt.least), self.tilt.deg(self.tilt.most)))
            by = low - pose.tilt_deg if pose.tilt_deg < low else pose.tilt_deg - high
            raise CannotAim(Reason("too_low" if pose.tilt_deg < low else "too_high", {"by": round(by, 1)}))
        return _inside(pan, self.pan), _inside(tilt, self.tilt)

    def pose(self, pan_counts: float, tilt_counts: float, zoom: float) -> Pose:
        return Pose(angle_between_deg(0.0, self.pan.deg(pan_counts)), self.tilt.deg(tilt_counts), zoom)

    def _pan_counts(self, pan_deg: float) -> float | None:
        """Of the turns that come to the same, the one within the ends of the motor."""
        turn = abs(360.0 / self.pan.per_count_deg)
        first = self.pan.counts(pan_deg)
        low = first + turn * math.ceil((self.pan.least - SLACK - first) / turn)
        return low if low <= self.pan.most + SLACK else None

    def _beyond_pan_deg(self, pan_deg: float) -> float:
        ends = (self.pan.deg(self.pan.least), self.pan.deg(self.pan.most))
        return min(abs(angle_between_deg(end, pan_deg)) for end in ends)

    @classmethod
    def from_sightings(
        cls, sightings: Sequence[Sighting], *, mounting_azimuth_deg: float, lens: Lens, nominal: Head
    ) -> Head:
        """The zero and scale of both axes. `nominal` gives the ends, and a scale two near landmarks cannot."""
        looks = [_look(one, lens) for one in sightings]
        pans = [
            (angle_between_deg(mounting_azimuth_deg, bearing), one.pan_counts)
            for (bearing, _tilt), one in zip(looks, sightings, strict=True)
        ]
        tilts = [(tilt, one.tilt_counts) for (_bearing, tilt), one in zip(looks, sightings, strict=True)]
        return replace(nominal, pan=_fitted_round(pans, nominal.pan), tilt=_fitted(tilts, nominal.tilt))


def lens_of(camera: Camera) -> Lens:
    return Lens(camera.hfov_deg, camera.hfov_tele_deg, camera.width_px / camera.height_px)


def pose_for(
    camera: Camera, point: Point, *, field_width_m: float = FIELD_WIDTH_M, target_m: float = EYE_M
) -> Pose:
    """Where the head must look so that the point, `target_m` above the ground, is in the middle.

    The picture is then `field_width_m` wide there, as far as the lens can.
    """
    ground_m = distance_m(camera.point, point)
    slant_m = slant_distance_m(ground_m, camera.height_m - target_m)
    return Pose(
        optics.pan_deg(bearing_deg(camera.point, point), camera.mounting_azimuth_deg),
        elevation_deg(camera, point, target_m),
        lens_of(camera).zoom(optics.hfov_for_width_deg(field_width_m, slant_m)),
    )


def elevation_deg(camera: Camera, point: Point, target_m: float) -> float:
    """How high above the camera's horizon a target this high above the ground is; negative below it."""
    return -optics.tilt_deg(distance_m(camera.point, point), camera.height_m - target_m)


def ray(pose: Pose, x: float, y: float, lens: Lens) -> tuple[float, float]:
    """Pan and tilt of what is at (x, y) of the picture, shares from its middle, right and down."""
    u, v = _plane(x, y, lens, pose.zoom)
    tilt = math.radians(pose.tilt_deg)
    forward = math.cos(tilt) + v * math.sin(tilt)
    up = math.sin(tilt) - v * math.cos(tilt)
    pan = pose.pan_deg + math.degrees(math.atan2(u, forward))
    return angle_between_deg(0.0, pan), math.degrees(math.atan2(up, math.hypot(u, forward)))


def seen_from(point_deg: tuple[float, float], pose: Pose, lens: Lens) -> tuple[float, float] | None:
    """The reverse: where in the picture a direction (pan, tilt) is; None behind the camera."""
    off, elevation = math.radians(point_deg[0] - pose.pan_deg), math.radians(point_deg[1])
    tilt = math.radians(pose.tilt_deg)
    flat = math.cos(elevation) * math.cos(off)
    ahead = flat * math.cos(tilt) + math.sin(elevation) * math.sin(tilt)
    if ahead <= 0:
        return None
    half = math.tan(math.radians(lens.hfov_deg(pose.zoom)) / 2)
    u = math.cos(elevation) * math.sin(off) / ahead
    v = (flat * math.sin(tilt) - math.sin(elevation) * math.cos(tilt)) / ahead
    return u / (2 * half), v * lens.aspect / (2 * half)


def is_near(one: Pose, other: Pose) -> bool:
    """The same view, for a motor that comes to rest where it can."""
    return (
        abs(angle_between_deg(one.pan_deg, other.pan_deg)) < NEAR_DEG
        and abs(one.tilt_deg - other.tilt_deg) < NEAR_DEG
        and abs(one.zoom - other.zoom) < NEAR_ZOOM
    )


def apart_deg(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The angle between two directions (pan, tilt)."""
    (pan_a, tilt_a), (pan_b, tilt_b) = a, b
    h = (
        math.sin(math.radians(tilt_b - tilt_a) / 2) ** 2
        + math.cos(math.radians(tilt_a))
        * math.cos(math.radians(tilt_b))
        * math.sin(math.radians(pan_b - pan_a) / 2) ** 2
    )
    return math.degrees(2 * math.asin(math.sqrt(min(1.0, h))))


def _plane(x: float, y: float, lens: Lens, zoom: float) -> tuple[float, float]:
    """The same on a plane at distance 1 before the eye."""
    half = math.tan(math.radians(lens.hfov_deg(zoom)) / 2)
    return 2 * x * half, 2 * y * half / lens.aspect


def _look(one: Sighting, lens: Lens) -> tuple[float, float]:
    """Bearing and tilt of the middle of the picture, when the landmark was at (x, y) of it."""
    u, v = _plane(one.x, one.y, lens, one.zoom)
    height = math.sqrt(1 + u * u + v * v) * math.sin(math.radians(one.elevation_deg))
    tilt = math.asin(min(max(height / math.hypot(1, v), -1.0), 1.0)) + math.atan(v)
    forward = math.cos(tilt) + v * math.sin(tilt)
    return one.bearing_deg - math.degrees(math.atan2(u, forward)), math.degrees(tilt)


def _fitted(pairs: Sequence[tuple[float, float]], nominal: Axis) -> Axis:
    """Degrees against counts: a line through two, the least squares of more."""
    degs, counts = [deg for deg, _count in pairs], [count for _deg, count in pairs]
    mean_deg, mean_count = sum(degs) / len(degs), sum(counts) / len(counts)
    per = nominal.per_count_deg
    spread = sum((count - mean_count) ** 2 for count in counts)
    if max(degs) - min(degs) >= LEAST_APART_DEG and spread > 0:
        per = sum((c - mean_count) * (d - mean_deg) for d, c in pairs) / spread
    return nominal._replace(zero=mean_count - mean_deg / per, per_count_deg=per)


def _fitted_round(pairs: Sequence[tuple[float, float]], nominal: Axis) -> Axis:
    """The same for an axis that goes round: a bearing says not how many turns, so the likeliest scale decides.

    The scale most like the nominal one is taken, whichever way the motor counts.
    """
    first_deg, first_count = pairs[0]
    best: tuple[float, Axis] | None = None
    for sign in (1, -1):
        per = sign * abs(nominal.per_count_deg)
        unrolled = [
            (deg + 360 * round((first_deg + (count - first_count) * per - deg) / 360), count)
            for deg, count in pairs
        ]
        axis = _fitted(unrolled, nominal._replace(per_count_deg=per))
        # Landmarks half a turn apart fit both ways round: then the way of most makers is taken.
        unlike = abs(math.log(max(axis.per_count_deg / per, 1e-9))) + (0.05 if sign < 0 else 0)
        if best is None or unlike < best[0]:
            best = unlike, axis
    assert best is not None
    return best[1]


def _inside(counts: float, axis: Axis) -> float:
    return min(max(counts, axis.least), axis.most)
