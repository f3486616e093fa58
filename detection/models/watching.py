from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera


class WatchStateQuerySet(models.QuerySet["WatchState"]):
    def due(self) -> WatchStateQuerySet:
        return self.filter(due=True)


class WatchState(models.Model):
    """How far the software has come on a camera, and how it fares. No picture in it, and nobody."""

    class State(models.TextChoices):
        STARTING = "starting", _("starting")
        WATCHING = "watching", _("watching")
        MOVING = "moving", _("the camera moves")
        MASK = "mask", _("its mask is not in the pictures yet")
        SILENT = "silent", _("no pictures come")
        BROKEN = "broken", _("its pictures cannot be read")
        REFUSED = "refused", _("the detector is missing or another one")
        OFF = "off", _("not watched")

    camera = models.OneToOneField(
        Camera, models.CASCADE, primary_key=True, related_name="watch_state", verbose_name=_("camera")
    )
    due = models.BooleanField(_("to be watched"), default=False)
    # Without a break: nothing older is used to warm up from, it may have been nobody's to look at (L-20).
    since = models.DateTimeField(_("watched since"), null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.STARTING)
    holder = models.CharField(_("worker"), max_length=80, blank=True)
    # The last fragment that was looked at: where it ends in which file, and when it ended.
    quality = models.CharField(max_length=4, blank=True)
    path = models.CharField(max_length=160, blank=True)
    offset = models.BigIntegerField(default=0)
    at = models.DateTimeField(_("looked at until"), null=True)
    changed_at = models.DateTimeField(_("told at"), default=timezone.now)
    fps = models.FloatField(_("pictures looked at per second"), default=0)
    age_s = models.FloatField(_("seconds behind"), default=0)
    shed = models.BooleanField(_("looked at less often"), default=False)
    # Where people are counted: {number of the profile: [people, the limit]} of the last seconds. Not kept.
    crowds = models.JSONField(_("people counted"), default=dict, blank=True)
    # Since the row was made: seconds of pictures that came and were never looked at.
    skipped_s = models.FloatField(_("seconds passed over"), default=0)

    objects = WatchStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("state of watching")
        verbose_name_plural = _("states of watching")
        constraints = [
            models.CheckConstraint(
                condition=Q(fps__gte=0, skipped_s__gte=0) & ~Q(path__contains="..") & Q(offset__gte=0),
                name="detection_watch_state_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.state}"
