from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from evidence.models.requisition import Requisition

if TYPE_CHECKING:
    from accounts.models import User

# A paper that came in time is read in time: so long what it asks for outlives the end of its hold.
READ_WITHIN = dt.timedelta(days=7)


class HoldExtensionQuerySet(models.QuerySet["HoldExtension"]):
    def visible_to(self, user: User) -> HoldExtensionQuerySet:
        return self if HoldExtension.is_seen_by(user) else self.none()

    def waiting(self) -> HoldExtensionQuerySet:
        return self.filter(state=HoldExtension.State.RECEIVED)


class HoldExtension(models.Model):
    """A paper that asks to keep longer what a hold keeps: its own authority, ground, number and end (law L-05)."""

    class State(models.TextChoices):
        RECEIVED = "received", _("to be checked")
        AGREED = "agreed", _("in force")
        REFUSED = "refused", _("refused")
        LAPSED = "lapsed", _("fell away with the hold")

    class Check(models.TextChoices):
        """What the second person reads on the paper before the end moves."""

        GROUND = "ground", _("The paper names the article it stands on")
        AUTHORITY = "authority", _("Its author may requisition, and signed it")
        HOLD = "hold", _("It names the case of this hold")
        END = "end", _("It says until when, and that is what was entered")

    requisition = models.ForeignKey(
        Requisition, models.CASCADE, related_name="extensions", verbose_name=_("requisition")
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RECEIVED)
    reference = models.CharField(_("number given by the authority"), max_length=80)
    dated_on = models.DateField(_("date of the paper"))
    authority = models.CharField(_("authority"), max_length=120)
    author = models.CharField(_("name and quality of who signed"), max_length=200, blank=True)
    ground = models.CharField(_("legal ground"), max_length=12, choices=Requisition.Ground)
    paper = models.CharField(_("paper"), max_length=80, blank=True)
    paper_sha256 = models.CharField(_("SHA-256 of the paper"), max_length=64, blank=True)
    # The end it moves, and where to.
    was_until = models.DateTimeField(_("kept until, before"))
    kept_until = models.DateTimeField(_("kept until"))
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    checks = models.JSONField(_("checked"), default=list, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    refused_for = models.CharField(
        _("refused because"), max_length=14, choices=Requisition.RefusedFor, blank=True
    )
    refused_words = models.CharField(_("in words"), max_length=300, blank=True)

    objects = HoldExtensionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("extension of a hold")
        verbose_name_plural = _("extensions of holds")
        constraints = [
            models.CheckConstraint(
                condition=Q(kept_until__gt=F("was_until")), name="evidence_extension_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("received_by")),
                name="evidence_extension_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(decided_by__isnull=False),
                name="evidence_extension_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refused_for=""), name="evidence_extension_refused_why"
            ),
            # One at a time is read: two papers at once would each move the end the other saw.
            models.UniqueConstraint(
                fields=["requisition"], condition=Q(state="received"), name="evidence_one_extension_waits"
            ),
            models.UniqueConstraint(
                fields=["requisition", "authority", "reference", "dated_on"],
                condition=Q(state__in=["received", "agreed"]),
                name="evidence_one_extension_per_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requisition} · {self.reference}"

    @staticmethod
    def is_seen_by(user: User) -> bool:
        """Who works on the hold, and who controls."""
        rights = (Right.RECEIVE_REQUISITION, Right.CHECK_REQUISITION, Right.SEE_AUDIT)
        return any(user.may(right) for right in rights)

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.RECEIVED

    @property
    def read_by(self) -> dt.datetime:
        """The end of the hold and the days a paper that came in time is given; what it asks for at most."""
        return min(self.kept_until, self.was_until + READ_WITHIN)
