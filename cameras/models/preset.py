from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.models.camera import Camera

if TYPE_CHECKING:
    pass


class PresetQuerySet(models.QuerySet["Preset"]):
    def serving(self, site_code: str) -> PresetQuerySet:
        """Presets made for this place, in the order of their number."""
        return self.filter(site_codes__contains=[site_code]).order_by("number", "pk")


class Preset(models.Model):
    """A stored direction and zoom with a name, and the places it was made for."""

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="presets", verbose_name=_("camera"))
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=80)
    token = models.CharField(
        _("token"), max_length=80, blank=True, help_text=_("What the camera itself calls it.")
    )
    pan_deg = models.FloatField(
        _("pan (°)"), default=0, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    tilt_deg = models.FloatField(
        _("tilt (°)"), default=0, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    zoom = models.FloatField(
        _("zoom"),
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("0 is wide, 1 is full zoom."),
    )
    site_codes = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("places it serves")
    )
    mask_checked_on = models.DateField(
        _("masks checked on"),
        null=True,
        blank=True,
        help_text=_("The day somebody saw that windows and doors of dwellings are masked (L251-3)."),
    )

    objects = PresetQuerySet.as_manager()

    class Meta:
        ordering = ["camera", "number"]
        verbose_name = _("preset")
        verbose_name_plural = _("presets")
        indexes = [GinIndex(fields=["site_codes"], name="cameras_preset_sites")]
        constraints = [
            models.UniqueConstraint(fields=["camera", "number"], name="cameras_one_preset_per_number"),
            models.CheckConstraint(
                condition=Q(pan_deg__gte=-180, pan_deg__lte=180)
                & Q(tilt_deg__gte=-90, tilt_deg__lte=90)
                & Q(zoom__gte=0, zoom__lte=1),
                name="cameras_preset_ranges",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} · {self.number} {self.name}"
