from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from events.facts import KINDS, Fact

if TYPE_CHECKING:
    from accounts.models import User

TRIES = 5


class EventQuerySet(models.QuerySet["Event"]):
    def after(self, event_id: int) -> EventQuerySet:
        return self.filter(id__gt=event_id).order_by("id")

    def about(self, *things: str) -> EventQuerySet:
        """The history of these things ("incident:5", "alert:12"), oldest first."""
        return self.filter(about__overlap=list(things)).order_by("id")

    def visible_to(self, user: User) -> EventQuerySet:
        return self if user.may(Right.SEE_ROOM) else self.none()

    def last_id(self) -> int:
        return self.order_by("-id").values_list("id", flat=True).first() or 0


class Event(models.Model):
    """One line of the log: something that happened. PostgreSQL refuses to change or remove it."""

    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=60)
    data = models.JSONField()
    about = ArrayField(models.CharField(max_length=60), default=list)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    correlation = models.CharField(max_length=64, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [GinIndex(fields=["about"], name="events_event_about")]
        verbose_name = _("line of the log of facts")
        verbose_name_plural = _("log of facts")

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    def fact(self) -> Fact:
        return KINDS[self.kind](**self.data)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def owed(self) -> DeliveryQuerySet:
        """Reactions not yet run, oldest first."""
        return self.filter(done_at=None).order_by("id")

    def due(self, now: dt.datetime) -> DeliveryQuerySet:
        """What the sweep may try now: owed, not given up, and past its pause."""
        return self.owed().filter(Q(next_at=None) | Q(next_at__lte=now), tries__lt=TRIES)

    def given_up(self) -> DeliveryQuerySet:
        """What needs a person: five tries failed."""
        return self.owed().filter(tries__gte=TRIES)

    def visible_to(self, user: User) -> DeliveryQuerySet:
        return self if user.may(Right.SEE_OPERATIONS) else self.none()


class Delivery(models.Model):
    """One reaction owed for one event. Done once done_at is set."""

    event = models.ForeignKey(Event, models.CASCADE, verbose_name=_("fact"))
    reaction = models.CharField(_("reaction"), max_length=120)
    done_at = models.DateTimeField(_("done at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"), null=True)
    error = models.TextField(_("last error"), blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "reaction"], name="events_one_delivery")]
        indexes = [models.Index(fields=["id"], condition=Q(done_at=None), name="events_delivery_owed")]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.event_id} → {self.reaction}"


class Pulse(models.Model):
    """When a process of the centre last said it was alive."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str, at: dt.datetime | None = None) -> None:
        cls.objects.update_or_create(name=name, defaults={"at": at or timezone.now()})
