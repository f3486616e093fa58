"""Looks that deserve a question. They point at looks and places, never at who looks most (L-64)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, F, Max, Min, QuerySet
from django.db.models.functions import ExtractHour, TruncDate
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from legal.models import Consultation
from legal.models.consultation import ConsultationQuerySet

DAYS = 31
MOST = 100
NIGHT_FROM, NIGHT_TO = 22, 6
OFTEN = 5
NIGHTS = 3


@dataclass(frozen=True)
class Anomaly:
    """One question, in words, and the looks it is about."""

    code: str
    title: str | Promise
    words: str | Promise
    find: Callable[[ConsultationQuerySet], ConsultationQuerySet]


@dataclass(frozen=True)
class Place:
    """A camera that was looked at again and again on one day, by whomever."""

    camera_code: str
    day: dt.date
    looks: int


@dataclass(frozen=True)
class Nights:
    """A camera looked at on several nights for no incident, by whomever. `first` and `last` are their evenings."""

    camera_code: str
    nights: int
    first: dt.date
    last: dt.date


def recent(rows: ConsultationQuerySet) -> ConsultationQuerySet:
    since = timezone.now() - dt.timedelta(days=DAYS)
    return rows.filter(begun_at__gte=since, exercise=False).exclude(kind=Consultation.Kind.LOG_EXPORT)


def _recorded_without_incident(rows: ConsultationQuerySet) -> ConsultationQuerySet:
    return rows.without_incident().filter(period_from__isnull=False)


def _at_night(rows: ConsultationQuerySet) -> ConsultationQuerySet:
    hours = [hour for hour in range(24) if hour >= NIGHT_FROM or hour < NIGHT_TO]
    return rows.without_incident().annotate(hour=ExtractHour("begun_at")).filter(hour__in=hours)


def _unexplained(rows: ConsultationQuerySet) -> ConsultationQuerySet:
    return rows.filter(reason=Consultation.Reason.OTHER)


ANOMALIES = (
    Anomaly(
        "recorded",
        _("Recordings looked at without an incident"),
        _(
            "Somebody went back over recorded minutes, and neither an incident, an alert, a requisition nor a"
            " person's own request stands behind it. Ask what was looked for."
        ),
        _recorded_without_incident,
    ),
    Anomaly(
        "night",
        _("At night, without an incident"),
        _(
            "Between 22:00 and 6:00, for no incident and on no tour. The room works at night: watching a sector"
            " then is ordinary. The same camera night after night is not."
        ),
        _at_night,
    ),
    Anomaly(
        "other",
        _("For another reason"),
        _("The reason is none of the usual ones. Read the sentence that was given: does it justify a look?"),
        _unexplained,
    ),
)


def night_after_night(rows: ConsultationQuerySet) -> list[Nights]:
    """By camera, in the order of their codes. A night belongs to the day of its evening."""
    evening = TruncDate(F("begun_at") - dt.timedelta(hours=NIGHT_TO))
    counted = (
        _at_night(recent(rows))
        .order_by()
        .annotate(evening=evening)
        .values("camera_code")
        .annotate(nights=Count("evening", distinct=True), first=Min("evening"), last=Max("evening"))
        .filter(nights__gte=NIGHTS)
        .order_by("camera_code")
        .values_list("camera_code", "nights", "first", "last")[:MOST]
    )
    return [Nights(*row) for row in counted]


def again_and_again(rows: ConsultationQuerySet) -> list[Place]:
    """By day and camera, in that order: a list of places, not of people, and not from most to least."""
    counted: QuerySet[Consultation, tuple[str, dt.date, int]] = (
        recent(rows)
        .without_incident()
        .order_by()
        .annotate(day=TruncDate("begun_at"))
        .values("camera_code", "day")
        .annotate(looks=Count("pk"))
        .filter(looks__gte=OFTEN)
        .order_by("-day", "camera_code")
        .values_list("camera_code", "day", "looks")[:MOST]
    )
    return [Place(*row) for row in counted]
