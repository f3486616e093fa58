from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """The answer given to one `Idempotency-Key`, so that the same message sent again gets the same answer."""

    scope = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="doors_one_answer_per_key")]
        verbose_name = _("answer kept for a repeated message")
        verbose_name_plural = _("answers kept for repeated messages")

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
