from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera

if TYPE_CHECKING:
    import datetime as dt

    from accounts.models import User


class ExtractionQuerySet(models.QuerySet["Extraction"]):
    def visible_to(self, user: User) -> ExtractionQuerySet:
        """One's own; all of them for who validates and for who controls (W-01)."""
        if user.may(Right.VALIDATE_EXTRACTION) or user.may(Right.SEE_AUDIT):
            return self
        return self.filter(requester=user) if user.may(Right.ASK_EXTRACTION) else self.none()

    def owed(self, stale: dt.datetime) -> ExtractionQuerySet:
        """To be built now: validated, or left by a worker that has said nothing since `stale`."""
        left = Q(state=Extraction.State.BUILDING) & (Q(beat_at=None) | Q(beat_at__lt=stale))
        return self.filter(Q(state=Extraction.State.VALIDATED) | left).order_by("pk")


class Extraction(models.Model):
    """Recorded minutes taken out without loss, for a case (law W-11, W-12). Asked by one, validated by another."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        REFUSED = "refused", _("refused")
        VALIDATED = "validated", _("validated")
        BUILDING = "building", _("being built")
        SEALED = "sealed", _("sealed")
        HANDED_OVER = "handed_over", _("handed over")
        FAILED = "failed", _("failed")

    class Reason(models.TextChoices):
        """Those of legal.Consultation for which images may leave the centre."""

        REQUISITION = "requisition", _("Requisition")
        ACCESS_REQUEST = "access_request", _("Request for access to one's own data")
        INCIDENT = "incident", _("Incident")
        ALERT = "alert", _("Alert")
        EXERCISE = "exercise", _("Exercise")

    class Ground(models.TextChoices):
        FLAGRANCY = "cpp_60_1", _("Requisition in flagrante delicto (CPP 60-1)")
        PRELIMINARY = "cpp_77_1_1", _("Requisition in a preliminary inquiry (CPP 77-1-1)")
        INVESTIGATION = "cpp_99_3", _("Judicial investigation (CPP 99-3)")
        ACCESS = "csi_l253_5", _("Right of access (CSI L253-5; GDPR art. 15)")
        RECIPIENT = "csi_l252_3", _("Designated recipient (CSI L252-3)")
        EXERCISE = "exercise", _("Exercise: drawn pictures")

    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ASKED)
    cameras = models.ManyToManyField(Camera, related_name="extractions", verbose_name=_("cameras"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    ground = models.CharField(_("legal ground"), max_length=12, choices=Ground)
    reference = models.CharField(_("reference"), max_length=80)
    words = models.CharField(_("in words"), max_length=300, blank=True)
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    requester_function = models.CharField(_("function"), max_length=120)
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    validator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("validated by")
    )
    validated_at = models.DateTimeField(_("validated at"), null=True)
    refused_why = models.CharField(_("why refused"), max_length=300, blank=True)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    # Whose build it is: a worker that was taken for dead finds another number here and stops.
    holder = models.CharField(max_length=32, blank=True)
    beat_at = models.DateTimeField(null=True)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    folder = models.CharField(_("folder"), max_length=60, blank=True)
    bytes = models.BigIntegerField(_("bytes"), default=0)
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64, blank=True)
    stamped = models.BooleanField(_("time-stamped"), default=False)
    sealed_at = models.DateTimeField(_("sealed at"), null=True)
    handed_at = models.DateTimeField(_("handed over at"), null=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("handed over by"),
    )
    recipient = models.CharField(_("recipient"), max_length=200, blank=True)
    medium = models.CharField(_("medium"), max_length=80, blank=True)
    # A hold or a request of access says how long its package stays, handed over or not (L-05, law §1.9).
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = ExtractionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("extraction")
        verbose_name_plural = _("extractions")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="footage_extraction_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(validator=None) | ~Q(validator=F("requester")),
                name="footage_extraction_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "refused"]) | Q(validator__isnull=False),
                name="footage_extraction_validated_first",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sealed", "handed_over"])
                | (Q(sealed_at__isnull=False) & ~Q(manifest_sha256="")),
                name="footage_extraction_sealed_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state"],
                condition=Q(state__in=["validated", "building"]),
                name="footage_extraction_owed",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"EX-{self.pk or 0:06d}"

    @property
    def cause(self) -> str:
        """What its freezes name."""
        return f"extraction:{self.pk}"

    @property
    def is_sealed(self) -> bool:
        return self.state in (self.State.SEALED, self.State.HANDED_OVER)

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.VALIDATED, self.State.BUILDING)

    @property
    def path(self) -> Path:
        """Its folder, sealed; while it is built, the one beside it."""
        return root() / self.number


def root() -> Path:
    """Beside the recordings, never among them: their deletion must not reach it (L-05)."""
    return Path(settings.FOOTAGE_ROOT).resolve().parent / "extractions"
