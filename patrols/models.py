from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import BrinIndex
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import DeviceKey
from accounts.rights import Right
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User

STALE = dt.timedelta(seconds=60)  # law P-04: shown grey
LOST = dt.timedelta(minutes=5)
CALL_SIGN = RegexValidator(r"^[A-Z0-9][A-Z0-9-]{0,11}\Z", _("Capitals, digits and hyphens, such as P7."))


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, user: User) -> UnitQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL) else self.none()

    def holding(self, key: DeviceKey) -> Unit | None:
        return self.filter(given_keys__key=key).first()


class Unit(models.Model):
    """A crew on the road, known by its call sign. Who is aboard is not written here."""

    class Kind(models.TextChoices):
        CAR = "car", _("Car")
        MOTO = "moto", _("Motorcycle")
        FOOT = "foot", _("On foot")
        BIKE = "bike", _("Bicycle")

    call_sign = models.CharField(_("call sign"), max_length=12, unique=True, validators=[CALL_SIGN])
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CAR)
    crew_size = models.PositiveSmallIntegerField(
        _("crew"), default=2, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    exercise = models.BooleanField(_("exercise"), default=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["call_sign"]
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(condition=Q(crew_size__range=(1, 12)), name="patrols_unit_has_a_crew")
        ]

    def __str__(self) -> str:
        return self.call_sign


class UnitKey(models.Model):
    """Which unit a device key was given to: one key, one unit."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="given_keys")
    key = models.OneToOneField(DeviceKey, models.CASCADE, related_name="given_to_unit", verbose_name=_("key"))

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")

    def __str__(self) -> str:
        return str(self.key)


class LastPositionQuerySet(models.QuerySet["LastPosition"]):
    def visible_to(self, user: User) -> LastPositionQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL) else self.none()

    def moved_since(self, instant: dt.datetime) -> LastPositionQuerySet:
        """What was received after this instant, with its unit: the batch a screen has not seen yet."""
        return self.filter(received_at__gt=instant).select_related("unit").order_by("received_at", "pk")

    def heard(self, now: dt.datetime | None = None) -> LastPositionQuerySet:
        """Not lost: said where they are within the last five minutes (law P-04)."""
        return self.filter(received_at__gt=(now or timezone.now()) - LOST)


class LastPosition(models.Model):
    """Where a unit was last: one row each. Only the devices of units on duty send it."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="position", verbose_name=_("unit"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    speed_kmh = models.FloatField(_("speed (km/h)"), null=True)
    heading_deg = models.FloatField(_("heading (°)"), null=True, help_text=_("Clockwise from north."))
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)
    at = models.DateTimeField(_("time of the fix"))
    received_at = models.DateTimeField(_("received at"))

    objects = LastPositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("last position")
        verbose_name_plural = _("last positions")
        indexes = [models.Index(fields=["received_at"], name="patrols_position_received")]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="patrols_position_on_earth"
            ),
            models.CheckConstraint(
                condition=(Q(heading_deg=None) | Q(heading_deg__gte=0, heading_deg__lt=360))
                & (Q(speed_kmh=None) | Q(speed_kmh__gte=0))
                & (Q(accuracy_m=None) | Q(accuracy_m__gte=0)),
                name="patrols_position_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at:%H:%M:%S}"

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)

    @property
    def is_stale(self) -> bool:
        return timezone.now() - self.received_at > STALE

    @property
    def is_lost(self) -> bool:
        return timezone.now() - self.received_at > LOST


class TrackPointQuerySet(models.QuerySet["TrackPoint"]):
    def visible_to(self, user: User) -> TrackPointQuerySet:
        """Where crews were is for who looks at recordings, never for a manager who only wants to know."""
        return self if user.may(Right.SEE_RECORDING) else self.none()

    def between(self, since: dt.datetime, until: dt.datetime) -> TrackPointQuerySet:
        """Oldest first, with what makes a crew still seen at `since` (law P-04)."""
        return self.filter(at__gt=since - LOST, at__lt=until).order_by("at", "pk")


class TrackPoint(models.Model):
    """Where a unit was, one point in five seconds: only to set recordings and the map on one clock."""

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="track", verbose_name=_("unit"), db_index=False
    )
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    heading_deg = models.FloatField(_("heading (°)"), null=True)
    at = models.DateTimeField(_("time of the fix"))

    objects = TrackPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of a track")
        verbose_name_plural = _("tracks")
        # Written in the order of time, read by spans of it, destroyed by days: a thousandth of a tree.
        indexes = [
            BrinIndex(fields=["at"], name="patrols_track_when", pages_per_range=16, autosummarize=True)
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="patrols_track_on_earth"
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at:%H:%M:%S}"
