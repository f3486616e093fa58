from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera


class CameraReference(models.Model):
    """How a camera usually sees its place: the edges of what stands still, and three figures. No picture.

    The edges are a mean over many minutes on a raster of 160 × 90, so nobody who passed is in them.
    """

    class Light(models.TextChoices):
        DAY = "day", _("day")
        NIGHT = "night", _("night")

    camera = models.ForeignKey(
        Camera, models.CASCADE, related_name="references", verbose_name=_("camera"), db_index=False
    )
    # "" for what does not turn, "preset:3" for a dome that stands there, "any" for one that looks around.
    pose = models.CharField(_("pose"), max_length=20, blank=True)
    light = models.CharField(_("light"), max_length=5, choices=Light)
    edges = models.BinaryField(_("edges"), editable=False)
    sharpness = models.FloatField(_("sharpness"))
    brightness = models.FloatField(_("brightness"))
    pictures = models.PositiveIntegerField(_("pictures it was learned from"))
    # What it was learned through: another lens, mounting or address makes it worthless.
    mounting = models.CharField(max_length=64)
    since = models.DateTimeField(_("since"), default=timezone.now)
    renewed_at = models.DateTimeField(_("renewed at"), default=timezone.now)

    class Meta:
        verbose_name = _("reference of a camera")
        verbose_name_plural = _("references of cameras")
        constraints = [
            models.UniqueConstraint(fields=["camera", "pose", "light"], name="footage_one_reference_per_pose")
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.pose} {self.light}"
