from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from alerts.models.estate import AlertDevice
from doors import sealed

if TYPE_CHECKING:
    from accounts.models import User

_ACCOUNT = RegexValidator(r"^[0-9A-F]{3,16}$", _("3 to 16 digits or letters A to F, as set in the panel."))


class PanelQuerySet(models.QuerySet["Panel"]):
    def supervised(self) -> PanelQuerySet:
        """Panels in service that must be heard of within their reporting time."""
        in_service = self.filter(device__state=AlertDevice.State.IN_SERVICE)
        return in_service.exclude(reporting_time_s=None)

    def fallen_silent(self, now: dt.datetime) -> PanelQuerySet:
        """Those not heard of for longer than their reporting time, and not yet called lost (law P-03)."""
        heard_at = Coalesce(F("device__last_heartbeat_at"), F("device__created_at"))
        heard = self.supervised().filter(lost_at=None).annotate(heard_at=heard_at)
        return heard.filter(heard_at__lt=now - F("reporting_time_s") * dt.timedelta(seconds=1))


class Panel(models.Model):
    """How an alarm panel speaks to the centre: ANSI/SIA DC-09-2021 over TCP or UDP (law §3.4)."""

    device = models.OneToOneField(
        AlertDevice, models.CASCADE, related_name="panel", verbose_name=_("alert device")
    )
    account = models.CharField(
        _("account"),
        max_length=16,
        unique=True,
        validators=[_ACCOUNT],
        help_text=_("The number the panel gives itself in its frames."),
    )
    sealed_key = models.BinaryField(_("key"), null=True, editable=False)
    keeps_time = models.BooleanField(
        _("keeps the time"),
        default=True,
        help_text=_("A frame older than 40 s or more than 20 s ahead is refused: nobody can replay one."),
    )
    reporting_time_s = models.PositiveIntegerField(
        _("reporting time (seconds)"),
        null=True,
        blank=True,
        default=180,
        validators=[MinValueValidator(20)],
        help_text=_("Silent for longer, its link is lost (EN 50136-1: SP4 180 s, SP5 90 s). Empty: never."),
    )
    set_since = models.DateTimeField(_("set since"), null=True, editable=False)
    unset_since = models.DateTimeField(_("unset since"), null=True, editable=False)
    lost_at = models.DateTimeField(_("link lost since"), null=True, editable=False)

    objects = PanelQuerySet.as_manager()

    class Meta:
        ordering = ["account"]
        verbose_name = _("alarm panel")
        verbose_name_plural = _("alarm panels")

    def __str__(self) -> str:
        return f"{self.device} ({self.account})"

    @property
    def key(self) -> bytes | None:
        """Its AES key, None when it speaks in clear. Raises sealed.CannotOpen."""
        return None if self.sealed_key is None else sealed.opened(self.sealed_key, sealed.Purpose.PANELS)

    def set_key(self, key: bytes | None) -> None:
        self.sealed_key = None if key is None else sealed.seal(key, sealed.Purpose.PANELS)


class PanelZone(models.Model):
    """What a zone of a panel is called by those who go there."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="zones", verbose_name=_("alarm panel"))
    number = models.PositiveSmallIntegerField(_("number"))
    label = models.CharField(_("label"), max_length=60, help_text=_("Such as “gymnasium, north door”."))

    class Meta:
        ordering = ["number"]
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [models.UniqueConstraint(fields=["panel", "number"], name="alerts_one_zone_a_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class PanelFrameQuerySet(models.QuerySet["PanelFrame"]):
    def visible_to(self, user: User) -> PanelFrameQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.MANAGE_ESTATE) else self.none()


class PanelFrame(models.Model):
    """One frame exactly as it came, and what the centre made of it: nothing that was said is lost."""

    class Verdict(models.TextChoices):
        TAKEN = "taken", _("Taken")
        REPEATED = "repeated", _("Already taken, answered again")
        UNKNOWN_ACCOUNT = "unknown_account", _("Unknown account")
        OUT_OF_SERVICE = "out_of_service", _("Device out of service")
        WRONG_TIME = "wrong_time", _("Its clock is wrong, or it was replayed")
        CANNOT_READ = "cannot_read", _("Wrong key")
        NOT_FOLLOWED = "not_followed", _("Unknown protocol or content")

    ANOMALIES: ClassVar[list[str]] = [
        Verdict.UNKNOWN_ACCOUNT,
        Verdict.OUT_OF_SERVICE,
        Verdict.WRONG_TIME,
        Verdict.CANNOT_READ,
        Verdict.NOT_FOLLOWED,
    ]

    panel = models.ForeignKey(
        Panel, models.CASCADE, null=True, related_name="frames", verbose_name=_("alarm panel")
    )
    at = models.DateTimeField(_("received at"), default=timezone.now)
    peer = models.GenericIPAddressField(_("from"))
    raw = models.CharField(_("as it came"), max_length=1100)
    content = models.CharField(_("in clear"), max_length=1100, blank=True)
    sequence = models.CharField(max_length=4, blank=True)
    crc = models.PositiveIntegerField(default=0)
    verdict = models.CharField(_("verdict"), max_length=20, choices=Verdict)
    times = models.PositiveIntegerField(_("times"), default=1)

    objects = PanelFrameQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("frame of a panel")
        verbose_name_plural = _("frames of panels")
        indexes = [
            models.Index(fields=["panel", "sequence", "crc", "-at"], name="alerts_frame_said_again"),
            models.Index(
                fields=["peer", "-at"],
                condition=Q(verdict__in=["unknown_account", "wrong_time", "cannot_read", "not_followed"]),
                name="alerts_frame_anomaly",
            ),
            models.Index(fields=["at"], name="alerts_frame_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.get_verdict_display()}"


class DeviceTroubleQuerySet(models.QuerySet["DeviceTrouble"]):
    def lasting(self) -> DeviceTroubleQuerySet:
        return self.filter(until=None)


class DeviceTrouble(models.Model):
    """What a device says is wrong with itself: no alarm, but somebody must see to it."""

    class Kind(models.TextChoices):
        MAINS = "mains", _("Mains failed")
        BATTERY = "battery", _("Battery low")
        LINE = "line", _("A line of it failed")
        FAULT = "fault", _("Fault")

    device = models.ForeignKey(
        AlertDevice, models.CASCADE, related_name="troubles", verbose_name=_("alert device")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    code = models.CharField(_("code"), max_length=4, help_text=_("As the panel said it."))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True)

    objects = DeviceTroubleQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        verbose_name = _("trouble of a device")
        verbose_name_plural = _("troubles of devices")
        constraints = [
            models.UniqueConstraint(
                fields=["device", "kind"], condition=Q(until=None), name="alerts_one_trouble_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.device.code} {self.get_kind_display()}"
