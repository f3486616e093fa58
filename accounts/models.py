from __future__ import annotations

import hashlib
import hmac
import secrets

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right


class User(AbstractUser):
    """A person with an account. Roles are groups; the right to see an image also needs a habilitation."""

    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")

    class Meta(AbstractUser.Meta):
        permissions = [(right.value, right.label) for right in Right]

    def may(self, right: Right) -> bool:
        return self.has_perm(f"accounts.{right.value}")

    @property
    def label(self) -> str:
        """How colleagues call this person on screen."""
        return self.get_full_name() or self.username


class Workstation(models.Model):
    """A seat with screens, linked to one signed-in person at a time (poste opérateur)."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    label = models.CharField(_("label"), max_length=40)
    room = models.CharField(_("room"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("workstation")
        verbose_name_plural = _("workstations")

    def __str__(self) -> str:
        return self.label


class HabilitationQuerySet(models.QuerySet["Habilitation"]):
    def live(self) -> HabilitationQuerySet:
        today = timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, withdrawn_at=None)


class Habilitation(models.Model):
    """The personal right to see images, by a named act of an authority (law L-07, CSI R253-3)."""

    class Category(models.TextChoices):
        MUNICIPAL_POLICE = "municipal_police", _("Municipal police")
        APPROVED_AGENT = "approved_agent", _("Approved agent (L132-14-1)")
        STATE_AGENT = "state_agent", _("State agent")
        ELECTED = "elected", _("Elected")

    user = models.ForeignKey(User, models.PROTECT, related_name="habilitations", verbose_name=_("person"))
    category = models.CharField(_("category"), max_length=20, choices=Category)
    authority = models.CharField(_("authority"), max_length=120)
    act = models.CharField(_("act"), max_length=120, help_text=_("Number and date of the act."))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    all_cameras = models.BooleanField(_("all cameras of the city"), default=False)
    sector_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("sectors")
    )
    camera_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("cameras")
    )

    objects = HabilitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("habilitation")
        verbose_name_plural = _("habilitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="accounts_habilitation_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user.label} · {self.act}"


class DeviceKeyQuerySet(models.QuerySet["DeviceKey"]):
    def usable(self) -> DeviceKeyQuerySet:
        return self.filter(revoked_at=None)

    def find(self, secret: str) -> DeviceKey | None:
        """The key this secret belongs to, revoked or not; None for an unknown or malformed one."""
        public, _dot, _rest = secret.removeprefix("nsk_").partition("_")
        key = self.filter(public=public).first()
        return key if key and hmac.compare_digest(key.digest, DeviceKey.digest_of(secret)) else None


class DeviceKey(models.Model):
    """The secret of one device: shown once, kept as a hash, revocable.

    The secret holds 256 random bits, so one SHA-256 is enough: there is nothing to guess.
    """

    label = models.CharField(_("label"), max_length=80)
    public = models.CharField(_("public part"), max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("created by")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = DeviceKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("device key")
        verbose_name_plural = _("device keys")

    def __str__(self) -> str:
        return f"{self.label} (nsk_{self.public}_…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @staticmethod
    def new_secret() -> tuple[str, str]:
        """A public part (12 hexadecimal characters) and the whole secret that carries it."""
        public = secrets.token_hex(6)
        return public, f"nsk_{public}_{secrets.token_urlsafe(32)}"
