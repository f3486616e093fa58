from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models.camera import Camera

if TYPE_CHECKING:
    from accounts.models import User


class LockQuerySet(models.QuerySet["CameraLock"]):
    def held(self) -> LockQuerySet:
        return self.exclude(holder="")

    def lapsed(self, now: dt.datetime) -> LockQuerySet:
        return self.held().filter(until__lt=now).order_by("camera_id")

    def visible_to(self, user: User) -> LockQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL) else self.none()


class CameraLock(models.Model):
    """Who steers a camera now, and until when (law W-05). One row per camera that turns; free when `holder` is empty.

    `serial` grows with every change of hands: an order is carried out only while its own serial is the lock's.
    """

    class Priority(models.IntegerChoices):
        FREE = 0, _("Free")
        TOUR = 10, _("Tour")
        OPERATOR = 50, _("Operator")
        ALARM = 100, _("Alarm")

    camera = models.OneToOneField(
        Camera, models.CASCADE, primary_key=True, related_name="lock", verbose_name=_("camera")
    )
    serial = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.FREE)
    urgency = models.PositiveSmallIntegerField(
        _("urgency"), default=3, help_text=_("Among equals 1 goes before 3: the priority of the incident.")
    )
    holder = models.CharField(
        _("holder"), max_length=60, blank=True, help_text=_("incident:5, seat:poste-3, tour:12 …")
    )
    cause = models.CharField(
        _("cause"), max_length=60, blank=True, help_text=_("The incident it is held for, by hand or not.")
    )
    label = models.CharField(
        _("said as"),
        max_length=120,
        blank=True,
        help_text=_("A workstation, a place, a tour; never a person."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by the hand of"),
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    left_rest_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When it was last taken from nobody: it goes back to where it was then.",
    )

    objects = LockQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold of a camera")
        verbose_name_plural = _("holds of cameras")
        constraints = [
            models.CheckConstraint(
                condition=Q(holder="", priority=0, until=None, user=None)
                | (~Q(holder="") & Q(priority__gt=0, until__isnull=False, taken_at__isnull=False)),
                name="cameras_lock_free_or_held",
            ),
            models.CheckConstraint(condition=Q(urgency__gte=1, urgency__lte=3), name="cameras_lock_urgency"),
        ]
        indexes = [
            models.Index(fields=["until"], condition=~Q(holder=""), name="cameras_lock_until"),
            models.Index(fields=["cause"], condition=~Q(cause=""), name="cameras_lock_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} · {self.label or self.Priority.FREE.label}"

    @property
    def is_free(self) -> bool:
        return not self.holder

    @property
    def by_hand(self) -> bool:
        """Whether a person moves it: then the centre moves it no more by itself."""
        return self.user_id is not None

    def rank(self) -> tuple[int, int]:
        """What goes before what: compare with `<`. The smaller one gives way."""
        return (self.priority, -self.urgency)


class TakeOverQuerySet(models.QuerySet["TakeOver"]):
    def waiting(self) -> TakeOverQuerySet:
        return self.filter(answer=TakeOver.Answer.WAITING)

    def due(self, now: dt.datetime) -> TakeOverQuerySet:
        return self.waiting().filter(lapses_at__lt=now).order_by("camera_id")

    def visible_to(self, user: User) -> TakeOverQuerySet:
        return self if user.may(Right.SEE_ROOM) else self.none()


class TakeOver(models.Model):
    """Somebody asks for a camera that somebody else steers. Without an answer in time it is granted."""

    class Answer(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        GRANTED = "granted", _("Granted")
        REFUSED = "refused", _("Refused")
        LAPSED = "lapsed", _("Granted by rule: nobody answered")
        MOOT = "moot", _("No longer needed")

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="take_overs", verbose_name=_("camera"))
    serial = models.PositiveIntegerField(
        help_text="Of the hold that was asked for; another one makes it moot."
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    lapses_at = models.DateTimeField(_("granted by rule at"))
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    seat = models.CharField(max_length=60, help_text="The holder it would become, such as seat:poste-3.")
    label = models.CharField(_("said as"), max_length=120)
    cause = models.CharField(_("cause"), max_length=60, blank=True)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, default=Answer.WAITING)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    objects = TakeOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a camera")
        verbose_name_plural = _("requests for cameras")
        constraints = [
            models.UniqueConstraint(
                fields=["camera"], condition=Q(answer="waiting"), name="cameras_one_request_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(lapses_at__gt=F("asked_at")), name="cameras_request_lapses_after_it_was_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["lapses_at"], condition=Q(answer="waiting"), name="cameras_request_due")
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} · {self.label} · {self.get_answer_display()}"


class SteeringRule(models.Model):
    """What the centre wants of its holds: one row, changed by the supervisor."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    lease_s = models.PositiveIntegerField(
        _("a hold lasts (s)"),
        default=120,
        help_text=_(
            "Two minutes (W-05): long enough to see and act, short enough that nothing stays blocked."
        ),
    )
    answer_s = models.PositiveIntegerField(
        _("time to answer a request (s)"),
        default=15,
        help_text=_("Then the camera is given: who left the seat must not block it."),
    )

    class Meta:
        verbose_name = _("rule of holds")
        verbose_name_plural = _("rules of holds")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="cameras_one_steering_rule"),
            models.CheckConstraint(
                condition=Q(lease_s__gte=20, lease_s__lte=900, answer_s__gte=5, answer_s__lte=120),
                name="cameras_steering_rule_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lease_s} s · {self.answer_s} s"

    @property
    def lease(self) -> dt.timedelta:
        return dt.timedelta(seconds=self.lease_s)

    @classmethod
    def now(cls) -> SteeringRule:
        """The row, or what the law's reference says where nobody wrote one."""
        return cls.objects.filter(pk=1).first() or cls()
