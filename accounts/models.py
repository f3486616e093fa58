from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from accounts.roles import Role, rights_of


class Standing(NamedTuple):
    """What a person's roles make of them."""

    roles: tuple[str, ...]
    rights: frozenset[Right]
    second_step_required: bool
    idle_lock_seconds: int


class User(AbstractUser):
    """A person with an account. Roles are groups; the right to see an image also needs a habilitation."""

    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="fr")
    left_at = models.DateTimeField(_("account closed at"), null=True, blank=True, editable=False)

    class Meta(AbstractUser.Meta):
        permissions = [(right.value, right.label) for right in Right]

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        self.__dict__.pop("standing", None)
        super().refresh_from_db(using, fields, from_queryset)

    @property
    def label(self) -> str:
        """How colleagues call this person on screen."""
        return self.get_full_name() or self.username

    @cached_property
    def standing(self) -> Standing:
        """Roles, rights and rules in one query. Kept on this instance: fetch the person again for news."""
        mine = list(self.groups.values_list("name", "rule__totp_required", "rule__idle_lock_seconds"))
        roles = tuple(sorted(name for name, _step, _idle in mine if name in Role.values))
        step = any(required for _name, required, _idle in mine)
        if self.is_superuser and not step:
            step = RoleRule.objects.filter(group__name=Role.ADMIN, totp_required=True).exists()
        idle = min((seconds for _name, _step, seconds in mine if seconds), default=settings.IDLE_LOCK_SECONDS)
        return Standing(roles, rights_of(roles) if self.is_active else frozenset(), step, idle)

    @property
    def roles(self) -> tuple[str, ...]:
        """Codes of the person's roles, such as ("operator",)."""
        return self.standing.roles

    def may(self, right: Right) -> bool:
        """What the person's roles allow. Being superuser, or holding a permission by name, gives no right."""
        return right in self.standing.rights

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's permissions, where a superuser has all, save that our rights follow `may` alone."""
        app, _dot, codename = perm.partition(".")
        if app == "accounts" and codename in Right.values:
            return self.may(Right(codename))
        return super().has_perm(perm, obj)

    def live_habilitations(self) -> list[Habilitation]:
        """Those in force today, the widest first."""
        return list(self.habilitations.live().order_by("-all_cameras", "-starts_on", "-pk"))

    def live_habilitation(self) -> Habilitation | None:
        return next(iter(self.live_habilitations()), None)


class RoleRule(models.Model):
    """What the centre asks of everybody in a role. Rows, so that policy changes without a release."""

    group = models.OneToOneField(Group, models.CASCADE, related_name="rule", verbose_name=_("role"))
    totp_required = models.BooleanField(
        _("second step compulsory"),
        default=False,
        help_text=_("A code from an authenticator application is asked at each sign-in."),
    )
    idle_lock_seconds = models.PositiveIntegerField(
        _("lock the screen after (seconds)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(30)],
        help_text=_("Empty: the delay of the centre. Somebody with several roles gets the shortest."),
    )

    class Meta:
        ordering = ["group__name"]
        verbose_name = _("rule of a role")
        verbose_name_plural = _("rules of roles")

    def __str__(self) -> str:
        name = self.group.name
        return str(Role(name).label) if name in Role.values else name


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


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    def still_there(self, ticket: str) -> None:
        """Note that this screen was heard from, at most once a minute."""
        now = timezone.now()
        stale = now - dt.timedelta(minutes=1)
        self.filter(ticket=ticket, seen_at__lt=stale).update(seen_at=now)


class Occupancy(models.Model):
    """Who sits at a workstation now. The ticket is in that person's session and nowhere else."""

    workstation = models.OneToOneField(Workstation, models.CASCADE, verbose_name=_("workstation"))
    user = models.OneToOneField(User, models.CASCADE, related_name="occupancy", verbose_name=_("person"))
    ticket = models.CharField(max_length=40, unique=True, editable=False)
    since = models.DateTimeField(_("since"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupied workstation")
        verbose_name_plural = _("occupied workstations")

    def __str__(self) -> str:
        return f"{self.workstation.label} · {self.user.label}"

    @property
    def is_present(self) -> bool:
        """False when nothing was heard from that screen for five minutes: the seat may be taken freely."""
        return timezone.now() - self.seen_at < dt.timedelta(minutes=5)


class HabilitationQuerySet(models.QuerySet["Habilitation"]):
    def live(self) -> HabilitationQuerySet:
        today = timezone.localdate()
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, withdrawn_at=None)

    def expiring(self, days: int = 60) -> HabilitationQuerySet:
        """Live today and ending within so many days, unless another of the same person goes on longer."""
        limit = timezone.localdate() + dt.timedelta(days=days)
        longer = Habilitation.objects.filter(
            Q(ends_on=None) | Q(ends_on__gt=limit),
            user=models.OuterRef("user"),
            starts_on__lte=limit,
            withdrawn_at=None,
        )
        return self.live().filter(ends_on__lte=limit).exclude(models.Exists(longer)).order_by("ends_on")


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
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("This day included."))
    all_cameras = models.BooleanField(_("all cameras of the city"), default=False)
    sector_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("sectors")
    )
    camera_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("cameras")
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_why = models.CharField(_("why withdrawn"), max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("recorded by")
    )

    objects = HabilitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("habilitation")
        verbose_name_plural = _("habilitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="accounts_habilitation_ends_after_start",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(all_cameras=True) | ~Q(sector_codes=[]) | ~Q(camera_codes=[]),
                name="accounts_habilitation_has_a_scope",
                violation_error_message=_("Say which cameras: all of the city, sectors, or cameras by code."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.label} · {self.act}"

    @property
    def is_future(self) -> bool:
        return self.starts_on > timezone.localdate()

    @property
    def is_live(self) -> bool:
        today = timezone.localdate()
        ended = self.ends_on is not None and self.ends_on < today
        return self.withdrawn_at is None and self.starts_on <= today and not ended

    def covers(self, camera_code: str, sector_code: str | None) -> bool:
        """Whether the act reaches this camera, by its own code or by its sector's."""
        return self.all_cameras or camera_code in self.camera_codes or sector_code in self.sector_codes


class DeviceKeyQuerySet(models.QuerySet["DeviceKey"]):
    def usable(self) -> DeviceKeyQuerySet:
        return self.filter(revoked_at=None)

    def find(self, secret: str, read: Callable[[str], DeviceKey | None] | None = None) -> DeviceKey | None:
        """The key this secret belongs to, revoked or not; None for an unknown or malformed one.

        `read` finds a key by its public part, for an app that reads more with it.
        """
        parts = secret.split("_", 2)
        if len(parts) != 3 or parts[0] != "nsk" or not secret.isascii():
            return None
        key = read(parts[1]) if read else self.filter(public=parts[1]).first()
        return key if key and hmac.compare_digest(key.digest, DeviceKey.digest_of(secret)) else None

    def used(self, key: DeviceKey) -> None:
        """Note the use, at most once a minute: two presses at once must not queue for one row."""
        now = timezone.now()
        minute_ago = now - dt.timedelta(minutes=1)
        if key.last_used_at is None or key.last_used_at < minute_ago:
            stale = Q(last_used_at=None) | Q(last_used_at__lt=minute_ago)
            self.filter(stale, pk=key.pk).update(last_used_at=now)


class DeviceKey(models.Model):
    """The secret of one device: shown once, kept as a hash, revocable.

    The secret holds 256 random bits, so one SHA-256 is enough: there is nothing to guess.
    """

    label = models.CharField(_("label"), max_length=80)
    public = models.CharField(_("public part"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("created by")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("revoked by")
    )

    objects = DeviceKeyQuerySet.as_manager()

    class Meta:
        ordering = ["label", "pk"]
        verbose_name = _("device key")
        verbose_name_plural = _("device keys")

    def __str__(self) -> str:
        return f"{self.label} (nsk_{self.public}_…)"

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None

    @staticmethod
    def digest_of(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    @staticmethod
    def new_secret() -> tuple[str, str]:
        """A public part (12 hexadecimal characters) and the whole secret that carries it."""
        public = secrets.token_hex(6)
        return public, f"nsk_{public}_{secrets.token_urlsafe(32)}"
