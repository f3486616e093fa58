from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User


class Nature(models.TextChoices):
    """What an incident is about (the controlled list of law W-02)."""

    ALERT_BUTTON = "alert_button", _("Alert button")
    CALL_POINT = "call_point", _("Call point")
    ALARM_PANEL = "alarm_panel", _("Alarm panel")
    SIGNAL = "signal", _("Analytic signal")
    OBSERVED = "observed", _("Seen by an operator")
    CENTRE = "centre", _("The centre itself")


class Procedure(models.Model):
    """What to do, in order, for one nature of incident at one kind of place (fiche réflexe)."""

    title = models.CharField(_("title"), max_length=80)
    nature = models.CharField(_("nature"), max_length=20, choices=Nature)
    site_kind = models.CharField(
        _("kind of place"), max_length=30, blank=True, help_text=_("Empty: any place without one of its own.")
    )
    steps = ArrayField(models.CharField(max_length=120), verbose_name=_("steps"))

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        constraints = [
            models.UniqueConstraint(fields=["nature", "site_kind"], name="incidents_one_procedure_per_place")
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def for_place(cls, nature: str, site_kind: str) -> Procedure | None:
        found = {p.site_kind: p for p in cls.objects.filter(nature=nature, site_kind__in=[site_kind, ""])}
        return found.get(site_kind) or found.get("")


class JoinRule(models.Model):
    """When a new cause joins an open incident instead of opening one. One row a nature; the city may edit it."""

    nature = models.CharField(_("nature"), max_length=20, choices=Nature, unique=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), default=15, help_text=_("Since the incident's last cause.")
    )
    radius_m = models.PositiveSmallIntegerField(
        _("radius in metres"), default=50, help_text=_("0: only the same site joins.")
    )

    class Meta:
        verbose_name = _("joining rule")
        verbose_name_plural = _("joining rules")

    def __str__(self) -> str:
        return f"{self.nature}: {self.minutes} min, {self.radius_m} m"


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> IncidentQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL) else self.none()

    def open(self) -> IncidentQuerySet:
        return self.exclude(state=Incident.State.CLOSED)

    def in_queue_order(self) -> IncidentQuerySet:
        """Priority, then age (law W-06)."""
        return self.order_by("priority", "opened_at", "id")

    def numbered(self, typed: str) -> Incident | None:
        """The one of this number, whole or as people say it: 42 is I-2026-00042 and no other's end."""
        if typed.isdecimal() and len(typed) < 10:
            return self.filter(number__endswith=f"-{int(typed):05d}").order_by("-pk").first()
        return self.filter(number__iexact=typed).first()


class Incident(models.Model):
    """One case that needs action, from its first alert to its outcome (law §2.6)."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DISPATCHED = "dispatched", _("Crew sent")
        EN_ROUTE = "en_route", _("Crew on the way")
        ON_SCENE = "on_scene", _("Crew on the scene")
        UNDER_CONTROL = "under_control", _("Under control")
        TRANSFERRED = "transferred", _("Handed over (17, 18, 15)")
        CLOSED = "closed", _("Closed")

    class Doubt(models.TextChoices):
        STANDING = "standing", _("Doubt not removed")
        FOUNDED = "founded", _("Founded")
        UNFOUNDED = "unfounded", _("Unfounded")

    class Outcome(models.TextChoices):
        ARREST = "arrest", _("Arrest")
        HELP = "help", _("Help given")
        INTERVENTION = "intervention", _("Crew intervened")
        TRANSFERRED = "transferred", _("Handed over to police, fire or medical service")
        NOTHING_FOUND = "nothing_found", _("Nothing found on the scene")
        UNFOUNDED = "unfounded", _("Unfounded")
        TECHNICAL = "technical", _("Technical fault")
        TEST = "test", _("Test or exercise")

    number = models.CharField(_("number"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.OPEN)
    doubt = models.CharField(_("doubt"), max_length=20, choices=Doubt, default=Doubt.STANDING)
    priority = models.PositiveSmallIntegerField(_("priority"), default=2)
    nature = models.CharField(_("nature"), max_length=20, choices=Nature)
    # What the device said is happening there, such as “fire”; empty when it says only that somebody calls.
    signal = models.CharField(_("signal"), max_length=12, blank=True)
    title = models.CharField(_("title"), max_length=160)
    place_label = models.CharField(_("place"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    site_code = models.CharField(_("site"), max_length=30, blank=True)
    site_kind = models.CharField(_("kind of place"), max_length=30, blank=True)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    exercise = models.BooleanField(_("exercise"), default=False)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    last_cause_at = models.DateTimeField(default=timezone.now)
    procedure_title = models.CharField(_("procedure"), max_length=80, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken by"),
    )
    taken_from = models.CharField(_("from the workstation"), max_length=40, blank=True)
    first_taken_at = models.DateTimeField(_("first taken at"), null=True, blank=True)
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    doubt_removed_at = models.DateTimeField(_("doubt removed at"), null=True, blank=True)
    on_scene_at = models.DateTimeField(_("on the scene at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [
            models.Index(
                fields=["priority", "opened_at"], condition=~Q(state="closed"), name="incidents_queue"
            ),
            models.Index(fields=["-closed_at"], name="incidents_closed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="incidents_place_on_earth"
            ),
            models.CheckConstraint(condition=Q(priority__range=(1, 3)), name="incidents_priority_1_to_3"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, outcome__gt="")
                | (~Q(state="closed") & Q(closed_at=None, outcome="")),
                name="incidents_closed_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    @property
    def holder(self) -> str:
        """Who works on it, as the room says it: the workstation, else the person."""
        if self.taken_by is None:
            return ""
        return self.taken_from or self.taken_by.label

    def subjects(self) -> list[str]:
        """What the log knows this incident's history by."""
        return [f"incident:{self.pk}", *self.causes.values_list("cause", flat=True)]


class IncidentCause(models.Model):
    """What opened or joined an incident ("alert:12"). Unique: a repeated reaction changes nothing."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="causes")
    cause = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=160, blank=True)

    class Meta:
        verbose_name = _("cause of an incident")
        verbose_name_plural = _("causes of incidents")

    def __str__(self) -> str:
        return self.cause


class IncidentStep(models.Model):
    """One step of the procedure as it stood when the incident opened."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["order"]
        verbose_name = _("step of an incident")
        verbose_name_plural = _("steps of incidents")
        constraints = [
            models.UniqueConstraint(fields=["incident", "order"], name="incidents_one_step_per_order")
        ]

    def __str__(self) -> str:
        return self.text


class IncidentNote(models.Model):
    """One entry written by a person. Never changed: a correction is a new entry that names the old (law W-02)."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notes")
    at = models.DateTimeField(_("time of the event"))
    entered_at = models.DateTimeField(_("time of entry"), default=timezone.now)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    author_label = models.CharField(max_length=60)
    text = models.CharField(_("text"), max_length=2000)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")

    LATE = dt.timedelta(seconds=60)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("note on an incident")
        verbose_name_plural = _("notes on incidents")

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def is_late(self) -> bool:
        """Written more than a minute after what it tells: both times are shown."""
        return self.entered_at - self.at > self.LATE


class IncidentLink(models.Model):
    """Two incidents that belong together (same author, same event)."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="links")
    other = models.ForeignKey(Incident, models.CASCADE, related_name="linked_from")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("link between incidents")
        verbose_name_plural = _("links between incidents")
        constraints = [
            models.UniqueConstraint(fields=["incident", "other"], name="incidents_linked_once"),
            models.CheckConstraint(
                condition=Q(incident__lt=models.F("other")), name="incidents_link_smaller_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} – {self.other_id}"


class YearCounter(models.Model):
    """The last number given in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number of a year")
        verbose_name_plural = _("numbers of years")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
