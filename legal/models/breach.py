from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from accounts.models import User

CLOCK = dt.timedelta(hours=72)  # GDPR art. 33(1)


class BreachQuerySet(models.QuerySet["Breach"]):
    def visible_to(self, user: User) -> BreachQuerySet:
        return self if user.may(Right.SEE_AUDIT) or user.may(Right.KEEP_REGISTERS) else self.none()

    def running(self) -> BreachQuerySet:
        """Those whose 72 hours run: neither notified nor judged to need no notification."""
        return self.filter(state=Breach.State.OPEN).order_by("aware_at")


class Breach(models.Model):
    """A personal data breach, its 72 hours and what was done about it (L-63; GDPR art. 33, 34).

    Every breach is kept, notified or not: the register is what art. 33(5) asks for.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Being assessed: the 72 hours run")
        NOTIFIED = "notified", _("Notified to the CNIL")
        NO_RISK = "no_risk", _("No risk to people: kept here, not notified")
        CLOSED = "closed", _("Closed")

    class Nature(models.TextChoices):
        CONFIDENTIALITY = (
            "confidentiality",
            _("Loss of confidentiality: seen or taken by somebody who may not"),
        )
        INTEGRITY = "integrity", _("Loss of integrity: changed by mistake or by malice")
        AVAILABILITY = "availability", _("Loss of availability: lost or destroyed")

    class Risk(models.TextChoices):
        UNKNOWN = "unknown", _("Not assessed yet")
        NONE = "none", _("Unlikely to be a risk to people")
        RISK = "risk", _("A risk to people: the CNIL is notified")
        HIGH = "high", _("A high risk to people: they are told as well")

    number = models.CharField(_("number"), max_length=12, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    aware_at = models.DateTimeField(_("the centre knew at"))
    began_at = models.DateTimeField(_("began at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    natures = ArrayField(models.CharField(max_length=16, choices=Nature), verbose_name=_("nature"))
    what = models.TextField(_("what happened"), max_length=4000)
    people = models.TextField(_("categories of people concerned"), max_length=1000, blank=True)
    people_about = models.PositiveIntegerField(_("about how many people"), null=True, blank=True)
    data = models.TextField(_("categories of data"), max_length=1000, blank=True)
    records_about = models.PositiveIntegerField(_("about how many records"), null=True, blank=True)
    consequences = models.TextField(_("likely consequences"), max_length=4000, blank=True)
    measures = models.TextField(_("measures taken or proposed"), max_length=4000, blank=True)
    risk = models.CharField(_("risk"), max_length=8, choices=Risk, default=Risk.UNKNOWN)
    notified_at = models.DateTimeField(_("notified to the CNIL at"), null=True, blank=True)
    cnil_reference = models.CharField(_("reference of the CNIL"), max_length=60, blank=True)
    why_late = models.TextField(_("reasons for the delay"), max_length=1000, blank=True)
    people_told_at = models.DateTimeField(_("people told at"), null=True, blank=True)
    why_not_told = models.TextField(_("why people were not told"), max_length=1000, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    # What the DPO was told of its clock, once each: "day_left", "over".
    warned = ArrayField(models.CharField(max_length=10), default=list, blank=True, editable=False)
    exercise = models.BooleanField(_("exercise"), default=False)

    objects = BreachQuerySet.as_manager()

    class Meta:
        ordering = ["-aware_at"]
        verbose_name = _("personal data breach")
        verbose_name_plural = _("personal data breaches")
        constraints = [
            models.CheckConstraint(condition=~Q(natures=[]), name="legal_breach_has_a_nature"),
            models.CheckConstraint(
                condition=Q(began_at=None) | Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="legal_breach_in_order",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(state="notified") | Q(notified_at__isnull=False),
                name="legal_breach_notified_when",
            ),
            models.CheckConstraint(
                condition=Q(notified_at=None) | Q(notified_at__lte=F("aware_at") + CLOCK) | ~Q(why_late=""),
                name="legal_breach_late_says_why",
                violation_error_message=_("A notification after 72 hours gives the reasons for the delay."),
            ),
            models.CheckConstraint(
                condition=~Q(state="no_risk") | Q(risk="none"), name="legal_breach_no_risk_was_assessed"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None)),
                name="legal_breach_closed_when",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def due_at(self) -> dt.datetime:
        return self.aware_at + CLOCK

    @property
    def left(self) -> dt.timedelta:
        """What is left of the 72 hours; negative once they are over."""
        return self.due_at - timezone.now()

    @property
    def is_over(self) -> bool:
        return self.state == self.State.OPEN and self.left < dt.timedelta(0)

    @property
    def hours_left(self) -> int:
        """Whole hours, rounded down: 0 in the last one, negative once they are over."""
        return int(self.left.total_seconds() // 3600)

    @property
    def people_must_be_told(self) -> bool:
        return self.risk == self.Risk.HIGH and self.people_told_at is None and not self.why_not_told


class BreachStep(models.Model):
    """What was done or learnt, when and by whom. PostgreSQL refuses to change it."""

    breach = models.ForeignKey(Breach, models.CASCADE, related_name="steps", verbose_name=_("breach"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    state = models.CharField(_("state"), max_length=10, choices=Breach.State)
    words = models.TextField(_("what was done or learnt"), max_length=4000)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("step of a breach")
        verbose_name_plural = _("steps of a breach")

    def __str__(self) -> str:
        return f"{self.breach_id} {self.at:%Y-%m-%d %H:%M}"
