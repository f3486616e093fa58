from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ShardLease(models.Model):
    """Who takes the pictures of this share of the cameras, and until when unless it says so again."""

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
            models.UniqueConstraint(fields=["number", "of"], name="footage_one_lease_per_shard"),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.of} {self.holder}"
