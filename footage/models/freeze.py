from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera

if TYPE_CHECKING:
    from accounts.models import User


class FreezeQuerySet(models.QuerySet["Freeze"]):
    def holding(self, now: dt.datetime | None = None) -> FreezeQuerySet:
        """Those that keep something from being destroyed now."""
        return self.filter(released_at=None, ends_at__gt=now or timezone.now())

    def visible_to(self, user: User) -> FreezeQuerySet:
        rights = (Right.VALIDATE_EXTRACTION, Right.SEE_AUDIT, Right.ASK_EXTRACTION)
        return self if any(user.may(right) for right in rights) else self.none()


class Freeze(models.Model):
    """These minutes of this camera are not destroyed until they are copied out (law W-11, L-05, L-61).

    It holds no longer than until the copy is sealed, and never past `ends_at`: the month of the law (L-04).
    """

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="freezes", verbose_name=_("camera"), db_index=False
    )
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    # What asked for it, such as "extraction:12".
    cause = models.CharField(_("cause"), max_length=40)
    frozen_at = models.DateTimeField(_("frozen at"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at the latest"))
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)

    objects = FreezeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="footage_freeze_period_in_order"),
            models.UniqueConstraint(fields=["cause", "camera"], name="footage_one_freeze"),
        ]
        indexes = [
            models.Index(
                fields=["camera", "since"], condition=Q(released_at=None), name="footage_freeze_holding"
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.camera_id}"
