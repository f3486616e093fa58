from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras import optics
from cameras.models.camera import Camera
from cameras.models.preset import Preset
from places.geometry import Point
from places.models import ON_EARTH

if TYPE_CHECKING:
    from accounts.models import User


class SteeringQuerySet(models.QuerySet["Steering"]):
    def waiting(self) -> SteeringQuerySet:
        """Causes without a camera, who goes first first."""
        return self.filter(waiting_since__isnull=False, over_at=None).order_by(
            "urgency", "waiting_since", "pk"
        )

    def waiting_for(self, camera_id: int) -> SteeringQuerySet:
        return self.waiting().filter(could__contains=[camera_id])


class Steering(models.Model):
    """One cause, one choice of cameras: asking again changes nothing, even when none could be chosen."""

    cause = models.CharField(_("cause"), max_length=60, primary_key=True)
    site_code = models.CharField(max_length=40, blank=True)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    left_out = models.JSONField(_("left out"), default=list, blank=True)
    label = models.CharField(_("said as"), max_length=120, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), default=100)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=1)
    exercise = models.BooleanField(_("exercise"), null=True)
    could = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text="Cameras that turn and see the place, best first: those it may be given later.",
    )
    waiting_since = models.DateTimeField(
        _("waiting since"), null=True, blank=True, help_text=_("Every camera that sees the place is held.")
    )
    over_at = models.DateTimeField(_("over at"), null=True, blank=True)

    objects = SteeringQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of cameras")
        verbose_name_plural = _("choices of cameras")
        indexes = [
            models.Index(
                fields=["urgency", "waiting_since"],
                condition=Q(waiting_since__isnull=False),
                name="cameras_steering_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.cause

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)


class SteeringOrderQuerySet(models.QuerySet["SteeringOrder"]):
    def for_cause(self, cause: str) -> SteeringOrderQuerySet:
        return self.filter(cause=cause).select_related("camera", "preset").order_by("rank")

    def owed(self) -> SteeringOrderQuerySet:
        """What no camera has been sent yet, most urgent first."""
        return (
            self.filter(state=SteeringOrder.State.ORDERED)
            .filter(Q(lock_serial=None) | Q(camera__lock__serial=F("lock_serial")))
            .order_by("-priority", "ordered_at", "rank")
        )

    def visible_to(self, user: User) -> SteeringOrderQuerySet:
        return self if user.may(Right.SEE_ROOM) else self.none()


class SteeringOrder(models.Model):
    """A camera is to look at a point. The process that holds the cameras does it and writes the result."""

    class Priority(models.IntegerChoices):
        TOUR = 10, _("Tour")
        OPERATOR = 50, _("Operator")
        ALARM = 100, _("Alarm")

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        SENT = "sent", _("Sent")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        SUPERSEDED = "superseded", _("Superseded")

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="orders", verbose_name=_("camera"))
    cause = models.CharField(_("cause"), max_length=60, db_index=True)
    rank = models.PositiveSmallIntegerField(_("rank"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.ALARM)
    preset = models.ForeignKey(
        Preset, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("preset")
    )
    bearing_deg = models.FloatField(_("bearing (°)"))
    distance_m = models.FloatField(_("distance (m)"))
    density_px_m = models.FloatField(_("density (px/m)"))
    band = models.CharField(_("class of picture"), max_length=10, choices=optics.Band, blank=True)
    why = models.JSONField(_("why"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ORDERED)
    ordered_at = models.DateTimeField(_("ordered at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    lock_serial = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="The hold it was given under; empty for a camera that needs none. Another hold voids it.",
    )

    objects = SteeringOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("steering order")
        verbose_name_plural = _("steering orders")
        constraints = [
            models.UniqueConstraint(fields=["camera", "cause"], name="cameras_one_order_per_cause"),
            models.CheckConstraint(condition=ON_EARTH, name="cameras_order_on_earth"),
        ]
        indexes = [
            models.Index(
                fields=["-priority", "ordered_at"], condition=Q(state="ordered"), name="cameras_order_owed"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause} → {self.camera_id}"
