from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera
from detection.codes import EventCode, PlaceClass
from legal.models.authorisation import check_document
from places import areas
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User

SHA256 = 64
# A page elsewhere, or one of this centre; nothing a browser would run.
ADDRESS = re.compile(r"https?://\S+|/[A-Za-z0-9]\S*")
LINKED = _("The address it is read at (https://…, or /… in this centre), or its reference and the PDF.")
PAPERS = ("document", "aipd", "model_card")


def document_path(authorisation: AnalyticsAuthorisation, filename: str) -> str:
    """Nothing of the name it came with."""
    return f"authorisations/analytics-{timezone.now():%Y%m%d%H%M%S}.pdf"


class AnalyticsAuthorisationQuerySet(models.QuerySet["AnalyticsAuthorisation"]):
    def visible_to(self, user: User) -> AnalyticsAuthorisationQuerySet:
        seen = (Right.SET_DETECTION, Right.MANAGE_HABILITATIONS, Right.SEE_AUDIT)
        return self if any(user.may(right) for right in seen) else self.none()

    def in_force(self, at: dt.datetime) -> AnalyticsAuthorisationQuerySet:
        held = Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
        return self.filter(held, starts_at__lte=at, ends_at__gt=at)


class AnalyticsAuthorisation(models.Model):
    """The act that lets software watch: which text, what, where, when, and with which software (L-20, L-21, L-24).

    What it covers is asked of PostgreSQL's own `detection_covering` (migration 0002), by the gate and by the
    trigger alike.
    """

    text = models.CharField(
        _("text of law"),
        max_length=200,
        help_text=_("Such as: loi 2023-380 art. 10; for a closed site, RGPD."),
    )
    number = models.CharField(_("order number"), max_length=60, unique=True)
    authority = models.CharField(_("authority"), max_length=120)
    occasion = models.CharField(
        _("event it is given for"), max_length=200, blank=True, help_text=_("The festival, the match (L-21).")
    )
    event_types = ArrayField(
        models.CharField(max_length=24, choices=EventCode), verbose_name=_("types of events")
    )
    place_classes = ArrayField(
        models.CharField(max_length=16, choices=PlaceClass), verbose_name=_("classes of places")
    )
    perimeter = models.JSONField(
        _("perimeter"), help_text=_("GeoJSON polygon. A camera outside of it is not covered.")
    )
    camera_codes = ArrayField(models.CharField(max_length=20), verbose_name=_("cameras"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), help_text=_("At this very moment everything stops."))
    software_version = models.CharField(
        _("attested software"), max_length=60, help_text=_("Another version is refused (L-24).")
    )
    attestation = models.CharField(_("reference of the attestation"), max_length=120, blank=True)
    model_hashes = ArrayField(
        models.CharField(max_length=SHA256),
        default=list,
        blank=True,
        verbose_name=_("attested models (SHA-256)"),
    )
    aipd = models.CharField(
        _("impact assessment (AIPD)"),
        max_length=300,
        help_text=LINKED,
    )
    aipd_document = models.FileField(
        _("impact assessment, the PDF"), upload_to=document_path, validators=[check_document], blank=True
    )
    model_card = models.CharField(
        _("model card"),
        max_length=300,
        help_text=LINKED,
    )
    model_card_document = models.FileField(
        _("model card, the PDF"), upload_to=document_path, validators=[check_document], blank=True
    )
    document = models.FileField(
        _("document"), upload_to=document_path, validators=[check_document], blank=True
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_why = models.CharField(_("why withdrawn"), max_length=200, blank=True, editable=False)

    objects = AnalyticsAuthorisationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "number"]
        verbose_name = _("authorisation to watch by software")
        verbose_name_plural = _("authorisations to watch by software")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="detection_authorisation_ends_after_start",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(camera_codes=[]) & ~Q(event_types=[]) & ~Q(place_classes=[]),
                name="detection_authorisation_has_a_scope",
                violation_error_message=_("Name the cameras, the types of events and the classes of places."),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        if self.perimeter is not None and (problem := areas.problem_with(self.perimeter)):
            wrong["perimeter"] = problem
        elif self.camera_codes and (problem := self._problem_with_cameras()):
            wrong["camera_codes"] = problem
        if any(len(one) != SHA256 for one in self.model_hashes or ()):
            wrong["model_hashes"] = _("A SHA-256 has 64 letters and figures.")
        for paper in ("aipd", "model_card"):
            written = getattr(self, paper)
            if written and not (self.file_of(paper) or ADDRESS.fullmatch(written)):
                wrong[paper] = _("Nobody can read it there: give an address (https://…), or add the PDF.")
        if wrong:
            raise ValidationError(wrong)

    @property
    def document_link(self) -> str:
        return self._link("document")

    @property
    def aipd_link(self) -> str:
        return self._link("aipd")

    @property
    def model_card_link(self) -> str:
        return self._link("model_card")

    def file_of(self, paper: str) -> FieldFile:
        """One of PAPERS as stored here; false when it is not."""
        file: FieldFile = getattr(self, paper if paper == "document" else f"{paper}_document")
        return file

    def _link(self, paper: str) -> str:
        """Where it is read; "" where it is not linked."""
        if self.file_of(paper):
            return reverse("detection:paper", args=[self.pk, paper])
        written = str(getattr(self, paper))
        return written if ADDRESS.fullmatch(written) else ""

    def _problem_with_cameras(self) -> str:
        known = {camera.code: camera for camera in Camera.objects.filter(code__in=self.camera_codes)}
        if missing := sorted(set(self.camera_codes) - set(known)):
            return _("No camera has the code %(codes)s.") % {"codes": ", ".join(missing)}
        outside = [
            code for code, one in sorted(known.items()) if not self.perimeter_holds(Point(one.lat, one.lon))
        ]
        if outside:
            return _("Outside of the perimeter: %(codes)s (L-21).") % {"codes": ", ".join(outside)}
        return ""

    def perimeter_holds(self, point: Point) -> bool:
        return bool(self.perimeter) and areas.contains(self.perimeter, point)

    def state(self, at: dt.datetime) -> str:
        if self.withdrawn_at is not None and self.withdrawn_at <= at:
            return "withdrawn"
        return "future" if at < self.starts_at else "past" if at >= self.ends_at else "in_force"


class DesignationQuerySet(models.QuerySet["Designation"]):
    def visible_to(self, user: User) -> DesignationQuerySet:
        return self if user.may(Right.MANAGE_HABILITATIONS) or user.may(Right.SEE_AUDIT) else self.none()

    def live(self, on: dt.date) -> DesignationQuerySet:
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on, trained_on__lte=on)


class Designation(models.Model):
    """Who may answer signals of real cameras: designated by name, habilitated, and trained (L-25)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="designations", verbose_name=_("person")
    )
    authority = models.CharField(_("authority"), max_length=120)
    act = models.CharField(_("act"), max_length=120, help_text=_("Number and date of the act."))
    trained_on = models.DateField(_("trained on"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("This day included."))

    objects = DesignationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = _("designation for signals")
        verbose_name_plural = _("designations for signals")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="detection_designation_ends_after_start",
                violation_error_message=_("It cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.act}"
