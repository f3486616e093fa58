from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import DeviceKey
from accounts.rights import Right
from alerts.plans import check_plan, plan_path
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User

FOLD_SECONDS = 60  # law W-06
EARLY_SECONDS = 120  # how far a device's clock may be ahead
LATE_HOURS = 24
_CODE = RegexValidator(r"^[A-Z0-9][A-Z0-9-]{1,19}$", _("Capitals, digits and hyphens, such as ECO-012."))
_LAT = [MinValueValidator(-90), MaxValueValidator(90)]
_LON = [MinValueValidator(-180), MaxValueValidator(180)]


_ON_EARTH = Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180)
_ON_EARTH_OR_NOWHERE = _ON_EARTH | Q(lat=None, lon=None)


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
    lat = models.FloatField(_("latitude"), validators=_LAT)
    lon = models.FloatField(_("longitude"), validators=_LON)
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
            models.CheckConstraint(condition=_ON_EARTH, name="alerts_site_on_earth"),
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

    def holding(self, key: DeviceKey) -> AlertDevice | None:
        return self.select_related("site").filter(keys=key).first()


class AlertDevice(models.Model):
    """A thing that can call the centre: today a button."""

    class Kind(models.TextChoices):
        BUTTON = "button", _("Alert button")

    class State(models.TextChoices):
        IN_SERVICE = "in_service", _("In service")
        OUT_OF_SERVICE = "out_of_service", _("Out of service")

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[_CODE])
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.BUTTON)
    site = models.ForeignKey(Site, models.PROTECT, related_name="devices", verbose_name=_("site"))
    label = models.CharField(_("label"), max_length=60, blank=True, help_text=_("Such as “reception”."))
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=_LAT)
    lon = models.FloatField(_("longitude"), null=True, blank=True, validators=_LON)
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
            models.CheckConstraint(condition=_ON_EARTH_OR_NOWHERE, name="alerts_device_on_earth"),
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


class NumberSeries(models.Model):
    """The last alert number of a year. The row stays locked from `take` to the commit: take it late."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"

    @classmethod
    def take(cls, at: dt.datetime) -> str:
        """The next number, without gaps: a rolled-back alert gives its number back."""
        year = timezone.localtime(at).year
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO alerts_numberseries (year, last) VALUES (%s, 1)"
                " ON CONFLICT (year) DO UPDATE SET last = alerts_numberseries.last + 1 RETURNING last",
                [year],
            )
            return f"A-{year}-{cursor.fetchone()[0]:06d}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User) -> AlertQuerySet:
        return self if user.may(Right.SEE_ROOM) else self.none()

    def of_device(self, device: AlertDevice) -> AlertQuerySet:
        """What a device may read: its own."""
        return self.filter(device=device)

    def presses(self) -> AlertQuerySet:
        return self.filter(kind=Alert.Kind.PRESS)

    def open(self) -> AlertQuerySet:
        return self.filter(closed_at=None)

    def in_queue_order(self) -> AlertQuerySet:
        """Priority, then age (law W-06)."""
        return self.order_by("priority", "received_at", "pk")

    def unanswered(self, now: dt.datetime) -> AlertQuerySet:
        """Nobody has taken them within the time their priority allows (law W-09)."""
        waiting = self.presses().open().filter(state__in=[Alert.State.RECEIVED, Alert.State.PRESENTED])
        late = Q(pk__in=[])
        for rule in EscalationRule.objects.all():
            late |= Q(priority=rule.priority, received_at__lt=now - dt.timedelta(seconds=rule.after_s))
        return waiting.filter(late)

    def foldable(self, device: AlertDevice, now: dt.datetime) -> AlertQuerySet:
        """The alert that a press of this device at this time belongs to.

        Not one that was closed or found unreal: a press after that is somebody calling again.
        """
        since = now - dt.timedelta(seconds=FOLD_SECONDS)
        live = self.presses().open().exclude(state__in=Alert.UNREAL)
        return live.filter(device=device, last_pressed_at__gte=since).order_by("-pk")


class Alert(models.Model):
    """A call for help and what became of it. Never deleted before its term, never hidden by folding."""

    class Kind(models.TextChoices):
        PRESS = "press", _("Press")
        TEST = "test", _("Test")

    class State(models.TextChoices):
        """Law §2.6. CANCELLED is an operator's finding: the presser's own word is `cancelled_at`."""

        RECEIVED = "received", _("Received")
        PRESENTED = "presented", _("Presented")
        ESCALATED = "escalated", _("Escalated")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        DOUBT_REMOVAL = "doubt_removal", _("Removing doubt")
        CONFIRMED = "confirmed", _("Confirmed")
        UNFOUNDED = "unfounded", _("Unfounded")
        TEST = "test", _("Test")
        TECHNICAL = "technical", _("Technical")
        CANCELLED = "cancelled", _("Pressed by mistake")

    class Place(models.TextChoices):
        PRESS = "press", _("Position of the press")
        DEVICE = "device", _("Place of the device")
        SITE = "site", _("Place of the site")

    WAITING: ClassVar[list[str]] = [State.RECEIVED, State.PRESENTED, State.ESCALATED]
    UNREAL: ClassVar[list[str]] = [State.UNFOUNDED, State.TEST, State.TECHNICAL, State.CANCELLED]
    FINDINGS: ClassVar[list[str]] = [State.CONFIRMED, *UNREAL]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("number"), max_length=20, unique=True)
    device = models.ForeignKey(
        AlertDevice, models.PROTECT, related_name="alerts", verbose_name=_("alert device")
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="alerts", verbose_name=_("site"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.RECEIVED)
    priority = models.PositiveSmallIntegerField(_("priority"))
    at = models.DateTimeField(_("pressed at"), help_text=_("What the device says."))
    received_at = models.DateTimeField(_("received at"))
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)
    position_used = models.CharField(_("position used"), max_length=10, choices=Place)
    note = models.CharField(_("note"), max_length=500, blank=True)
    presses = models.PositiveIntegerField(_("presses"), default=1)
    last_pressed_at = models.DateTimeField(_("last press"))
    cancelled_at = models.DateTimeField(_("said to be a mistake at"), null=True)
    presented_at = models.DateTimeField(_("presented at"), null=True)
    acknowledged_at = models.DateTimeField(_("taken at"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)
    exercise = models.BooleanField(_("exercise"), default=False)
    correlation = models.CharField(max_length=64, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        constraints = [
            models.CheckConstraint(condition=_ON_EARTH, name="alerts_alert_on_earth"),
            models.CheckConstraint(condition=Q(priority__range=(1, 3)), name="alerts_alert_priority"),
            models.CheckConstraint(condition=Q(presses__gte=1), name="alerts_alert_presses"),
            models.CheckConstraint(
                condition=Q(accuracy_m=None) | Q(accuracy_m__gte=0), name="alerts_alert_accuracy"
            ),
            models.CheckConstraint(
                condition=Q(at__lte=F("received_at") + dt.timedelta(seconds=EARLY_SECONDS)),
                name="alerts_alert_not_from_the_future",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None)
                | Q(state__in=["confirmed", "unfounded", "test", "technical", "cancelled"]),
                name="alerts_alert_closed_with_a_finding",
            ),
            models.CheckConstraint(
                condition=~Q(kind="test") | Q(state="test", closed_at__isnull=False),
                name="alerts_alert_test_opens_nothing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "received_at"], condition=Q(closed_at=None), name="alerts_alert_open"
            ),
            models.Index(fields=["device", "-received_at"], name="alerts_alert_of_device"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)

    @property
    def taken(self) -> bool:
        return self.acknowledged_at is not None

    @property
    def cancelled(self) -> bool:
        """The presser said it was a mistake; an operator still checks."""
        return self.cancelled_at is not None

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def late_s(self) -> float:
        """Seconds between the press and its receipt; shown when a press waited for a network."""
        return max(0.0, (self.received_at - self.at).total_seconds())


class EscalationRule(models.Model):
    """How long an alert of a priority may wait to be taken before the whole room is told (law W-09, Q-01)."""

    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=[(1, "1"), (2, "2"), (3, "3")], unique=True
    )
    after_s = models.PositiveIntegerField(_("seconds"), validators=[MinValueValidator(5)])

    class Meta:
        ordering = ["priority"]
        verbose_name = _("escalation rule")
        verbose_name_plural = _("escalation rules")

    def __str__(self) -> str:
        return f"{self.priority}: {self.after_s} s"


class AlertPress(models.Model):
    """One message of a device about an alert, exactly as received: folding hides nothing."""

    class Kind(models.TextChoices):
        PRESS = "press", _("Press")
        TEST = "test", _("Test")
        CANCEL = "cancel", _("“It was a mistake”")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="press_rows", verbose_name=_("alert"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("pressed at"))
    received_at = models.DateTimeField(_("received at"))
    lat = models.FloatField(_("latitude"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    correlation = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("press")
        verbose_name_plural = _("presses")
        constraints = [models.CheckConstraint(condition=_ON_EARTH_OR_NOWHERE, name="alerts_press_on_earth")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.received_at:%H:%M:%S}"


class AlertMessage(models.Model):
    """One line of the text exchange between the site and the centre."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="messages", verbose_name=_("alert"))
    from_centre = models.BooleanField(_("from the centre"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    text = models.CharField(_("text"), max_length=500)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="alerts_message_not_empty"),
            models.CheckConstraint(
                condition=Q(from_centre=True) | Q(author=None), name="alerts_message_site_has_no_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.at:%H:%M:%S}"
