from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from accounts.models import User


class CameraImportQuerySet(models.QuerySet["CameraImport"]):
    def visible_to(self, user: User) -> CameraImportQuerySet:
        return self if user.may(Right.MANAGE_ESTATE) else self.none()


class CameraImport(models.Model):
    """A file of cameras as it was read and compared with the estate: what is confirmed is what was shown."""

    class State(models.TextChoices):
        REFUSED = "refused", _("Refused: the file has errors")
        READY = "ready", _("Waiting to be confirmed")
        APPLIED = "applied", _("Taken into the estate")
        DROPPED = "dropped", _("Dropped")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        GEOJSON = "geojson", "GeoJSON"

    filename = models.CharField(_("file"), max_length=200)
    format = models.CharField(_("format"), max_length=8, choices=Format)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("uploaded by"),
    )
    state = models.CharField(_("state"), max_length=8, choices=State)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("applied by"),
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    # Lists of the dictionaries described in cameras/exchange/plan.py (Step) and parse.py (Problem).
    plan = models.JSONField(default=list)
    problems = models.JSONField(default=list)

    objects = CameraImportQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name = _("import of cameras")
        verbose_name_plural = _("imports of cameras")

    def __str__(self) -> str:
        return f"{self.filename} · {self.get_state_display()}"
