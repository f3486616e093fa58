from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

STALE = dt.timedelta(seconds=25)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def here(self) -> PresenceQuerySet:
        return self.filter(seen_at__gt=timezone.now() - STALE).order_by("workstation", "user_id", "socket")


class Presence(models.Model):
    """One open screen: who sits there and which incident is before them. Gone 25 s after its last sign."""

    socket = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    label = models.CharField(max_length=150)
    workstation = models.CharField(max_length=40, blank=True)
    incident_id = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("open screen")
        verbose_name_plural = _("open screens")

    def __str__(self) -> str:
        return f"{self.workstation or self.label} → {self.incident_id}"
