from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera
from footage.models import Extraction, Freeze

if TYPE_CHECKING:
    import datetime as dt


class AskedMinutes(models.Model):
    """Which cameras and which minutes a paper asks for: one line of a requisition or of an access request."""

    requisition = models.ForeignKey(
        "evidence.Requisition",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="minutes",
        verbose_name=_("requisition"),
    )
    access_request = models.ForeignKey(
        "evidence.AccessRequest",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="minutes",
        verbose_name=_("access request"),
    )
    cameras = models.ManyToManyField(Camera, related_name="+", verbose_name=_("cameras"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    # The ordinary day of the oldest minute that was still there on receipt (law W-11); None: nothing was.
    due_at = models.DateTimeField(_("destroyed from"), null=True, blank=True)
    extraction = models.OneToOneField(
        Extraction, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("extraction")
    )
    # Why it could not be asked for yet, in the words of the refusal.
    waits_for = models.CharField(_("waits for"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("minutes asked for")
        verbose_name_plural = _("minutes asked for")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="evidence_minutes_period_in_order"
            ),
            models.CheckConstraint(
                condition=Q(requisition=None) ^ Q(access_request=None), name="evidence_minutes_of_one_paper"
            ),
        ]

    def __str__(self) -> str:
        return self.cause

    @property
    def cause(self) -> str:
        """What its freezes name, until an extraction has taken them over."""
        return f"minutes:{self.pk}"

    @property
    def freezes(self) -> models.QuerySet[Freeze]:
        causes = [self.cause, self.extraction.cause] if self.extraction else [self.cause]
        return Freeze.objects.holding().filter(cause__in=causes)

    @property
    def frozen_until(self) -> dt.datetime | None:
        """Until when nothing destroys them, whatever their ordinary day is."""
        return self.freezes.order_by("ends_at").values_list("ends_at", flat=True).first()

    @property
    def is_sealed(self) -> bool:
        return self.extraction is not None and self.extraction.is_sealed

    @property
    def lost_since(self) -> dt.datetime | None:
        """What was destroyed before the paper came: up to this moment."""
        if self.extraction is None or self.extraction.since <= self.since:
            return None
        return self.extraction.since
