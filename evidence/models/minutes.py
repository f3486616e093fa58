from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera
from footage.models import Extraction, Freeze

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


class AskedMinutesQuerySet(models.QuerySet["AskedMinutes"]):
    def with_all(self) -> AskedMinutesQuerySet:
        """With their cameras, extractions and blurred copies, in two questions."""
        rows = self.select_related("extraction", "extraction__blurred")
        return rows.prefetch_related("cameras").order_by("pk")


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

    objects = AskedMinutesQuerySet.as_manager()

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
    def causes(self) -> list[str]:
        return [self.cause, self.extraction.cause] if self.extraction else [self.cause]

    @property
    def frozen_until(self) -> dt.datetime | None:
        """Until when nothing destroys them, whatever their ordinary day is."""
        return frozen_until([self]).get(self.pk)

    @property
    def is_sealed(self) -> bool:
        return self.extraction is not None and self.extraction.is_sealed

    @property
    def lost_since(self) -> dt.datetime | None:
        """What was destroyed before the paper came: up to this moment."""
        if self.extraction is None or self.extraction.since <= self.since:
            return None
        return self.extraction.since


def frozen_until(lines: Iterable[AskedMinutes]) -> dict[int, dt.datetime]:
    """By line, until when its freeze holds; those that are not frozen are left out. One question."""
    of = {cause: line.pk for line in lines for cause in line.causes}
    found: dict[int, dt.datetime] = {}
    rows = Freeze.objects.holding().filter(cause__in=list(of)) if of else Freeze.objects.none()
    for cause, ends_at in rows.values_list("cause", "ends_at"):
        found[of[cause]] = min(ends_at, found.get(of[cause], ends_at))
    return found
