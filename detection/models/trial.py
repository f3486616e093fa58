from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from detection import measures
from detection.models.detector import DetectorModel
from detection.models.event_type import EventType
from detection.models.zone import Zone

if TYPE_CHECKING:
    from accounts.models import User

LARGEST_CLIP = 300_000_000
CLIPS = (".mp4", ".mkv", ".avi", ".mov", ".ts", ".webm")


def clip_path(trial: Trial, filename: str) -> str:
    """Nothing of the name it came with but what kind of file it is."""
    kind = next((one for one in CLIPS if filename.lower().endswith(one)), ".mp4")
    return f"trials/{timezone.now():%Y%m%d%H%M%S%f}{kind}"


def check_clip(file: Any) -> None:
    if file.size > LARGEST_CLIP:
        raise ValidationError(_("The clip is larger than 300 MB: cut it shorter."), code="too-large")
    if not file.name.lower().endswith(CLIPS):
        raise ValidationError(_("A clip is a film: %(kinds)s.") % {"kinds": ", ".join(CLIPS)}, code="kind")


class TrialQuerySet(models.QuerySet["Trial"]):
    def visible_to(self, user: User) -> TrialQuerySet:
        return self if user.may(Right.SET_DETECTION) else self.none()


class Trial(models.Model):
    """What a zone would have signalled, on the last hour of its camera or on a staged clip. Signals nobody."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a worker")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="trials", verbose_name=_("zone"))
    event_type = models.ForeignKey(EventType, models.PROTECT, related_name="+", verbose_name=_("watch for"))
    parameters = models.JSONField(_("thresholds"), default=dict, blank=True)
    detector = models.ForeignKey(DetectorModel, models.PROTECT, related_name="+", verbose_name=_("detector"))
    period_from = models.DateTimeField(_("from"), null=True, blank=True)
    period_to = models.DateTimeField(_("until"), null=True, blank=True)
    clip = models.FileField(_("clip"), upload_to=clip_path, validators=[check_clip], blank=True)
    clip_gone = models.BooleanField(default=False, editable=False)
    # Who uploads says that nobody was filmed who did not agree to it (L-29).
    staged = models.BooleanField(_("staged: everybody in it agreed"), default=False)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    began_at = models.DateTimeField(_("began at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # [{"at_s": seconds from the start, "until_s": …, "score": …, "boxes": [{"at_s": …, "box": [x, y, w, h]}]}]
    found = models.JSONField(_("would have signalled"), default=list, blank=True)
    seconds = models.FloatField(_("seconds of film"), null=True, blank=True)
    failure = models.CharField(_("failure"), max_length=300, blank=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("trial of a zone")
        verbose_name_plural = _("trials of zones")
        constraints = [
            models.CheckConstraint(
                condition=Q(clip="", period_from__isnull=False, period_to__gt=F("period_from"))
                | (~Q(clip="") & Q(staged=True, period_from=None, period_to=None)),
                name="detection_trial_has_one_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.event_type_id} {self.asked_at:%H:%M}"

    @property
    def outline(self) -> str:
        """The zone, as SVG writes points."""
        return " ".join(f"{x},{y}" for x, y in self.zone.points)

    @property
    def told(self) -> list[dict[str, Any]]:
        """What it would have signalled, each with its moment in words and the last box."""
        return [
            {
                "at": self._moment(one["at_s"]),
                "after_s": one["raised_s"] - one["at_s"],
                "score": one["score"],
                "why": measures.words(self.event_type_id, one.get("measured", {})),
                "box": one["boxes"][-1]["box"] if one["boxes"] else None,
            }
            for one in self.found
        ]

    def _moment(self, seconds: float) -> str:
        if self.period_from is None:
            return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
        return f"{timezone.localtime(self.period_from + dt.timedelta(seconds=seconds)):%H:%M:%S}"
