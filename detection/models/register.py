from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from detection.codes import EventCode
from detection.models.profile import Profile

if TYPE_CHECKING:
    from accounts.models import User


class UseRecordQuerySet(models.QuerySet["UseRecord"]):
    def visible_to(self, user: User) -> UseRecordQuerySet:
        return self if user.may(Right.SET_DETECTION) or user.may(Right.SEE_AUDIT) else self.none()


class UseRecord(models.Model):
    """The register of use: who switched what on and off, where, when, why, with which software (L-25).

    PostgreSQL lets nobody change a line, nor remove one before three years.
    """

    class Kind(models.TextChoices):
        ON = "on", _("Switched on")
        OFF = "off", _("Switched off")
        CHANGED = "changed", _("Changed while on")
        UNCOVERED = "uncovered", _("Stopped: no authorisation covers it any more")
        SUSPENDED = "suspended", _("Suspended itself: precision below the floor")
        TRIED = "tried", _("Tried on recordings or a clip")
        ALL_STOPPED = "all_stopped", _("Everything stopped")
        RESUMED = "resumed", _("Allowed again")

    at = models.DateTimeField(_("at"), default=timezone.now)
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    # In words: the line outlives the profile, the camera and the account.
    camera_code = models.CharField(_("camera"), max_length=20, blank=True)
    event_type = models.CharField(_("type"), max_length=24, choices=EventCode, blank=True)
    zone = models.CharField(_("zone"), max_length=60, blank=True)
    profile_ref = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(_("why"), max_length=200, blank=True)
    authorisation = models.CharField(_("authorisation"), max_length=60, blank=True)
    exercise = models.BooleanField(_("exercise"), default=False)
    software = models.CharField(_("software"), max_length=60)
    model = models.CharField(_("detector"), max_length=60, blank=True)
    model_sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    objects = UseRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("line of the register of use")
        verbose_name_plural = _("register of use")
        indexes = [models.Index(fields=["at"], name="detection_use_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.camera_code}"


class Stop(models.Model):
    """Somebody pressed the one button: nothing watches until it is allowed again (L-23)."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    why = models.CharField(_("why"), max_length=200)
    lifted_at = models.DateTimeField(_("allowed again at"), null=True, blank=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_why = models.CharField(_("why allowed again"), max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("stop of everything")
        verbose_name_plural = _("stops of everything")
        constraints = [
            models.UniqueConstraint(
                models.F("lifted_at"),
                condition=Q(lifted_at=None),
                nulls_distinct=False,
                name="detection_one_stop_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class SignalDay(models.Model):
    """What became of a profile's signals of a day: what remains once they are erased (law §1.9)."""

    profile = models.ForeignKey(Profile, models.PROTECT, related_name="days")
    stint = models.PositiveIntegerField()
    day = models.DateField(_("day"))
    raised = models.PositiveIntegerField(_("signalled"), default=0)
    folded = models.PositiveIntegerField(_("seen again"), default=0)
    confirmed = models.PositiveIntegerField(_("confirmed"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    cannot_tell = models.PositiveIntegerField(_("cannot tell"), default=0)

    class Meta:
        verbose_name = _("signals of a day")
        verbose_name_plural = _("signals by day")
        constraints = [models.UniqueConstraint(fields=["profile", "stint", "day"], name="detection_day_once")]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.day}"
