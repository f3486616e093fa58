from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.credentials import Credentials
from cameras.drivers.base import Address
from cameras.models.camera import Camera
from cameras.steering.aim import PAN, TILT, Axis, Head
from places.models import LATITUDE, LONGITUDE, ON_EARTH

if TYPE_CHECKING:
    from accounts.models import User


class DeviceQuerySet(models.QuerySet["Device"]):
    def turning(self) -> DeviceQuerySet:
        """Those a conversation is kept with: enabled, of a camera that stands in the street."""
        stands = [Camera.State.LIVE, Camera.State.LOST, Camera.State.MAINTENANCE, Camera.State.TO_DECLARE]
        return self.filter(enabled=True, camera__state__in=stands).select_related("camera")

    def of_shard(self, number: int, of: int) -> DeviceQuerySet:
        return self.annotate(_shard=models.F("camera_id") % of).filter(_shard=number - 1)

    def visible_to(self, user: User) -> DeviceQuerySet:
        return self if user.may(Right.MANAGE_ESTATE) else self.none()


class Device(models.Model):
    """What turns a camera: where it answers, what it can do, and what its head counts in.

    Its password is kept apart from the address, encrypted. Until it is calibrated its head is taken for what
    makers mean by their generic space, and its camera's mounting for exact.
    """

    class Driver(models.TextChoices):
        ONVIF = "onvif", _("ONVIF")
        FAKE = "fake", _("Twin in memory (tests)")

    camera = models.OneToOneField(
        Camera, models.CASCADE, primary_key=True, related_name="device", verbose_name=_("camera")
    )
    driver = models.CharField(_("driver"), max_length=8, choices=Driver, default=Driver.ONVIF)
    url = models.CharField(
        _("address"),
        max_length=300,
        help_text=_("Without user name or password: http://10.0.0.8/onvif/device_service"),
    )
    sealed_credentials = models.BinaryField(_("credentials"), null=True, blank=True, editable=False)
    profile = models.CharField(
        _("profile"), max_length=80, blank=True, help_text=_("Empty: the first one that turns.")
    )
    enabled = models.BooleanField(_("enabled"), default=True)
    abilities = models.JSONField(_("what it can do"), default=dict, blank=True, editable=False)
    probed_at = models.DateTimeField(_("asked at"), null=True, blank=True, editable=False)
    clock_ahead_ms = models.IntegerField(
        _("clock of the device, ms ahead"), null=True, blank=True, editable=False
    )
    clock_measured_at = models.DateTimeField(_("clock measured at"), null=True, blank=True, editable=False)
    pan_zero = models.FloatField(_("pan counts at 0°"), default=PAN.zero)
    pan_per_count_deg = models.FloatField(_("degrees per count of pan"), default=PAN.per_count_deg)
    pan_least = models.FloatField(_("least pan"), default=PAN.least)
    pan_most = models.FloatField(_("most pan"), default=PAN.most)
    tilt_zero = models.FloatField(_("tilt counts at 0°"), default=TILT.zero)
    tilt_per_count_deg = models.FloatField(_("degrees per count of tilt"), default=TILT.per_count_deg)
    tilt_least = models.FloatField(_("least tilt"), default=TILT.least)
    tilt_most = models.FloatField(_("most tilt"), default=TILT.most)
    calibrated_at = models.DateTimeField(_("calibrated at"), null=True, blank=True, editable=False)
    trouble = models.CharField(_("trouble"), max_length=40, blank=True, editable=False)
    trouble_since = models.DateTimeField(_("since"), null=True, blank=True, editable=False)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("head of a camera")
        verbose_name_plural = _("heads of cameras")
        constraints = [
            models.CheckConstraint(
                condition=~Q(url__contains="@"), name="cameras_no_credentials_in_addresses"
            ),
            models.CheckConstraint(
                condition=~Q(pan_per_count_deg=0)
                & ~Q(tilt_per_count_deg=0)
                & Q(pan_least__lt=models.F("pan_most"))
                & Q(tilt_least__lt=models.F("tilt_most")),
                name="cameras_head_has_a_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} · {self.get_driver_display()}"

    @property
    def credentials(self) -> Credentials | None:
        return Credentials.opened(self.sealed_credentials) if self.sealed_credentials else None

    @property
    def address(self) -> Address:
        """With its password; raises CannotDecrypt."""
        who = self.credentials
        return Address(self.url, who.user, who.password) if who else Address(self.url)

    @property
    def head(self) -> Head:
        return Head(
            Axis(self.pan_zero, self.pan_per_count_deg, self.pan_least, self.pan_most),
            Axis(self.tilt_zero, self.tilt_per_count_deg, self.tilt_least, self.tilt_most),
        )

    @head.setter
    def head(self, head: Head) -> None:
        self.pan_zero, self.pan_per_count_deg, self.pan_least, self.pan_most = head.pan
        self.tilt_zero, self.tilt_per_count_deg, self.tilt_least, self.tilt_most = head.tilt

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        parts = urlsplit(self.url)
        schemes = {"fake"} if self.driver == self.Driver.FAKE else {"http", "https"}
        if "@" in self.url:
            wrong["url"] = _("Write user name and password in their own fields, not in the address.")
        elif (
            parts.scheme not in schemes or not parts.netloc or any(ord(letter) < 0x21 for letter in self.url)
        ):
            wrong["url"] = gettext("An address begins with %(schemes)s:// and names a host.") % {
                "schemes": ":// / ".join(sorted(schemes))
            }
        if wrong:
            raise ValidationError(wrong)


class Sighting(models.Model):
    """A landmark seen through a camera: what its head counted then, where it was in the picture, where it is."""

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="sightings", verbose_name=_("camera"))
    label = models.CharField(_("landmark"), max_length=80)
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    height_m = models.FloatField(
        _("height above the ground (m)"),
        default=0,
        validators=[MinValueValidator(-100), MaxValueValidator(1000)],
    )
    pan_counts = models.FloatField(_("pan of the head"))
    tilt_counts = models.FloatField(_("tilt of the head"))
    zoom = models.FloatField(_("zoom"), default=0, validators=[MinValueValidator(0), MaxValueValidator(1)])
    x = models.FloatField(
        _("right of the middle"), default=0, validators=[MinValueValidator(-0.5), MaxValueValidator(0.5)]
    )
    y = models.FloatField(
        _("below the middle"), default=0, validators=[MinValueValidator(-0.5), MaxValueValidator(0.5)]
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["camera", "at"]
        verbose_name = _("landmark seen")
        verbose_name_plural = _("landmarks seen")
        constraints = [
            models.UniqueConstraint(fields=["camera", "label"], name="cameras_one_sighting_per_landmark"),
            models.CheckConstraint(condition=ON_EARTH, name="cameras_landmark_on_earth"),
            models.CheckConstraint(
                condition=Q(x__gte=-0.5, x__lte=0.5, y__gte=-0.5, y__lte=0.5),
                name="cameras_seen_in_the_picture",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera.code} · {self.label}"
