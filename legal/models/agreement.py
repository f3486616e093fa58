from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Habilitation
from accounts.rights import Right
from legal.models.authorisation import (
    LONGEST_RETENTION_DAYS,
    WARN_MONTHS,
    PrefecturalAuthorisation,
    check_document,
    months_after,
)

if TYPE_CHECKING:
    from accounts.models import User

# Who chooses a recipient when images are handed over reads which there are.
READERS = (
    *(Right.SEE_AUDIT, Right.MANAGE_HABILITATIONS, Right.KEEP_REGISTERS),
    *(Right.ASK_EXTRACTION, Right.VALIDATE_EXTRACTION),
)


def agreement_path(agreement: RecipientAgreement, filename: str) -> str:
    """Nothing of the name it came with."""
    return f"agreements/{timezone.now():%Y%m%d%H%M%S}.pdf"


class AgreementQuerySet(models.QuerySet["RecipientAgreement"]):
    def visible_to(self, user: User) -> AgreementQuerySet:
        return self if any(user.may(right) for right in READERS) else self.none()

    def in_force(self, on: dt.date) -> AgreementQuerySet:
        """The act it stands on is in force, too: what it allows falls with it (CSI L252-3)."""
        act = Q(authorisation__signed_on__lte=on, authorisation__expires_on__gte=on)
        goes_on = Q(ended_on=None) | Q(ended_on__gt=on)
        return self.filter(act, goes_on, starts_on__lte=on, ends_on__gte=on)

    def expiring(self, on: dt.date) -> AgreementQuerySet:
        """Those that end within six months, the nearest first."""
        limit = months_after(on, max(WARN_MONTHS))
        return self.in_force(on).filter(ended_on=None, ends_on__lt=limit).order_by("ends_on")


class RecipientAgreement(models.Model):
    """What a service outside the centre may receive: which cameras, live or recorded, how, until when (L-09)."""

    class Kind(models.TextChoices):
        """The services the law names (CSI L252-3)."""

        POLICE = "police", _("National police")
        GENDARMERIE = "gendarmerie", _("Gendarmerie")
        CUSTOMS = "customs", _("Customs")
        FIRE = "fire", _("Fire and rescue service")
        MUNICIPAL = "municipal", _("Municipal police of another commune")

    agency = models.CharField(_("service"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    act = models.CharField(
        _("act"), max_length=120, help_text=_("Number and date of the agreement or order.")
    )
    authorisation = models.ForeignKey(
        PrefecturalAuthorisation,
        models.PROTECT,
        related_name="agreements",
        verbose_name=_("prefect's order it stands on"),
        help_text=_("The one that names this recipient. When it ends, nothing more is given."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text=_("This day included."))
    live = models.BooleanField(_("live pictures"), default=False)
    recorded = models.BooleanField(_("recordings"), default=False)
    keep_days = models.PositiveSmallIntegerField(
        _("kept by the recipient at most (days)"),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RETENTION_DAYS)],
        help_text=_("From the transfer; one month at most (CSI L252-3)."),
    )
    manner = models.CharField(
        _("how it is transferred"),
        max_length=300,
        validators=[MinLengthValidator(5)],
        help_text=_("As the act says: on which medium, by which line, against whose signature."),
    )
    contact = models.CharField(
        _("who answers there"), max_length=160, help_text=_("A function, such as “the head of the station”.")
    )
    all_cameras = models.BooleanField(_("all cameras of the city"), default=False)
    sector_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("sectors")
    )
    camera_codes = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("cameras")
    )
    agents = models.ManyToManyField(
        Habilitation,
        blank=True,
        related_name="agreements",
        verbose_name=_("agents designated"),
        help_text=_("Their own act lets them look for as long as this agreement is in force."),
    )
    document = models.FileField(
        _("document"), upload_to=agreement_path, validators=[check_document], blank=True
    )
    ended_on = models.DateField(_("ended early, from"), null=True, blank=True, editable=False)
    ended_why = models.CharField(_("why it was ended"), max_length=300, blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now, editable=False)
    exercise = models.BooleanField(_("exercise"), default=False, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["agency", "-starts_on"]
        verbose_name = _("agreement with a recipient")
        verbose_name_plural = _("agreements with recipients")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="legal_agreement_ends_after_start",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(keep_days__gte=1, keep_days__lte=LONGEST_RETENTION_DAYS),
                name="legal_agreement_one_month_at_most",
                violation_error_message=_("A recipient keeps it one month at most (CSI L252-3)."),
            ),
            models.CheckConstraint(
                condition=Q(live=True) | Q(recorded=True),
                name="legal_agreement_gives_something",
                violation_error_message=_("Say what it gives: live pictures, recordings, or both."),
            ),
            models.CheckConstraint(
                condition=Q(all_cameras=True) | ~Q(sector_codes=[]) | ~Q(camera_codes=[]),
                name="legal_agreement_has_a_scope",
                violation_error_message=_("Say which cameras: all of the city, sectors, or cameras by code."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_why="") | (Q(ended_on__isnull=False) & ~Q(ended_why="")),
                name="legal_agreement_ended_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} · {self.act}"

    def clean(self) -> None:
        # Missing here when the form could not read them.
        starts: Any = self.starts_on
        ends: Any = self.ends_on
        under: Any = self.authorisation_id
        if under is None or not starts or not ends:
            return
        act = self.authorisation
        if starts < act.signed_on or ends > act.expires_on:
            text = _("The order it stands on is in force from %(from)s to %(to)s.")
            raise ValidationError({"ends_on": text % {"from": act.signed_on, "to": act.expires_on}})

    @property
    def last_day(self) -> dt.date:
        days = [self.ends_on, self.authorisation.expires_on]
        return min([*days, self.ended_on - dt.timedelta(days=1)] if self.ended_on else days)

    @property
    def is_in_force(self) -> bool:
        begins = max(self.starts_on, self.authorisation.signed_on)
        return begins <= timezone.localdate() <= self.last_day

    @property
    def months_left(self) -> int | None:
        """How near its end is: within 1, 3 or 6 months; None when it is further, or not in force."""
        if not self.is_in_force:
            return None
        today = timezone.localdate()
        return next((n for n in WARN_MONTHS if self.last_day < months_after(today, n)), None)

    def gives(self, *, recorded: bool) -> bool:
        return self.recorded if recorded else self.live

    def covers(self, code: str, sector_code: str, *, exercise: bool) -> bool:
        """An agreement of the exercise is one of drawn streets, and no other is."""
        if exercise != self.exercise:
            return False
        return self.all_cameras or code in self.camera_codes or sector_code in self.sector_codes

    def destroy_by(self, on: dt.date) -> dt.date:
        """The last day the recipient may keep what is handed over on this one."""
        return min(on + dt.timedelta(days=self.keep_days), months_after(on, 1))


class AgreementWarning(models.Model):
    """That the end of an agreement was told: once at six, three and one months, and once when it has ended (0)."""

    agreement = models.ForeignKey(
        RecipientAgreement, models.CASCADE, related_name="warnings", verbose_name=_("agreement")
    )
    months = models.PositiveSmallIntegerField(_("months before"))
    ends_on = models.DateField(_("until"))
    told_at = models.DateTimeField(_("told at"), default=timezone.now)

    class Meta:
        ordering = ["agreement", "-months"]
        verbose_name = _("warning of the end of an agreement")
        verbose_name_plural = _("warnings of the end of agreements")
        constraints = [
            # Race: two clocks look at once. An agreement whose end was put off is told again.
            models.UniqueConstraint(
                fields=["agreement", "months", "ends_on"], name="legal_one_agreement_warning_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.months}"


class CommunicationQuerySet(models.QuerySet["Communication"]):
    def visible_to(self, user: User) -> CommunicationQuerySet:
        return self if any(user.may(right) for right in READERS) else self.none()

    def to_be_confirmed(self, on: dt.date) -> CommunicationQuerySet:
        """Past the day the recipient may keep it, and nobody has heard that it was destroyed."""
        return self.filter(destroyed_on=None, destroy_by__lt=on).order_by("destroy_by")


class Communication(models.Model):
    """One thing handed over under an agreement: what, of which cameras, to whom, to be destroyed by when (L-09)."""

    agreement = models.ForeignKey(
        RecipientAgreement, models.PROTECT, related_name="communications", verbose_name=_("agreement")
    )
    at = models.DateTimeField(_("handed over at"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    what = models.CharField(_("what"), max_length=40)
    case = models.CharField(_("case"), max_length=80)
    camera_codes = ArrayField(models.CharField(max_length=20), verbose_name=_("cameras"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    recipient = models.CharField(_("who signed for it"), max_length=200)
    destroy_by = models.DateField(_("to be destroyed by"))
    destroyed_on = models.DateField(_("destroyed there on"), null=True, blank=True)

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("communication to a recipient")
        verbose_name_plural = _("communications to recipients")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("since")), name="legal_communication_period_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} · {self.agreement_id}"

    @property
    def is_late(self) -> bool:
        return self.destroyed_on is None and self.destroy_by < timezone.localdate()


def covering(
    rows: Iterable[RecipientAgreement], cameras: Iterable[tuple[str, str, bool]], *, recorded: bool
) -> list[RecipientAgreement]:
    """Those that give pictures of all of these cameras (code, sector, exercise)."""
    wanted = list(cameras)
    return [
        one
        for one in rows
        if one.gives(recorded=recorded)
        and all(one.covers(code, sector, exercise=exercise) for code, sector, exercise in wanted)
    ]
