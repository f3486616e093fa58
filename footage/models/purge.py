from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EarlyPurge(models.Model):
    """Recordings destroyed before their day because the disk was full: the register of it (L-06)."""

    at = models.DateTimeField(_("at"), default=timezone.now)
    node = models.CharField(_("by"), max_length=80)
    files = models.PositiveIntegerField(_("files"))
    bytes = models.BigIntegerField(_("bytes"))
    oldest = models.DateTimeField(_("from"))
    newest = models.DateTimeField(_("until"))
    names_sha256 = models.CharField(_("SHA-256 of the list of names"), max_length=64)
    why = models.CharField(_("why"), max_length=200)

    class Meta:
        ordering = ["-at"]
        verbose_name = _("early purge")
        verbose_name_plural = _("early purges")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.files}"
