from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from alerts.models.estate import AlertDevice, Site
from alerts.models.limits import EARLY_SECONDS, FOLD_SECONDS, ON_EARTH, ON_EARTH_OR_NOWHERE
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User


class Signal(models.TextChoices):
    """What a device says is happening. A button says only that somebody calls."""

    CALL = "call", _("Call")
    PANIC = "panic", _("Panic button")
    HOLD_UP = "hold_up", _("Hold-up")
    FIRE = "fire", _("Fire alarm")
    MEDICAL = "medical", _("Medical call")
    GAS = "gas", _("Gas alarm")
    INTRUSION = "intrusion", _("Intrusion alarm")
    TAMPER = "tamper", _("Tampering")
    WATER = "water", _("Water alarm")
    LINK_LOST = "link_lost", _("Link lost")
    OTHER = "other", _("Signal the centre does not know")


class NumberSeries(models.Model):
    """The last alert number of a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("number of a year")
        verbose_name_plural = _("numbers of years")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


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

    def foldable(self, device: AlertDevice, now: dt.datetime, signal: str) -> AlertQuerySet:
        """The alert that a call of this device at this time belongs to: never a fire to an intrusion.

        Not one that was closed or found unreal: a press after that is somebody calling again.
        """
        since = now - dt.timedelta(seconds=FOLD_SECONDS)
        live = self.presses().open().exclude(state__in=Alert.UNREAL)
        return live.filter(device=device, signal=signal, last_pressed_at__gte=since).order_by("-pk")


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
    signal = models.CharField(_("signal"), max_length=12, choices=Signal, default=Signal.CALL)
    detail = models.CharField(
        _("where in the building"), max_length=120, blank=True, help_text=_("As the panel said it.")
    )
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
            models.CheckConstraint(condition=ON_EARTH, name="alerts_alert_on_earth"),
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
        RESTORE = "restore", _("Back to normal")

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="press_rows", verbose_name=_("alert"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    at = models.DateTimeField(_("pressed at"))
    received_at = models.DateTimeField(_("received at"))
    lat = models.FloatField(_("latitude"), null=True)
    lon = models.FloatField(_("longitude"), null=True)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    frame = models.ForeignKey(
        "alerts.PanelFrame", models.SET_NULL, null=True, related_name="presses", verbose_name=_("frame")
    )
    correlation = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("press")
        verbose_name_plural = _("presses")
        constraints = [models.CheckConstraint(condition=ON_EARTH_OR_NOWHERE, name="alerts_press_on_earth")]

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
