from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from footage.models.extraction import Extraction, root

if TYPE_CHECKING:
    import datetime as dt


class BlurredCopyQuerySet(models.QuerySet["BlurredCopy"]):
    def owed(self, stale: dt.datetime) -> BlurredCopyQuerySet:
        """To be made now: its original is sealed and nobody is at it, or who was is silent since `stale`."""
        left = Q(state=BlurredCopy.State.BUILDING) & (Q(beat_at=None) | Q(beat_at__lt=stale))
        sealed = Q(extraction__state__in=[Extraction.State.SEALED, Extraction.State.HANDED_OVER])
        return self.filter(sealed & (Q(state=BlurredCopy.State.WAITING) | left)).order_by("pk")


class BlurredCopy(models.Model):
    """A copy of an extraction for who may not see bystanders (law L-61): coded again, everything unrecognisable

    but the areas somebody chose. It lies beside the sealed original, under a name of its own, and never in its place.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the original")
        BUILDING = "building", _("being built")
        SEALED = "sealed", _("sealed")
        FAILED = "failed", _("failed")

    extraction = models.OneToOneField(
        Extraction, models.CASCADE, primary_key=True, related_name="blurred", verbose_name=_("extraction")
    )
    # {camera code: [{"at": ISO moment, "box": [x, y, width, height] in parts of the picture}, …]}
    sharp = models.JSONField(_("what stays sharp"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    holder = models.CharField(max_length=32, blank=True)
    beat_at = models.DateTimeField(null=True)
    error = models.CharField(_("what went wrong"), max_length=300, blank=True)
    bytes = models.BigIntegerField(_("bytes"), default=0)
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64, blank=True)
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

    objects = BlurredCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("blurred copy")
        verbose_name_plural = _("blurred copies")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sealed") | (Q(sealed_at__isnull=False) & ~Q(manifest_sha256="")),
                name="footage_blurred_sealed_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return self.number_for(self.extraction.number)

    @staticmethod
    def number_for(extraction: str) -> str:
        return f"{extraction}-BLURRED-COPY"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.BUILDING) and self.extraction.state not in (
            Extraction.State.REFUSED,
            Extraction.State.FAILED,
        )

    @property
    def path(self) -> Path:
        return root() / self.number
