from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from accounts.models import User

ALONE = "self"  # recipients of a look that nobody else is given


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    def visible_to(self, user: User) -> ConsultationQuerySet:
        return self if user.may(Right.SEE_AUDIT) else self.none()

    def without_incident(self) -> ConsultationQuerySet:
        """Looks whose reason is neither a call, a tour, an order of justice, a right of access nor a drill."""
        return self.filter(reason__in=Consultation.OPEN_REASONS)


class Consultation(models.Model):
    """One look at live or recorded images, written before the image is shown (L-11, L-64; R241-14).

    PostgreSQL refuses to change or remove a row, and each row's hash covers the row before it: see chain.py.
    """

    class Kind(models.TextChoices):
        LIVE = "live", _("Live")
        PLAYBACK = "playback", _("Recording")
        PREROLL = "preroll", _("Moments before an alert")
        STILL = "still", _("Still")
        EXTRACTION = "extraction", _("Extraction")
        TOUR = "tour", _("Stop of a tour")
        LOG_EXPORT = "log_export", _("Export of this log")

    class Reason(models.TextChoices):
        INCIDENT = "incident", _("Incident")
        ALERT = "alert", _("Alert")
        TOUR = "tour", _("Video tour")
        WATCH = "watch", _("Watching the sector")
        REQUEST = "request", _("Request of a service")
        REQUISITION = "requisition", _("Requisition")
        ACCESS_REQUEST = "access_request", _("Request for access to one's own data")
        MAINTENANCE = "maintenance", _("Maintenance")
        EXERCISE = "exercise", _("Exercise")
        AUDIT = "audit", _("Control of lawfulness")
        OTHER = "other", _("Other")

    OPEN_REASONS = (Reason.WATCH, Reason.REQUEST, Reason.MAINTENANCE, Reason.OTHER)

    # Given out under the lock of the chain, without holes, so that a missing row has a number.
    id = models.BigIntegerField(_("number"), primary_key=True)
    layout = models.PositiveSmallIntegerField(default=1)
    begun_at = models.DateTimeField(_("begun at"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"), db_index=False
    )
    user_label = models.CharField(_("name at the time"), max_length=200)
    act = models.CharField(
        _("habilitation"), max_length=260, blank=True, help_text=_("The act that let the person look.")
    )
    camera_code = models.CharField(_("camera"), max_length=20, blank=True)
    sector_code = models.CharField(_("sector"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    period_from = models.DateTimeField(_("recorded from"), null=True)
    period_to = models.DateTimeField(_("recorded to"), null=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    reason_text = models.CharField(_("in words"), max_length=300, blank=True)
    ground = models.CharField(_("legal ground"), max_length=200)
    workstation = models.CharField(_("workstation"), max_length=40, blank=True)
    recipients = models.CharField(_("recipients"), max_length=200, default=ALONE)
    exercise = models.BooleanField(_("exercise"), default=False)
    correlation = models.CharField(_("correlation"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    objects = ConsultationQuerySet.as_manager()

    # What the hash covers, by layout. A new column means a new layout: rows already written keep theirs.
    LAYOUTS = {
        1: (
            "act",
            "begun_at",
            "camera_code",
            "correlation",
            "exercise",
            "ground",
            "id",
            "kind",
            "layout",
            "period_from",
            "period_to",
            "reason",
            "reason_text",
            "recipients",
            "reference",
            "sector_code",
            "user_id",
            "user_label",
            "workstation",
        )
    }
    CHAIN = "consultation"
    CLOCK = "begun_at"

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        indexes = [
            models.Index(fields=["begun_at"], name="legal_consultation_begun"),
            models.Index(fields=["user", "begun_at"], name="legal_consultation_person"),
            models.Index(fields=["camera_code", "begun_at"], name="legal_consultation_camera"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(user_label="") & ~Q(recipients="") & ~Q(ground=""),
                name="legal_consultation_says_who_why_and_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(kind="log_export", camera_code="") | (~Q(kind="log_export") & ~Q(camera_code="")),
                name="legal_consultation_names_the_camera",
            ),
            models.CheckConstraint(
                condition=Q(period_from=None, period_to=None) | Q(period_from__lt=F("period_to")),
                name="legal_consultation_period_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["playback", "extraction"]) | Q(period_from__isnull=False),
                name="legal_consultation_recording_has_a_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.camera_code or self.kind}"

    @property
    def nobody_else(self) -> bool:
        return self.recipients == ALONE

    @property
    def finish(self) -> ConsultationEnd | None:
        """How it ended; None while it lasts and for what has no length."""
        return getattr(self, "end", None)


class ConsultationEnd(models.Model):
    """When a look ended and how. A row of its own, because the first one is never changed."""

    class How(models.TextChoices):
        CLOSED = "closed", _("Closed by the person")
        LAPSED = "lapsed", _("No longer looked at")
        CUT = "cut", _("Cut by the centre")

    id = models.BigIntegerField(_("number"), primary_key=True)
    layout = models.PositiveSmallIntegerField(default=1)
    consultation = models.OneToOneField(
        Consultation, models.PROTECT, related_name="end", verbose_name=_("consultation")
    )
    at = models.DateTimeField(_("ended at"))
    seconds = models.PositiveIntegerField(_("lasted (s)"))
    how = models.CharField(_("how"), max_length=8, choices=How)
    why = models.CharField(_("why cut"), max_length=40, blank=True)
    hash = models.CharField(_("hash"), max_length=64)

    LAYOUTS = {1: ("at", "consultation_id", "how", "id", "layout", "seconds", "why")}
    CHAIN = "end"
    CLOCK = "at"

    class Meta:
        verbose_name = _("end of a consultation")
        verbose_name_plural = _("ends of consultations")
        indexes = [models.Index(fields=["at"], name="legal_end_at")]

    def __str__(self) -> str:
        return f"{self.consultation_id} · {self.how}"

    @property
    def lasted(self) -> dt.timedelta:
        return dt.timedelta(seconds=self.seconds)


class OpenLookQuerySet(models.QuerySet["OpenLook"]):
    def unseen_since(self, moment: dt.datetime) -> OpenLookQuerySet:
        return self.filter(seen_at__lt=moment).order_by("pk")


class OpenLook(models.Model):
    """A look in progress: its row goes when the end is written. What a token is checked against."""

    consultation = models.OneToOneField(
        Consultation, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("consultation")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    session_key = models.CharField(max_length=40)
    seen_at = models.DateTimeField(_("last looked at"), db_index=True)

    objects = OpenLookQuerySet.as_manager()

    class Meta:
        verbose_name = _("look in progress")
        verbose_name_plural = _("looks in progress")

    def __str__(self) -> str:
        return str(self.pk)
