from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from retention.families import GROUNDS, LONGEST_OF_ALL, REVIEW_ON, Family

if TYPE_CHECKING:
    from accounts.models import User


class ForTheDpo(models.QuerySet[Any]):
    """Rows for who reads the registers."""

    def visible_to(self, user: User) -> ForTheDpo:
        return self if user.may(Right.SEE_AUDIT) or user.may(Right.MANAGE_HABILITATIONS) else self.none()


class Limit(models.Model):
    """How long one kind of rows or files is kept: the centre's choice, under what the law and the orders allow."""

    what = models.CharField(_("what"), max_length=80, unique=True)
    family = models.CharField(_("family"), max_length=16, choices=Family)
    days = models.PositiveIntegerField(_("kept (days)"))
    source = models.CharField(
        _("source"),
        max_length=200,
        validators=[MinLengthValidator(3)],
        help_text=_("The text or the act that says so."),
    )
    review_on = models.DateField(_("to be looked at again on"), default=REVIEW_ON)
    set_at = models.DateTimeField(_("set at"), default=timezone.now)

    objects = ForTheDpo.as_manager()

    class Meta:
        ordering = ["what"]
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints = [
            models.CheckConstraint(
                condition=Q(days__lte=LONGEST_OF_ALL), name="retention_limit_is_not_for_ever"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="retention_limit_has_a_source"),
            *(
                models.CheckConstraint(
                    condition=~Q(family=family.value) | Q(days__lte=ground.longest_days),
                    name=f"retention_limit_{family.value}",
                    violation_error_message=_("This is longer than the law allows."),
                )
                for family, ground in GROUNDS.items()
                if ground.longest_days is not None
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.days}"

    def clean(self) -> None:
        # Missing here when the form could not read it.
        days: Any = self.days
        if days is None or self.family not in Family.values:
            return
        ground = GROUNDS[Family(self.family)]
        if ground.longest_days is not None and days > ground.longest_days:
            text = gettext("%(days)s days at most (%(source)s).")
            raise ValidationError({"days": text % {"days": ground.longest_days, "source": ground.source}})
        least, most = apps.get_app_config("retention").bounds(self.what)  # type: ignore[attr-defined]
        if most is not None and days > most:
            text = gettext("%(days)s days at most: no authorisation in force allows more.")
            raise ValidationError({"days": text % {"days": most}})
        if days < least:
            text = gettext("%(days)s days at least: the law asks for this log.")
            raise ValidationError({"days": text % {"days": least}})


class Run(models.Model):
    """One pass of the engine. The last one also says what the clock showed, so that a jump is seen."""

    class Kind(models.TextChoices):
        NIGHT = "night", _("nightly")
        LIGHT = "light", _("every quarter of an hour")
        BY_HAND = "by_hand", _("by hand")
        FULL_DISK = "full_disk", _("the disk was full")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    node = models.CharField(_("by"), max_length=80)
    # What was taken for now: never earlier than the run before, whatever a clock set back says.
    clock = models.DateTimeField(_("moment"))
    boot = models.CharField(max_length=36, blank=True)
    uptime_s = models.FloatField(default=0)
    began_at = models.DateTimeField(_("began at"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    files = models.PositiveBigIntegerField(_("files"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    failures = models.JSONField(_("what failed"), default=dict)
    # Why the room was told to act, and has not been told yet that it is over.
    alarm = models.CharField(_("alarm"), max_length=10, blank=True)

    objects = ForTheDpo.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [models.Index(fields=["-began_at"], name="retention_run_last")]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.kind}"


class DestructionQuerySet(ForTheDpo):
    def unfinished(self) -> DestructionQuerySet:
        return self.filter(finished_at=None).order_by("pk")


class Destruction(models.Model):
    """The register of destructions (L-06): written in the transaction that dooms these rows or files.

    PostgreSQL refuses to change it, save to say once when all of it was gone.
    """

    class Cause(models.TextChoices):
        EXPIRED = "expired", _("its time had come")
        FULL_DISK = "full_disk", _("the disk was full")
        ORPHAN = "orphan", _("nothing pointed to it any more")

    run = models.ForeignKey(Run, models.PROTECT, related_name="destructions", verbose_name=_("run"))
    what = models.CharField(_("what"), max_length=80)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause, default=Cause.EXPIRED)
    days = models.PositiveIntegerField(_("limit (days)"), null=True)
    basis = models.CharField(_("basis"), max_length=400)
    # Empty for a batch of rows; "day 2026-11-12" for a whole partition and its folders.
    scope = models.CharField(_("scope"), max_length=40, blank=True)
    begun_at = models.DateTimeField(_("begun at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    items = models.PositiveBigIntegerField(_("rows"))
    files = models.PositiveBigIntegerField(_("files"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    oldest = models.DateTimeField(_("from"))
    newest = models.DateTimeField(_("until"))
    names_sha256 = models.CharField(_("SHA-256 of the list of names"), max_length=64)
    # Rows that went with them: {"incidents.IncidentStep": 12}.
    with_them = models.JSONField(_("with them"), default=dict)
    why = models.CharField(_("why"), max_length=200, blank=True)
    node = models.CharField(_("by"), max_length=80, blank=True)

    objects = DestructionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("destruction")
        verbose_name_plural = _("destructions")
        indexes = [
            models.Index(fields=["what", "-begun_at"], name="retention_destruction_of"),
            models.Index(fields=["what"], condition=Q(finished_at=None), name="retention_destruction_open"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(newest__gte=F("oldest")), name="retention_destruction_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.items}"


class DestroyedDay(models.Model):
    """One camera (or other source) and one day: what was recorded of it and when it was destroyed (L-06)."""

    what = models.CharField(_("what"), max_length=80)
    subject = models.CharField(_("camera"), max_length=40)
    day = models.DateField(_("day"))
    first_at = models.DateTimeField(_("first image"))
    last_at = models.DateTimeField(_("last image"))
    items = models.PositiveIntegerField(_("files"))
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    early = models.PositiveIntegerField(_("of them before their day"), default=0)
    destroyed_at = models.DateTimeField(_("destroyed at"))
    run = models.ForeignKey(Run, models.PROTECT, related_name="+", verbose_name=_("run"))

    objects = ForTheDpo.as_manager()

    class Meta:
        ordering = ["-day", "subject"]
        verbose_name = _("day destroyed")
        verbose_name_plural = _("days destroyed")
        constraints = [
            models.UniqueConstraint(fields=["what", "subject", "day"], name="retention_one_line_a_day"),
        ]
        indexes = [models.Index(fields=["day", "subject"], name="retention_day_when")]

    def __str__(self) -> str:
        return f"{self.subject} {self.day}"


class Lateness(models.Model):
    """What the independent check found past its limit and an hour more; zero is the only good figure."""

    what = models.CharField(_("what"), max_length=80, primary_key=True)
    items = models.PositiveBigIntegerField(_("too old"), default=0)
    oldest = models.DateTimeField(_("the oldest"), null=True)
    strays = models.PositiveBigIntegerField(_("files nobody knows"), default=0)
    checked_at = models.DateTimeField(_("checked at"), default=timezone.now)

    objects = ForTheDpo.as_manager()

    class Meta:
        verbose_name = _("lateness")
        verbose_name_plural = _("lateness")

    def __str__(self) -> str:
        return f"{self.what} {self.items}"

    @property
    def age(self) -> dt.timedelta:
        return timezone.now() - self.checked_at
