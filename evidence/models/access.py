from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from evidence.models.minutes import AskedMinutes
from retention.rules import days_of

if TYPE_CHECKING:
    from accounts.models import User

# The rule by which the person is forgotten (retention.py).
PERSON = "evidence.AccessRequest:person"
OPEN = ("received", "granted")


class AccessRequestQuerySet(models.QuerySet["AccessRequest"]):
    def visible_to(self, user: User) -> AccessRequestQuerySet:
        rights = (Right.RECEIVE_REQUISITION, Right.VALIDATE_EXTRACTION, Right.KEEP_REGISTERS)
        return self if any(user.may(right) for right in rights) else self.none()

    def with_lines(self) -> AccessRequestQuerySet:
        """For pages, which read and do not change: the lines of all of them in three questions."""
        return self.prefetch_related(Prefetch("minutes", AskedMinutes.objects.with_all()))

    def open(self) -> AccessRequestQuerySet:
        return self.filter(state__in=OPEN)

    def closed(self) -> AccessRequestQuerySet:
        return self.exclude(state__in=OPEN)

    def remembered(self) -> AccessRequestQuerySet:
        """Those whose person may still be named."""
        since = timezone.now() - dt.timedelta(days=days_of(PERSON))
        return self.filter(Q(answered_at=None) | Q(answered_at__gte=since))


class AccessRequest(models.Model):
    """A person asks for images of themself (GDPR art. 12 and 15; law L-61, L-62)."""

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        GRANTED = "granted", _("granted, being prepared")
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("refused")
        NOTHING_FOUND = "nothing_found", _("nothing found")

    class Identity(models.TextChoices):
        """How it was made sure that the images are the person's own. No copy of a paper is kept."""

        SHOWN = "shown", _("A paper of identity was shown and given back")
        SIGNED_IN = "signed_in", _("Signed in with the identity service of the State")
        CASE = "case", _("Known from the complaint or the declaration of that day")

    class Answer(models.TextChoices):
        COPY = "copy", _("Blurred copy handed over")
        VIEWING = "viewing", _("Viewed on site")

    class RefusedFor(models.TextChoices):
        """The closed list (law L-62): each with its source in `evidence.access.grounds`."""

        STATE = "state", _("State security or defence")
        SAFETY = "safety", _("Public safety")
        PROCEEDINGS = "proceedings", _("Proceedings before a court, or an inquiry before them")
        OTHERS = "others", _("Rights of other people that no blurring protects")
        UNFOUNDED = "unfounded", _("Manifestly unfounded or excessive request")
        IDENTITY = "identity", _("Identity not shown in spite of being asked for")

    state = models.CharField(_("state"), max_length=14, choices=State, default=State.RECEIVED)
    # Of the person: erased by a rule of their own (retention.py).
    person = models.CharField(_("name of the person"), max_length=120, blank=True)
    contact = models.CharField(_("where the answer goes"), max_length=300, blank=True)
    described = models.TextField(_("how to find them in the images"), max_length=1000, blank=True)
    exercise = models.BooleanField(_("exercise"), default=False)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    due_on = models.DateField(_("to be answered by"))
    longer_why = models.CharField(_("why it takes longer"), max_length=300, blank=True)
    identity = models.CharField(_("identity"), max_length=10, choices=Identity, blank=True)
    identity_at = models.DateTimeField(_("identity checked at"), null=True, blank=True)
    identity_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    refused_for = models.CharField(_("refused because"), max_length=12, choices=RefusedFor, blank=True)
    refused_words = models.CharField(_("in words"), max_length=600, blank=True)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("received_by")),
                name="evidence_access_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refused_for=""), name="evidence_access_refused_why"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["granted", "answered"]) | Q(identity_by__isnull=False),
                name="evidence_access_identity_first",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"DA-{self.pk or 0:06d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_forgotten(self) -> bool:
        """Who asked may be told to nobody any more, be it erased yet or not."""
        answered = self.answered_at
        return answered is not None and answered < timezone.now() - dt.timedelta(days=days_of(PERSON))

    @property
    def days_left(self) -> int:
        return (self.due_on - timezone.localdate()).days

    @property
    def lines(self) -> list[AskedMinutes]:
        """Read once where they were asked for with the row (`with_lines`), anew otherwise."""
        if "minutes" in getattr(self, "_prefetched_objects_cache", {}):
            return list(self.minutes.all())
        return list(self.minutes.with_all())

    @property
    def is_ready(self) -> bool:
        """Each blurred copy is sealed."""
        lines = [line for line in self.lines if line.due_at is not None]
        return bool(lines) and all(
            line.extraction is not None
            and hasattr(line.extraction, "blurred")
            and line.extraction.blurred.state == "sealed"
            for line in lines
        )


def a_month_after(day: dt.date, months: int = 1) -> dt.date:
    """The same day of a later month, or its last (regulation 1182/71, art. 3)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = dt.date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (first_of_next - dt.timedelta(days=1)).day
    return dt.date(year, month + 1, min(day.day, last))
