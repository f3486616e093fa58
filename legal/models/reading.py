from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from accounts.models import User


class LogReadingQuerySet(models.QuerySet["LogReading"]):
    def visible_to(self, user: User) -> LogReadingQuerySet:
        return self if user.may(Right.SEE_AUDIT) else self.none()

    def latest_one(self) -> LogReading | None:
        return self.order_by("-pk").first()


class LogReading(models.Model):
    """The log was read back from one end to the other, each night, against its hashes, its signed heads and the
    copies of heads kept beside the key: how many rows, and what was wrong with which (L-64)."""

    at = models.DateTimeField(_("read at"), default=timezone.now)
    seconds = models.FloatField(_("seconds"))
    rows = models.PositiveBigIntegerField(_("rows"))
    heads = models.PositiveIntegerField(_("signed heads"))
    wrong = models.PositiveIntegerField(_("what is wrong"), default=0)
    # The first of them, in words: numbers of rows, never a person.
    findings = models.JSONField(_("what was found"), default=list, blank=True)

    objects = LogReadingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("reading of the log")
        verbose_name_plural = _("readings of the log")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} · {self.rows}"
