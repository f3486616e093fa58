"""What a lens makes of a distance: pure functions, units in their names.

Classes of picture are those of IEC 62676-4:2014 (also EN 62676-4:2015). The edition is kept beside every
class that is stored or shown, because the edition of 2025 judges pictures by task.
"""

from __future__ import annotations

import math

from django.db import models
from django.utils.translation import gettext_lazy as _

from places.geometry import angle_between_deg, field_width_m

EDITION = "IEC 62676-4:2014"
NEAREST_M = 0.5  # closer than this a density has no meaning, and at 0 it would be infinite


class Band(models.TextChoices):
    """What can be done with a person in the picture, best first."""

    IDENTIFY = "identify", _("identify")
    RECOGNISE = "recognise", _("recognise")
    OBSERVE = "observe", _("observe")
    DETECT = "detect", _("detect")
    MONITOR = "monitor", _("monitor")


# Pixels per metre at the target from which a picture belongs to each class, best first.
FROM_PX_M: dict[Band, float] = {
    Band.IDENTIFY: 250,
    Band.RECOGNISE: 125,
    Band.OBSERVE: 62,
    Band.DETECT: 25,
    Band.MONITOR: 12.5,
}
LEAST_PX_M = min(FROM_PX_M.values())  # below this there is nothing to watch


def density_px_m(width_px: float, distance_m: float, hfov_deg: float) -> float:
    """Pixels on each metre of a target this far away, for a flat picture."""
    return width_px / field_width_m(max(distance_m, NEAREST_M), hfov_deg)


def panoramic_density_px_m(width_px: float, distance_m: float) -> float:
    """The same for a picture that goes all round: its pixels are spread over the whole circle."""
    return width_px / (2 * math.pi * max(distance_m, NEAREST_M))


def reach_m(width_px: float, hfov_deg: float, wanted_px_m: float) -> float:
    """How far away a target still has this many pixels per metre."""
    return width_px / (2 * wanted_px_m * math.tan(math.radians(hfov_deg) / 2))


def panoramic_reach_m(width_px: float, wanted_px_m: float) -> float:
    return width_px / (2 * math.pi * wanted_px_m)


def hfov_for_width_deg(width_m: float, distance_m: float) -> float:
    """The angle of view whose picture is this wide at this distance: how far to zoom."""
    return math.degrees(2 * math.atan(width_m / (2 * max(distance_m, NEAREST_M))))


def band(density_px_m: float) -> Band | None:
    """The class this density reaches, None below the lowest one."""
    return next((found for found, least in FROM_PX_M.items() if density_px_m >= least), None)


def off_field_deg(bearing_deg: float, azimuth_deg: float, hfov_deg: float) -> float:
    """By how many degrees a bearing lies outside the field of view; 0 inside it, its edge included."""
    return max(0.0, abs(angle_between_deg(azimuth_deg, bearing_deg)) - hfov_deg / 2)


def in_field(bearing_deg: float, azimuth_deg: float, hfov_deg: float) -> bool:
    return off_field_deg(bearing_deg, azimuth_deg, hfov_deg) == 0


def pan_deg(bearing_deg: float, mounting_azimuth_deg: float) -> float:
    """How far the head turns from its mounting, -180 < pan <= 180, positive clockwise."""
    return angle_between_deg(mounting_azimuth_deg, bearing_deg)


def tilt_deg(ground_m: float, height_m: float) -> float:
    """How far the head looks down towards a point on the ground, degrees below the horizon."""
    return math.degrees(math.atan2(height_m, max(ground_m, NEAREST_M)))
