from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models.camera import Camera
from cameras.models.preset import Preset
from places.models import Sector

if TYPE_CHECKING:
    from accounts.models import User


class TourQuerySet(models.QuerySet["Tour"]):
    def visible_to(self, user: User) -> TourQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.MANAGE_ESTATE) else self.none()


class Tour(models.Model):
    """A round of cameras a person watches, stop by stop (law W-05)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    sector = models.ForeignKey(
        Sector, models.PROTECT, null=True, blank=True, related_name="tours", verbose_name=_("sector")
    )
    purpose = models.CharField(
        _("purpose"), max_length=200, help_text=_("What is looked for, in a sentence the log can show.")
    )
    enabled = models.BooleanField(_("planned"), default=True)

    objects = TourQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("video tour")
        verbose_name_plural = _("video tours")

    def __str__(self) -> str:
        return self.name


class TourStop(models.Model):
    """One look of a tour: a camera, where it turns to, how long."""

    tour = models.ForeignKey(Tour, models.CASCADE, related_name="stops", verbose_name=_("video tour"))
    number = models.PositiveSmallIntegerField(_("number"))
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="+", verbose_name=_("camera"))
    preset = models.ForeignKey(
        Preset,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("preset"),
        help_text=_("Empty: the camera is watched as it stands."),
    )
    dwell_s = models.PositiveSmallIntegerField(
        _("seconds"), default=15, validators=[MinValueValidator(5), MaxValueValidator(60)]
    )

    class Meta:
        ordering = ["tour", "number"]
        verbose_name = _("stop")
        verbose_name_plural = _("stops")
        constraints = [
            models.UniqueConstraint(fields=["tour", "number"], name="cameras_one_stop_per_number"),
            models.CheckConstraint(
                condition=Q(dwell_s__gte=5, dwell_s__lte=60), name="cameras_stop_lasts_5_to_60_s"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.camera.code}"

    def clean(self) -> None:
        if self.preset is not None and self.preset.camera_id != self.camera_id:
            raise ValidationError({"preset": _("This preset belongs to another camera.")})


class TourHours(models.Model):
    """When a tour is due: on these days, between these hours, every so many minutes."""

    tour = models.ForeignKey(Tour, models.CASCADE, related_name="hours", verbose_name=_("video tour"))
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        verbose_name=_("days"),
        help_text=_("1 is Monday, 7 Sunday."),
    )
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"), help_text=_("Earlier than the beginning: the next morning."))
    every_min = models.PositiveSmallIntegerField(
        _("every (min)"), default=60, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )

    class Meta:
        ordering = ["tour", "starts"]
        verbose_name = _("hours of a tour")
        verbose_name_plural = _("hours of tours")
        constraints = [
            models.CheckConstraint(
                condition=Q(every_min__gte=5, every_min__lte=1440), name="cameras_tour_every_5_to_1440_min"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]), name="cameras_tour_days_of_a_week"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M} · {self.every_min} min"


class RoundQuerySet(models.QuerySet["TourRound"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.MANAGE_ESTATE) else self.none()

    def due(self) -> RoundQuerySet:
        return self.filter(state=TourRound.State.DUE).order_by("planned_at", "pk")


class TourRound(models.Model):
    """One round: planned for an hour, then watched by somebody, or missed."""

    class State(models.TextChoices):
        DUE = "due", _("Due")
        RUNNING = "running", _("Under way")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Done")
        PARTLY = "partly", _("Done in part")
        MISSED = "missed", _("Missed")

    tour = models.ForeignKey(Tour, models.PROTECT, related_name="rounds", verbose_name=_("video tour"))
    planned_at = models.DateTimeField(_("planned for"))
    due_until = models.DateTimeField(_("due until"))
    by_plan = models.BooleanField(_("by plan"), default=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DUE)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("watched by"),
    )
    label = models.CharField(_("workstation"), max_length=120, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_at"]
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        constraints = [
            models.UniqueConstraint(
                fields=["tour", "planned_at"], condition=Q(by_plan=True), name="cameras_one_round_per_hour"
            ),
            models.CheckConstraint(
                condition=Q(due_until__gt=F("planned_at")), name="cameras_round_due_for_a_while"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_until"], name="cameras_round_state")]

    def __str__(self) -> str:
        return f"{self.tour} · {self.planned_at:%Y-%m-%d %H:%M}"

    @property
    def lasted(self) -> dt.timedelta | None:
        return self.ended_at - self.started_at if self.ended_at and self.started_at else None


class RoundStep(models.Model):
    """One stop of one round: seen, with the consultation that says so, or passed over, with the reason."""

    class State(models.TextChoices):
        SHOWING = "showing", _("Being watched")
        SEEN = "seen", _("Seen")
        PASSED = "passed", _("Passed over")

    round = models.ForeignKey(TourRound, models.CASCADE, related_name="steps", verbose_name=_("round"))
    number = models.PositiveSmallIntegerField(_("number"))
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="+", verbose_name=_("camera"))
    state = models.CharField(_("state"), max_length=8, choices=State)
    at = models.DateTimeField(_("at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    why = models.JSONField(_("why"), null=True, blank=True)
    consultation_id = models.BigIntegerField(_("consultation"), null=True, blank=True)
    tagged_at = models.DateTimeField(_("tagged at"), null=True, blank=True)

    class Meta:
        ordering = ["round", "number"]
        verbose_name = _("stop of a round")
        verbose_name_plural = _("stops of rounds")
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="cameras_one_step_per_number"),
            models.CheckConstraint(
                condition=~Q(state="seen") | Q(consultation_id__isnull=False),
                name="cameras_seen_means_a_consultation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} · {self.number} · {self.get_state_display()}"
