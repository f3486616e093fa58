from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RecordingDuty(models.Model):
    """From when to when a camera was to be recorded: what completeness is measured against."""

    camera = models.ForeignKey(
        Camera, models.CASCADE, related_name="recording_duties", verbose_name=_("camera")
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True)

    class Meta:
        ordering = ["camera", "since"]
        verbose_name = _("duty to record")
        verbose_name_plural = _("duties to record")
        constraints = [
            models.UniqueConstraint(
                fields=["camera"], condition=Q(until=None), name="footage_one_duty_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.since:%Y-%m-%d %H:%M}"

    @classmethod
    def within(cls, since: dt.datetime, until: dt.datetime) -> QuerySet[RecordingDuty]:
        return cls.objects.filter(Q(until=None) | Q(until__gt=since), since__lt=until)
