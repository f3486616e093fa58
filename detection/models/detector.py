from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from detection.codes import Family

if TYPE_CHECKING:
    from accounts.models import User

HEX = RegexValidator(r"^[0-9a-f]{64}\Z", _("A SHA-256 has 64 letters and figures."))


class DetectorQuerySet(models.QuerySet["DetectorModel"]):
    def visible_to(self, user: User) -> DetectorQuerySet:
        seen = (Right.SET_DETECTION, Right.MANAGE_HABILITATIONS, Right.SEE_AUDIT, Right.SEE_OPERATIONS)
        return self if any(user.may(right) for right in seen) else self.none()


class DetectorModel(models.Model):
    """What finds things in a picture: its name, the very file by its checksum, its licence (L-24)."""

    name = models.SlugField(_("name"), max_length=60, unique=True)
    family = models.CharField(_("kind"), max_length=12, choices=Family)
    file = models.CharField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, validators=[HEX])
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    attested_version = models.CharField(_("attested version"), max_length=60, blank=True)
    source = models.CharField(_("where it comes from"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)

    objects = DetectorQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("detector")
        verbose_name_plural = _("detectors")
        constraints = [
            models.CheckConstraint(
                condition=~Q(sha256="") | Q(family="opencv"),
                name="detection_trained_model_has_a_hash",
                violation_error_message=_("A trained model is known by the SHA-256 of its file."),
            )
        ]

    def __str__(self) -> str:
        return self.name
