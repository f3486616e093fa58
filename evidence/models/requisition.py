from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from evidence.models.minutes import AskedMinutes
from footage.models import Extraction

if TYPE_CHECKING:
    from accounts.models import User
    from evidence.models.extension import HoldExtension

# From here on the clock is shown as urgent.
NEAR = dt.timedelta(hours=48)


class RequisitionQuerySet(models.QuerySet["Requisition"]):
    def visible_to(self, user: User) -> RequisitionQuerySet:
        """All of them for who receives, checks or controls; an OPJ sees their own once it was handed over."""
        rights = (Right.RECEIVE_REQUISITION, Right.CHECK_REQUISITION, Right.SEE_AUDIT)
        if any(user.may(right) for right in rights):
            return self
        return self.filter(opj=user, state=Requisition.State.HANDED_OVER)

    def with_lines(self) -> RequisitionQuerySet:
        """For pages, which read and do not change: the lines of all of them in three questions, their
        extensions in a fourth."""
        lines = Prefetch("minutes", AskedMinutes.objects.with_all())
        return self.prefetch_related(lines, "extensions", "extensions__received_by", "extensions__decided_by")

    def open(self) -> RequisitionQuerySet:
        return self.filter(state__in=[Requisition.State.RECEIVED, Requisition.State.CHECKED])

    def closed(self) -> RequisitionQuerySet:
        return self.exclude(state__in=[Requisition.State.RECEIVED, Requisition.State.CHECKED])

    def by_clock(self) -> RequisitionQuerySet:
        """What is destroyed first comes first (law W-11)."""
        return self.order_by(F("due_at").asc(nulls_last=True), "pk")

    def unsealed(self) -> RequisitionQuerySet:
        """Those with minutes that are not copied out yet: their clock runs."""
        sealed = [Extraction.State.SEALED, Extraction.State.HANDED_OVER]
        waiting = AskedMinutes.objects.filter(requisition=OuterRef("pk"), due_at__isnull=False)
        return self.filter(Exists(waiting.exclude(extraction__state__in=sealed)))


class Requisition(models.Model):
    """A written order of the justice for recorded images: to be handed over, or to be kept (law W-11, L-05)."""

    class Demand(models.TextChoices):
        HAND_OVER = "hand_over", _("images to be handed over")
        KEEP = "keep", _("images to be kept (hold)")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        CHECKED = "checked", _("checked")
        HANDED_OVER = "handed_over", _("handed over")
        RELEASED = "released", _("released")
        REFUSED = "refused", _("refused")
        NOTHING_FOUND = "nothing_found", _("nothing found")

    class Ground(models.TextChoices):
        """Those of footage.Extraction on which a requisition may stand (law L-05, §2.7)."""

        FLAGRANCY = Extraction.Ground.FLAGRANCY.value, Extraction.Ground.FLAGRANCY.label
        PRELIMINARY = Extraction.Ground.PRELIMINARY.value, Extraction.Ground.PRELIMINARY.label
        INVESTIGATION = Extraction.Ground.INVESTIGATION.value, Extraction.Ground.INVESTIGATION.label
        EXERCISE = Extraction.Ground.EXERCISE.value, Extraction.Ground.EXERCISE.label

    class Check(models.TextChoices):
        """What the second person reads on the paper before anything goes further (law W-11)."""

        GROUND = "ground", _("The paper names the article it stands on")
        AUTHORITY = "authority", _("Its author may requisition, and signed it")
        CASE = "case", _("It names the case or the inquiry")
        PRECISE = "precise", _("It names cameras or places, and minutes")
        PERIMETER = (
            "perimeter",
            _("These cameras are ours, and what was entered is what the paper asks, no more"),
        )

    class RefusedFor(models.TextChoices):
        NO_GROUND = "no_ground", _("The paper names no legal ground")
        NOT_COMPETENT = "not_competent", _("Its author may not requisition, or did not sign")
        NOT_PRECISE = "not_precise", _("It names neither cameras nor minutes")
        NOT_OURS = "not_ours", _("These images are not ours")
        ANALYSIS = "analysis", _("It asks for an analysis of the images, which is for the OPJ alone")

    demand = models.CharField(_("what is asked"), max_length=10, choices=Demand, default=Demand.HAND_OVER)
    state = models.CharField(_("state"), max_length=14, choices=State, default=State.RECEIVED)
    reference = models.CharField(_("number given by the authority"), max_length=80)
    authority = models.CharField(_("authority"), max_length=120)
    unit = models.CharField(_("unit"), max_length=120, blank=True)
    opj_name = models.CharField(_("name of the OPJ or magistrate"), max_length=120, blank=True)
    opj_quality = models.CharField(_("quality"), max_length=120, blank=True)
    # Their account, where they have one: they then see the receipt.
    opj = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("OPJ"),
    )
    ground = models.CharField(_("legal ground"), max_length=12, choices=Ground)
    dated_on = models.DateField(_("date of the paper"))
    facts = models.TextField(_("facts"), max_length=1000, blank=True)
    incident = models.CharField(_("incident"), max_length=40, blank=True)
    exercise = models.BooleanField(_("exercise"), default=False)
    # The scanned paper: a name of ours, never the one it came with.
    paper = models.CharField(_("paper"), max_length=80, blank=True)
    paper_sha256 = models.CharField(_("SHA-256 of the paper"), max_length=64, blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    due_at = models.DateTimeField(_("destroyed from"), null=True, blank=True)
    # Of a hold: then it goes, with proof.
    kept_until = models.DateTimeField(_("kept until"), null=True, blank=True)
    checks = models.JSONField(_("checked"), default=list, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    refused_for = models.CharField(_("refused because"), max_length=14, choices=RefusedFor, blank=True)
    refused_words = models.CharField(_("in words"), max_length=300, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    recipient_name = models.CharField(_("name of who signs for it"), max_length=120, blank=True)
    recipient_quality = models.CharField(_("quality of who signs"), max_length=120, blank=True)
    medium = models.CharField(_("reference of the medium"), max_length=80, blank=True)

    objects = RequisitionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("requisition")
        verbose_name_plural = _("requisitions")
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by=None) | ~Q(checked_by=F("received_by")),
                name="evidence_requisition_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "handed_over", "released"]) | Q(checked_by__isnull=False),
                name="evidence_requisition_checked_first",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(refused_for=""), name="evidence_requisition_refused_why"
            ),
            models.CheckConstraint(
                condition=~Q(demand="keep") | Q(kept_until__isnull=False),
                name="evidence_hold_has_an_end",
            ),
            # One paper is one row: the same authority, number and day are not entered twice.
            models.UniqueConstraint(
                fields=["authority", "reference", "dated_on"],
                condition=~Q(state__in=["refused", "nothing_found"]),
                name="evidence_one_row_per_paper",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["received", "checked"]),
                name="evidence_requisition_queue",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"RQ-{self.pk or 0:06d}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.RECEIVED, self.State.CHECKED)

    @property
    def is_hold(self) -> bool:
        return self.demand == self.Demand.KEEP

    @property
    def lines(self) -> list[AskedMinutes]:
        """Read once where they were asked for with the row (`with_lines`), anew otherwise."""
        if "minutes" in getattr(self, "_prefetched_objects_cache", {}):
            return list(self.minutes.all())
        return list(self.minutes.with_all())

    @property
    def waiting_extension(self) -> HoldExtension | None:
        """The one paper that asks for a later end and is not read yet by a second person."""
        return next((one for one in self.extensions.all() if one.is_waiting), None)

    @property
    def is_sealed(self) -> bool:
        """All that was still there is copied out and sealed."""
        lines = [line for line in self.lines if line.due_at is not None]
        return bool(lines) and all(line.is_sealed for line in lines)
