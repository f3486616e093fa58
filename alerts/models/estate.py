from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import DeviceKey
from accounts.rights import Right
from alerts.models.limits import LAT, LON, ON_EARTH, ON_EARTH_OR_NOWHERE
from alerts.plans import check_plan, plan_path
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User

_CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9-]{1,19}$", _("Capitals, digits and hyphens, such as ECO-012."))


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: User) -> SiteQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.MANAGE_ESTATE) else self.none()

    def open(self) -> SiteQuerySet:
        return self.filter(closed_on=None)


class Site(models.Model):
    """A place the centre watches over because somebody there can call it: a school, a shop, a theatre."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("School")
        CRECHE = "creche", _("Crèche")
        THEATRE = "theatre", _("Theatre")
        MUNICIPAL_BUILDING = "municipal_building", _("Municipal building")
        SHOP = "shop", _("Shop")
        PROFESSIONAL = "professional", _("Professional")

    USUAL_PRIORITY: ClassVar[dict[str, int]] = {Kind.SCHOOL: 1, Kind.CRECHE: 1}

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[_CODE])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200)
    lat = models.FloatField(_("latitude"), validators=LAT)
    lon = models.FloatField(_("longitude"), validators=LON)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    plan = models.FileField(_("plan"), upload_to=plan_path, validators=[check_plan], blank=True)
    access_notes = models.TextField(_("how to get in"), blank=True)
    people = models.CharField(
        _("people there"), max_length=120, blank=True, help_text=_("Such as “primary, 240 pupils”.")
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=[(1, "1"), (2, "2"), (3, "3")],
        blank=True,
        help_text=_("Empty: the usual one of its kind."),
    )
    sector_code = models.CharField(_("sector"), max_length=20, blank=True)
    exercise = models.BooleanField(_("exercise"), default=False)
    closed_on = models.DateField(_("closed since"), null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        constraints = [
            models.CheckConstraint(condition=ON_EARTH, name="alerts_site_on_earth"),
            models.CheckConstraint(condition=Q(priority__range=(1, 3)), name="alerts_site_priority"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._default_priority()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self._default_priority()

    def _default_priority(self) -> None:
        if not self.priority:
            self.priority = self.USUAL_PRIORITY.get(self.kind, 2)

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)


class SiteContact(models.Model):
    """Whom to call there, by role: the row holds no name."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="contacts", verbose_name=_("site"))
    role = models.CharField(_("role"), max_length=60, help_text=_("Such as “Head's office”: never a name."))
    phone = models.CharField(_("telephone"), max_length=30)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    def __str__(self) -> str:
        return f"{self.role} {self.phone}"


class AlertDeviceQuerySet(models.QuerySet["AlertDevice"]):
    def visible_to(self, user: User) -> AlertDeviceQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.MANAGE_ESTATE) else self.none()

    def in_service(self) -> AlertDeviceQuerySet:
        return self.filter(state=AlertDevice.State.IN_SERVICE)

    def silent(self, now: dt.datetime | None = None) -> AlertDeviceQuerySet:
        """Supervised devices that have said nothing for longer than they may."""
        last_heard = Coalesce(F("last_heartbeat_at"), F("created_at"))
        heard = self.in_service().exclude(longest_silence_s=None).annotate(last_heard=last_heard)
        return heard.filter(
            last_heard__lt=(now or timezone.now()) - F("longest_silence_s") * dt.timedelta(seconds=1)
        )

    def pressed(self, pk: int, now: dt.datetime) -> tuple[str, dt.datetime | None]:
        """Note a press of a device, which stays locked to the commit; its state, and its last press before.

        One statement instead of a lock and an update: somebody is calling for help.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE alerts_alertdevice AS device SET last_pressed_at = %s, last_heartbeat_at = %s FROM"
                " (SELECT id, last_pressed_at FROM alerts_alertdevice WHERE id = %s FOR NO KEY UPDATE) AS was"
                " WHERE device.id = was.id RETURNING device.state, was.last_pressed_at",
                [now, now, pk],
            )
            row = cursor.fetchone()
        if row is None:
            raise self.model.DoesNotExist
        return row[0], row[1]

    def heard(self, pk: int, now: dt.datetime, *, called: bool) -> tuple[str, dt.datetime | None]:
        """As `pressed`, for a device that also speaks without calling."""
        if called:
            return self.pressed(pk, now)
        row = self.filter(pk=pk).select_for_update(no_key=True).values_list("state", "last_pressed_at").get()
        self.filter(pk=pk).update(last_heartbeat_at=now)
        return row

    def holding(self, key: DeviceKey) -> AlertDevice | None:
        return self.select_related("site").filter(keys=key).first()


class AlertDevice(models.Model):
    """A thing that can call the centre: a button, or the alarm panel of a building."""

    class Kind(models.TextChoices):
        BUTTON = "button", _("Alert button")
        PANEL = "panel", _("Alarm panel")

    class State(models.TextChoices):
        IN_SERVICE = "in_service", _("In service")
        OUT_OF_SERVICE = "out_of_service", _("Out of service")

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[_CODE])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.BUTTON)
    site = models.ForeignKey(Site, models.PROTECT, related_name="devices", verbose_name=_("site"))
    label = models.CharField(_("label"), max_length=60, blank=True, help_text=_("Such as “reception”."))
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LAT)
    lon = models.FloatField(_("longitude"), null=True, blank=True, validators=LON)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.IN_SERVICE)
    longest_silence_s = models.PositiveIntegerField(
        _("longest silence (seconds)"),
        null=True,
        blank=True,
        help_text=_("Without a heartbeat for longer, it is listed as silent. Empty: not supervised."),
    )
    keys = models.ManyToManyField(
        DeviceKey, through="GivenKey", related_name="alert_devices", verbose_name=_("keys")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    last_heartbeat_at = models.DateTimeField(_("last heard"), null=True, editable=False)
    battery_percent = models.PositiveSmallIntegerField(_("battery (%)"), null=True, editable=False)
    firmware = models.CharField(_("firmware"), max_length=40, blank=True, editable=False)
    last_pressed_at = models.DateTimeField(_("last press"), null=True, editable=False)
    last_test_at = models.DateTimeField(_("last test"), null=True, editable=False)
    exercise = models.BooleanField(_("exercise"), default=False)

    objects = AlertDeviceQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("alert device")
        verbose_name_plural = _("alert devices")
        constraints = [
            models.CheckConstraint(condition=ON_EARTH_OR_NOWHERE, name="alerts_device_on_earth"),
            models.CheckConstraint(
                condition=Q(battery_percent=None) | Q(battery_percent__lte=100), name="alerts_device_battery"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}".strip()

    @property
    def point(self) -> Point | None:
        """Its own place, None when only the place of its site is known."""
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)

    @property
    def is_in_service(self) -> bool:
        return self.state == self.State.IN_SERVICE

    @property
    def for_exercise(self) -> bool:
        return self.exercise or self.site.exercise


class GivenKey(models.Model):
    """Which device a key was given to: one key, one device."""

    device = models.ForeignKey(AlertDevice, models.CASCADE, related_name="given_keys")
    key = models.OneToOneField(DeviceKey, models.CASCADE, related_name="given_to", verbose_name=_("key"))

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")

    def __str__(self) -> str:
        return str(self.key)
