from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from legal.models.authorisation import PrefecturalAuthorisation, check_document

if TYPE_CHECKING:
    from accounts.models import User


def assessment_path(assessment: ImpactAssessment, filename: str) -> str:
    """Nothing of the name it came with."""
    return f"assessments/{timezone.now():%Y%m%d%H%M%S}.pdf"


class AssessmentQuerySet(models.QuerySet["ImpactAssessment"]):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        return self if user.may(Right.SEE_AUDIT) or user.may(Right.MANAGE_HABILITATIONS) else self.none()

    def latest_by_authorisation(self) -> dict[int, ImpactAssessment]:
        rows = self.order_by("authorisation_id", "-version").distinct("authorisation_id")
        return {row.authorisation_id: row for row in rows}


class ImpactAssessment(models.Model):
    """One version of the impact assessment (AIPD) of an authorisation, with the DPO's opinion (L-13; GDPR art. 35).

    It keeps what the live configuration was when it was made, so that it is seen when the two part.
    """

    class Opinion(models.TextChoices):
        AWAITED = "awaited", _("awaited")
        FAVOURABLE = "favourable", _("favourable")
        RESERVED = "reserved", _("favourable with reservations")
        UNFAVOURABLE = "unfavourable", _("unfavourable")

    authorisation = models.ForeignKey(
        PrefecturalAuthorisation,
        models.PROTECT,
        related_name="assessments",
        verbose_name=_("prefect's authorisation"),
    )
    version = models.PositiveSmallIntegerField(_("version"))
    made_on = models.DateField(_("made on"), default=timezone.localdate)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    inputs = models.JSONField(_("configuration it was made on"), default=dict)
    inputs_sha256 = models.CharField(_("SHA-256 of it"), max_length=64)
    words = models.TextField(_("conclusion"), max_length=4000, blank=True)
    opinion = models.CharField(
        _("opinion of the data protection officer"),
        max_length=12,
        choices=Opinion,
        default=Opinion.AWAITED,
    )
    opinion_on = models.DateField(_("opinion given on"), null=True, blank=True)
    opinion_words = models.TextField(_("what the officer says"), max_length=4000, blank=True)
    document = models.FileField(
        _("document"), upload_to=assessment_path, validators=[check_document], blank=True
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["authorisation", "-version"]
        verbose_name = _("impact assessment (AIPD)")
        verbose_name_plural = _("impact assessments (AIPD)")
        constraints = [
            models.UniqueConstraint(
                fields=["authorisation", "version"], name="legal_one_assessment_a_version"
            ),
            models.CheckConstraint(
                condition=Q(opinion="awaited", opinion_on=None)
                | (~Q(opinion="awaited") & Q(opinion_on__gte=F("made_on"))),
                name="legal_opinion_has_a_day",
                violation_error_message=_("An opinion has a day, not before the assessment's."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authorisation} · v{self.version}"

    @property
    def has_opinion(self) -> bool:
        return self.opinion != self.Opinion.AWAITED
