from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera

if TYPE_CHECKING:
    from accounts.models import User


class SegmentQuerySet(models.QuerySet["Segment"]):
    def between(self, since: dt.datetime, until: dt.datetime) -> SegmentQuerySet:
        """Those that hold a picture of these minutes, oldest first."""
        # A segment lasts ten minutes and a little: the lower bound keeps the index short.
        return self.filter(started_at__lt=until, started_at__gt=since - LONGEST, ended_at__gt=since).order_by(
            "started_at"
        )

    def of_day(self, day: dt.date) -> SegmentQuerySet:
        """UTC days, as in the folders. A segment never crosses midnight."""
        begins = dt.datetime.combine(day, dt.time(), dt.UTC)
        return self.filter(started_at__gte=begins, started_at__lt=begins + dt.timedelta(days=1))

    def readable(self) -> SegmentQuerySet:
        return self.exclude(state__in=[Segment.State.MISSING, Segment.State.GOING])

    def visible_to(self, user: User) -> SegmentQuerySet:
        """Recordings of the cameras whose recordings the person may see (L-07, L-08, L-10)."""
        if not user.may(Right.SEE_RECORDING):
            return self.none()
        return self.filter(camera__in=Camera.objects.with_images_for(user))


class Segment(models.Model):
    """Ten minutes of one camera in one file, begun on a key frame. What is in it: footage/segment_file.py."""

    class State(models.TextChoices):
        OPEN = "open", _("being written")
        CLOSED = "closed", _("closed")
        MENDED = "mended", _("mended after a crash")
        MISSING = "missing", _("its file is gone")
        GOING = "going", _("being destroyed")

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="segments", verbose_name=_("camera"), db_index=False
    )
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"))
    # Pictures it holds, in seconds: less than its span when there are holes in it.
    seconds = models.FloatField(_("seconds of pictures"), default=0)
    path = models.CharField(_("file"), max_length=120, unique=True)
    bytes = models.BigIntegerField(_("bytes"), default=0)
    fragments = models.PositiveIntegerField(_("fragments"), default=0)
    codecs = models.CharField(_("codec"), max_length=60)
    width = models.PositiveIntegerField(_("picture width (px)"), default=0)
    height = models.PositiveIntegerField(_("picture height (px)"), default=0)
    init_bytes = models.PositiveIntegerField(_("length of the initialisation segment"))
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    node = models.CharField(_("written by"), max_length=80, blank=True)
    # The mask burnt into its pictures (cameras.models.mask.digest_of); empty when they are as they came.
    mask = models.CharField(_("mask burnt in"), max_length=16, blank=True, db_default="")

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["camera", "started_at"]
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        indexes = [
            models.Index(fields=["camera", "started_at"], name="footage_segment_when"),
            models.Index(fields=["started_at"], name="footage_segment_oldest"),
            models.Index(fields=["camera"], condition=Q(state="open"), name="footage_segment_open"),
            models.Index(fields=["camera"], condition=Q(state="going"), name="footage_segment_going"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gte=models.F("started_at")), name="footage_segment_ends_after"
            ),
            models.CheckConstraint(
                condition=~Q(path__startswith="/") & ~Q(path__contains=".."), name="footage_path_inside"
            ),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def file(self) -> Path:
        return Path(settings.FOOTAGE_ROOT) / self.path


# The longest a file can be: ten minutes, and the wait for the next key frame.
LONGEST = dt.timedelta(minutes=15)
