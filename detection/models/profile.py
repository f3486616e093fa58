from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import BigIntegerField, BooleanField, DateTimeField, F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from detection import hours, parameters
from detection.codes import AREAS, LINES, ZoneKind
from detection.models.detector import DetectorModel
from detection.models.event_type import EventType
from detection.models.zone import Zone
from detection.version import SOFTWARE

if TYPE_CHECKING:
    from accounts.models import User


class Covering(Func):
    """The authorisation that covers a camera, a type, a class of place and a model at an instant, or none."""

    function = "detection_covering"
    output_field = BigIntegerField(null=True)


class IsExercise(Func):
    """Whether nothing but drawn or staged pictures come from a camera (L-29)."""

    function = "detection_exercise"
    output_field = BooleanField()


class ProfileQuerySet(models.QuerySet["Profile"]):
    def visible_to(self, user: User) -> ProfileQuerySet:
        seen = (Right.SET_DETECTION, Right.JUDGE_SIGNAL, Right.SEE_AUDIT)
        return self if any(user.may(right) for right in seen) else self.none()

    def enabled(self) -> ProfileQuerySet:
        return self.filter(enabled_at__isnull=False, suspended_at=None)

    def with_ground(self, at: dt.datetime) -> ProfileQuerySet:
        """With `covered_by` and `staged`: by what right each might watch at that instant. One query."""
        return self.select_related(
            "zone__camera__sector", "zone__camera__source", "event_type", "detector"
        ).annotate(
            covered_by=Covering(
                F("zone__camera_id"),
                F("event_type_id"),
                F("zone__place_class"),
                Coalesce(F("detector__sha256"), Value("")),
                Value(SOFTWARE),
                Value(at, DateTimeField()),
            ),
            staged=IsExercise(F("zone__camera_id")),
        )


class Profile(models.Model):
    """One thing watched for in one zone: with which thresholds, when, by which detector, and whether it is on.

    Enabled is what people want; whether it may run is asked of the gate at each instant (gate.py).
    """

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="profiles", verbose_name=_("zone"))
    event_type = models.ForeignKey(
        EventType, models.PROTECT, related_name="profiles", verbose_name=_("watch for")
    )
    parameters = models.JSONField(_("thresholds"), default=dict, blank=True)
    schedule = models.JSONField(_("hours"), default=list, blank=True, help_text=_("Empty: always."))
    detector = models.ForeignKey(
        DetectorModel, models.PROTECT, related_name="profiles", verbose_name=_("detector")
    )
    enabled_at = models.DateTimeField(_("on since"), null=True, blank=True, editable=False)
    enabled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True, editable=False)
    suspended_why = models.CharField(_("why suspended"), max_length=200, blank=True, editable=False)
    # Counted anew each time it is switched on after it had suspended itself.
    stint = models.PositiveIntegerField(default=0, editable=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        ordering = ["zone__camera__code", "zone__name", "event_type"]
        verbose_name = _("profile of watching")
        verbose_name_plural = _("profiles of watching")
        constraints = [
            models.UniqueConstraint(fields=["zone", "event_type"], name="detection_one_profile_per_type"),
            models.CheckConstraint(
                condition=Q(suspended_at=None) | ~Q(suspended_why=""), name="detection_suspended_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.zone} · {self.event_type}"

    @property
    def is_on(self) -> bool:
        return self.enabled_at is not None and self.suspended_at is None

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        code: Any = self.event_type_id
        if code and (problem := parameters.problem_with(code, self.parameters or {})):
            wrong["parameters"] = problem
        if problem := hours.problem_with(self.schedule or []):
            wrong["schedule"] = problem
        if code and self.zone_id:
            fitting = LINES if self.zone.kind == ZoneKind.LINE else AREAS
            if code not in fitting:
                wrong["event_type"] = _("This is not watched for in such a zone: draw the other kind.")
        if wrong:
            raise ValidationError(wrong)
