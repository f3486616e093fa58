from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from legal.purposes import CctvPurpose
from places import areas
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_RETENTION_DAYS = 31  # one month at most: CSI L252-5 (L-04)
LONGEST_YEARS = 5  # L-01
WARN_MONTHS = (1, 3, 6)
LARGEST_DOCUMENT = 20_000_000


def check_document(file: File[bytes]) -> None:
    """A PDF, by its first bytes and not by its name."""
    if file.size > LARGEST_DOCUMENT:
        raise ValidationError(_("The document is larger than 20 MB: scan it smaller."), code="too-large")
    file.seek(0)
    start = file.read(5)
    file.seek(0)
    if start != b"%PDF-":
        raise ValidationError(_("The document must be a PDF."), code="kind")


def document_path(authorisation: PrefecturalAuthorisation, filename: str) -> str:
    """Nothing of the name it came with."""
    return f"authorisations/{timezone.now():%Y%m%d%H%M%S}.pdf"


class Filmed(NamedTuple):
    """A camera as an authorisation looks at it."""

    code: str
    sector_code: str
    purpose: int
    at: Point | None = None  # where it stands: what a perimeter is asked about


class PrefectOrderQuerySet(models.QuerySet["PrefecturalAuthorisation"]):
    def visible_to(self, user: User) -> PrefectOrderQuerySet:
        seen = user.may(Right.MANAGE_ESTATE) or user.may(Right.SEE_AUDIT)
        return self if seen or user.may(Right.MANAGE_HABILITATIONS) else self.none()

    def in_force(self, on: dt.date) -> PrefectOrderQuerySet:
        return self.filter(signed_on__lte=on, expires_on__gte=on)

    def covering(self, camera: Filmed, on: dt.date) -> list[PrefecturalAuthorisation]:
        """Those in force that day that name the camera, its sector or where it stands, and its purpose (L-01)."""
        return [act for act in self.in_force(on) if act.covers(camera)]

    def authorised(self, cameras: Iterable[Filmed], on: dt.date) -> set[str]:
        """Which of these cameras have one, by code; one query for a whole wall."""
        acts = list(self.in_force(on))
        return {camera.code for camera in cameras if any(act.covers(camera) for act in acts)}

    def expiring(self, on: dt.date) -> PrefectOrderQuerySet:
        """Those that end within six months, the nearest first; `warning` says how near."""
        return (
            self.in_force(on).filter(expires_on__lt=months_after(on, max(WARN_MONTHS))).order_by("expires_on")
        )


class PrefecturalAuthorisation(models.Model):
    """The prefect's order that allows filming the public road, with its limits (CSI L252-1; L-01)."""

    number = models.CharField(_("number"), max_length=60, unique=True)
    signed_on = models.DateField(_("date"))
    expires_on = models.DateField(_("until"), help_text=_("This day included; five years at most."))
    purposes = ArrayField(
        models.PositiveSmallIntegerField(choices=CctvPurpose),
        verbose_name=_("purposes"),
        help_text=_("Numbers of CSI L251-2, 1 to 11."),
    )
    max_retention_days = models.PositiveSmallIntegerField(
        _("recordings kept at most (days)"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RETENTION_DAYS)],
    )
    recipients = models.TextField(
        _("recipients"), blank=True, help_text=_("Services the order lets receive images, one per line.")
    )
    all_cameras = models.BooleanField(_("all cameras of the city"), default=False)
    sector_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("sectors")
    )
    camera_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("cameras")
    )
    perimeter = models.JSONField(
        _("perimeter"),
        null=True,
        blank=True,
        help_text=_("Inside it cameras may be moved; their places are told to the prefect (L252-1)."),
    )
    document = models.FileField(
        _("document"), upload_to=document_path, validators=[check_document], blank=True
    )

    objects = PrefectOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "number"]
        verbose_name = _("prefect's authorisation")
        verbose_name_plural = _("prefect's authorisations")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("signed_on")),
                name="legal_authorisation_ends_after_start",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(max_retention_days__gte=1, max_retention_days__lte=LONGEST_RETENTION_DAYS),
                name="legal_authorisation_one_month_at_most",
                violation_error_message=_("Recordings are kept one month at most (CSI L252-5)."),
            ),
            models.CheckConstraint(
                condition=Q(all_cameras=True)
                | ~Q(sector_codes=[])
                | ~Q(camera_codes=[])
                | Q(perimeter__isnull=False),
                name="legal_authorisation_has_a_scope",
                violation_error_message=_(
                    "Say which cameras: all of the city, sectors, cameras by code, or a perimeter."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(purposes=[]) & Q(purposes__contained_by=list(CctvPurpose.values)),
                name="legal_authorisation_purposes_of_the_law",
                violation_error_message=_("Name at least one of the eleven purposes of the law."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        # Both are missing here when the form could not read them.
        signed: Any = self.signed_on
        expires: Any = self.expires_on
        if signed and expires and expires > months_after(signed, 12 * LONGEST_YEARS):
            raise ValidationError({"expires_on": _("An authorisation is valid for five years at most.")})
        if self.perimeter is not None and (problem := areas.problem_with(self.perimeter)):
            raise ValidationError({"perimeter": problem})

    def covers(self, camera: Filmed) -> bool:
        if camera.purpose not in self.purposes:
            return False
        if self.all_cameras or camera.code in self.camera_codes or camera.sector_code in self.sector_codes:
            return True
        return (
            self.perimeter is not None and camera.at is not None and areas.contains(self.perimeter, camera.at)
        )

    def warning(self, on: dt.date) -> int | None:
        """How near its end is: within 1, 3 or 6 months; None when it is further, or past."""
        if self.expires_on < on:
            return None
        return next((months for months in WARN_MONTHS if self.expires_on < months_after(on, months)), None)


def months_after(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


class AuthorisationWarning(models.Model):
    """That the end of an authorisation was told: once at six, three and one months, and once when it has ended (0)."""

    authorisation = models.ForeignKey(
        PrefecturalAuthorisation,
        models.CASCADE,
        related_name="warnings",
        verbose_name=_("prefect's authorisation"),
    )
    months = models.PositiveSmallIntegerField(_("months before"))
    expires_on = models.DateField(_("until"))
    told_at = models.DateTimeField(_("told at"), default=timezone.now)

    class Meta:
        ordering = ["authorisation", "-months"]
        verbose_name = _("warning of an end")
        verbose_name_plural = _("warnings of an end")
        constraints = [
            # Race: two clocks look at once. An order whose end was put off is told again.
            models.UniqueConstraint(
                fields=["authorisation", "months", "expires_on"], name="legal_one_warning_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authorisation_id} {self.months}"
