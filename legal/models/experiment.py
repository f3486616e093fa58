from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.rights import Right
from legal.models.authorisation import PrefecturalAuthorisation

if TYPE_CHECKING:
    from accounts.models import User

GROUNDS = ("technical", "operational", "legal")


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def visible_to(self, user: User) -> ExperimentQuerySet:
        return self if user.may(Right.SEE_AUDIT) or user.may(Right.MANAGE_HABILITATIONS) else self.none()


class Experiment(models.Model):
    """Something the centre tries for a time: why, on what ground of law, and what was found on three grounds."""

    class Verdict(models.TextChoices):
        AWAITED = "awaited", _("not judged yet")
        GOOD = "good", _("satisfactory")
        UNEVEN = "uneven", _("uneven")
        BAD = "bad", _("not satisfactory")

    class Result(models.TextChoices):
        AWAITED = "awaited", _("awaited")
        KEPT = "kept", _("kept")
        CHANGED = "changed", _("to be changed and tried again")
        GIVEN_UP = "given_up", _("given up")

    title = models.CharField(_("title"), max_length=160)
    purpose = models.TextField(_("purpose"), max_length=2000, validators=[MinLengthValidator(10)])
    legal_basis = models.CharField(
        _("legal basis"),
        max_length=300,
        validators=[MinLengthValidator(5)],
        help_text=_("The text that allows it: law, decree, order."),
    )
    authorisation = models.ForeignKey(
        PrefecturalAuthorisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="experiments",
        verbose_name=_("prefect's authorisation"),
    )
    perimeter = models.CharField(_("where"), max_length=300, blank=True)
    personal_data = models.TextField(
        _("personal data concerned"), max_length=2000, help_text=_("“None” is an answer.")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), help_text=_("An experiment ends: a day at most two years away."))
    stopped_on = models.DateField(_("stopped on"), null=True, blank=True)
    stopped_why = models.CharField(_("why it was stopped"), max_length=300, blank=True)
    technical = models.CharField(
        _("technical ground"), max_length=8, choices=Verdict, default=Verdict.AWAITED
    )
    technical_words = models.TextField(_("what was measured"), max_length=4000, blank=True)
    operational = models.CharField(
        _("operational ground"), max_length=8, choices=Verdict, default=Verdict.AWAITED
    )
    operational_words = models.TextField(_("what it was worth to the room"), max_length=4000, blank=True)
    legal = models.CharField(
        pgettext_lazy("of an experiment", "legal ground"),
        max_length=8,
        choices=Verdict,
        default=Verdict.AWAITED,
    )
    legal_words = models.TextField(_("necessity and proportion"), max_length=4000, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result, default=Result.AWAITED)
    result_words = models.TextField(_("decision"), max_length=4000, blank=True)
    exercise = models.BooleanField(_("exercise"), default=False)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "title"]
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    ends_on__gte=F("starts_on"), ends_on__lte=F("starts_on") + dt.timedelta(days=731)
                ),
                name="legal_experiment_ends",
                violation_error_message=_("An experiment ends, and within two years."),
            ),
            models.CheckConstraint(
                condition=~Q(legal_basis="") & ~Q(purpose=""),
                name="legal_experiment_has_a_ground",
                violation_error_message=_("An experiment has a purpose and a legal basis."),
            ),
            models.CheckConstraint(
                condition=Q(result="awaited")
                | ~(Q(technical="awaited") | Q(operational="awaited") | Q(legal="awaited")),
                name="legal_experiment_judged_on_three_grounds",
                violation_error_message=_("A result is decided once all three grounds are judged."),
            ),
            models.CheckConstraint(
                condition=~Q(result="kept", legal="bad"),
                name="legal_experiment_kept_is_lawful",
                violation_error_message=_("What the law does not bear is not kept."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        for ground in GROUNDS:
            judged = getattr(self, ground) != self.Verdict.AWAITED
            if judged and not getattr(self, f"{ground}_words"):
                raise ValidationError({f"{ground}_words": _("Say on what this judgement stands.")})
        starts: Any = self.starts_on
        if self.stopped_on and starts and self.stopped_on < starts:
            raise ValidationError({"stopped_on": _("It cannot end before it begins.")})

    @property
    def last_day(self) -> dt.date:
        return min(self.ends_on, self.stopped_on) if self.stopped_on else self.ends_on

    @property
    def is_running(self) -> bool:
        return self.starts_on <= timezone.localdate() <= self.last_day

    @property
    def is_future(self) -> bool:
        return self.starts_on > timezone.localdate()

    @property
    def lacks_its_result(self) -> bool:
        """Over, and nobody has said yet what it was worth."""
        return self.last_day < timezone.localdate() and self.result == self.Result.AWAITED

    @property
    def is_judged(self) -> bool:
        """On all three grounds: a result may be decided."""
        return all(getattr(self, ground) != self.Verdict.AWAITED for ground in GROUNDS)

    def judgements(self) -> list[tuple[str | Promise, str, str | Promise, str]]:
        """Each ground: its name, its verdict, the verdict in words, and what it stands on."""
        return [
            (
                self._meta.get_field(ground).verbose_name,  # type: ignore[union-attr]
                getattr(self, ground),
                self.Verdict(getattr(self, ground)).label,
                getattr(self, f"{ground}_words"),
            )
            for ground in GROUNDS
        ]
