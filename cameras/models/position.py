from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models.camera import Camera
from places.geometry import Point, angle_between_deg, distance_m
from places.models import ON_EARTH

if TYPE_CHECKING:
    pass

# Less than this is a correction of the survey, not a move to be declared (law L-02).
MOVED_M, MOVED_HEIGHT_M, TURNED_DEG = 2.0, 0.5, 1.0


class CameraPosition(models.Model):
    """Where a camera stood, from when to when: what the prefecture was told (law L-02)."""

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="positions", verbose_name=_("camera"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    height_m = models.FloatField(_("height (m)"))
    mounting_azimuth_deg = models.FloatField(_("mounting azimuth (°)"))
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True)

    class Meta:
        ordering = ["camera", "-since"]
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        constraints = [
            models.UniqueConstraint(
                fields=["camera"], condition=Q(until=None), name="cameras_one_position_at_a_time"
            ),
            models.CheckConstraint(condition=ON_EARTH, name="cameras_position_on_earth"),
        ]

    def __str__(self) -> str:
        return f"{self.lat:.6f}, {self.lon:.6f}"

    @classmethod
    def of(cls, camera: Camera) -> CameraPosition:
        """A row, not saved, for where the camera stands now."""
        return cls(
            camera=camera,
            lat=camera.lat,
            lon=camera.lon,
            height_m=camera.height_m,
            mounting_azimuth_deg=camera.mounting_azimuth_deg,
        )

    def is_left_by(self, camera: Camera) -> bool:
        """Whether the camera has moved from here or is mounted otherwise, more than a survey is corrected by.

        Corrections leave this row as it is, so many small ones add up to a move.
        """
        return (
            distance_m(Point(self.lat, self.lon), camera.point) > MOVED_M
            or abs(self.height_m - camera.height_m) > MOVED_HEIGHT_M
            or abs(angle_between_deg(self.mounting_azimuth_deg, camera.mounting_azimuth_deg)) > TURNED_DEG
        )
