from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera
from detection import measures
from detection.codes import EventCode
from detection.models.profile import Profile

if TYPE_CHECKING:
    from accounts.models import User

# Two minutes in all: what a look at the moments before something may be.
BEFORE, AFTER, LONGEST = (dt.timedelta(seconds=s) for s in (10, 10, 95))
SHOWN_FOR = dt.timedelta(hours=12)


class SignalQuerySet(models.QuerySet["Signal"]):
    def visible_to(self, user: User) -> SignalQuerySet:
        """Those who answer signals, of cameras within their habilitation; the DPO reads that they were."""
        if user.may(Right.SEE_AUDIT):
            return self
        if not user.may(Right.JUDGE_SIGNAL):
            return self.none()
        return self.filter(camera__in=Camera.objects.with_images_for(user))

    def waiting(self) -> SignalQuerySet:
        return self.filter(state=Signal.State.PENDING, raised_at__gte=timezone.now() - SHOWN_FOR)


class Signal(models.Model):
    """Software thinks it saw something. A person says whether it did; nothing else follows from it (L-23).

    It holds where and when, never who: no picture, no person, no link to other data (L-22).
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for an answer")
        CONFIRMED = "confirmed", _("Confirmed")
        REJECTED = "rejected", _("Rejected")
        CANNOT_TELL = "cannot_tell", _("Cannot tell")

    # Given by what watches: the same situation told twice is one signal.
    key = models.CharField(max_length=80, unique=True, editable=False)
    # Those folded into it, too.
    keys = ArrayField(models.CharField(max_length=80), default=list, blank=True, editable=False)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="signals", verbose_name=_("profile"))
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="signals", verbose_name=_("camera"))
    event_type = models.CharField(_("type"), max_length=24, choices=EventCode)
    at = models.DateTimeField(_("seen at"), help_text=_("When it happened in the picture."))
    last_at = models.DateTimeField(_("last seen at"))
    raised_at = models.DateTimeField(_("signalled at"), default=timezone.now)
    score = models.FloatField(_("score"), validators=[MinValueValidator(0), MaxValueValidator(1)])
    # [{"at": ms since 1970, "box": [x, y, w, h]}, …], fractions of the picture.
    boxes = models.JSONField(_("boxes"), default=list, blank=True)
    # Numbers by name, as the rule gave them: detection/measures.py says them.
    measured = models.JSONField(_("measured"), default=dict, blank=True)
    folded = models.PositiveIntegerField(_("seen again"), default=0)
    exercise = models.BooleanField(_("exercise"), default=False)
    state = models.CharField(_("answer"), max_length=12, choices=State, default=State.PENDING)
    judged_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        indexes = [
            models.Index(fields=["state", "raised_at"], name="detection_signal_waiting"),
            models.Index(fields=["profile", "-last_at"], name="detection_signal_folds"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=1), name="detection_score_is_a_share"
            ),
            models.CheckConstraint(condition=Q(last_at__gte=F("at")), name="detection_signal_in_order"),
            # A verdict is a person's, or there is none (L-23).
            models.CheckConstraint(
                condition=Q(state="pending", judged_at=None, judged_by=None)
                | (~Q(state="pending") & Q(judged_at__isnull=False)),
                name="detection_verdict_has_its_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.event_type} {self.at:%H:%M:%S}"

    @property
    def measured_words(self) -> str:
        return measures.words(self.event_type, self.measured)

    @property
    def clip(self) -> tuple[dt.datetime, dt.datetime]:
        """The minutes worth seeing: from before it happened to after it was last seen."""
        return self.at - BEFORE, min(self.last_at, self.at + LONGEST) + AFTER
