from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera

if TYPE_CHECKING:
    from accounts.models import User


class BookmarkQuerySet(models.QuerySet["Bookmark"]):
    def visible_to(self, user: User) -> BookmarkQuerySet:
        """That something was marked, when and where: no picture, which takes a look of its own."""
        return self if user.may(Right.SEE_RECORDING) or user.may(Right.SEE_IMAGE) else self.none()


class Bookmark(models.Model):
    """A moment of a recording worth finding again. Chosen words only: nobody is described."""

    class Label(models.TextChoices):
        BEGINS = "begins", _("It begins")
        ARRIVES = "arrives", _("Arrives")
        LEAVES = "leaves", _("Leaves")
        OBJECT = "object", _("Object left or taken")
        VEHICLE = "vehicle", _("Vehicle")
        CHECK = "check", _("To be checked")

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="bookmarks", verbose_name=_("camera"), db_index=False
    )
    at = models.DateTimeField(_("at"))
    label = models.CharField(_("what"), max_length=10, choices=Label)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    objects = BookmarkQuerySet.as_manager()

    class Meta:
        ordering = ["at"]
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [models.UniqueConstraint(fields=["camera", "at", "label"], name="footage_one_bookmark")]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.at:%H:%M:%S} {self.label}"
