from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera


class CameraDay(models.Model):
    """One camera on one UTC day, in seconds: what its availability is reckoned from. Outlives the recordings."""

    camera = models.ForeignKey(
        Camera, models.CASCADE, related_name="days", verbose_name=_("camera"), db_index=False
    )
    day = models.DateField(_("day"))
    due_s = models.FloatField(_("seconds due"))
    # Of those due: offline (between cameras.lost and cameras.returned).
    away_s = models.FloatField(_("seconds without pictures"))
    recorded_s = models.FloatField(_("seconds recorded"))
    losses = models.PositiveSmallIntegerField(_("times it was lost"), default=0)

    class Meta:
        ordering = ["camera", "day"]
        verbose_name = _("day of a camera")
        verbose_name_plural = _("days of cameras")
        indexes = [models.Index(fields=["day"], name="footage_camera_day")]
        constraints = [
            models.UniqueConstraint(fields=["camera", "day"], name="footage_one_row_per_day"),
            models.CheckConstraint(
                condition=Q(due_s__gte=0, away_s__gte=0, recorded_s__gte=0, away_s__lte=F("due_s")),
                name="footage_camera_day_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.day}"

    @property
    def begins(self) -> dt.datetime:
        return dt.datetime.combine(self.day, dt.time(), dt.UTC)
