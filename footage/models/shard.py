from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShardLease(models.Model):
    """Who works on this share of the cameras, and until when unless it says so again."""

    class Work(models.TextChoices):
        RECORD = "record", _("takes and records the pictures")
        DETECT = "detect", _("watches by software")

    work = models.CharField(
        _("work"), max_length=8, choices=Work, default=Work.RECORD, db_default=Work.RECORD
    )
    number = models.PositiveSmallIntegerField(_("shard"))
    of = models.PositiveSmallIntegerField(_("of"))
    holder = models.CharField(_("held by"), max_length=80)
    until = models.DateTimeField(_("until"))
    # Its own node is back and asks for it; whoever stands in gives it up.
    wanted_by = models.CharField(_("wanted by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("shard of cameras")
        verbose_name_plural = _("shards of cameras")
        constraints = [
            models.UniqueConstraint(fields=["work", "number", "of"], name="footage_one_lease_per_shard"),
        ]

    def __str__(self) -> str:
        return f"{self.work} {self.number}/{self.of} {self.holder}"
