from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera

if TYPE_CHECKING:
    from accounts.models import User


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def visible_to(self, user: User) -> WorkOrderQuerySet:
        """The room knows which camera to doubt; who mends it and who leads sees it too."""
        rights = (Right.SEE_ROOM, Right.MANAGE_ESTATE, Right.SEE_OPERATIONS)
        return self if any(user.may(right) for right in rights) else self.none()

    def live(self) -> WorkOrderQuerySet:
        """Somebody has still to do something."""
        return self.filter(state__in=WorkOrder.LIVE)

    def worst_first(self) -> WorkOrderQuerySet:
        severity = Case(
            *(When(kind=kind, then=Value(int(grave))) for kind, grave in SEVERITY.items()),
            output_field=models.PositiveSmallIntegerField(),
        )
        return self.annotate(grave=severity).order_by("grave", "since", "pk")


class WorkOrder(models.Model):
    """One fault of one camera, measured by the centre, until it is mended: figures and words, never a picture."""

    class Kind(models.TextChoices):
        OFFLINE = "offline", _("No pictures")
        GAPS = "gaps", _("Not recorded")
        COVERED = "covered", _("Covered")
        DARK = "dark", _("Dark")
        FROZEN = "frozen", _("Frozen")
        MOVED = "moved", _("Turned away")
        BLURRED = "blurred", _("Blurred")
        UNSTABLE = "unstable", _("Unstable")
        CLOCK = "clock", _("Clock wrong")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ASSIGNED = "assigned", _("assigned")
        MENDED = "mended", _("mended")
        NOT_A_FAULT = "not_a_fault", _("not a fault")
        GOOD_AGAIN = "good_again", _("good again by itself")

    class Severity(models.IntegerChoices):
        BLIND = 1, _("sees nothing")
        DOUBTFUL = 2, _("do not trust it")
        MINOR = 3, _("to be looked at")

    LIVE = (State.OPEN, State.ASSIGNED)

    camera = models.ForeignKey(
        Camera, models.PROTECT, related_name="work_orders", verbose_name=_("camera"), db_index=False
    )
    kind = models.CharField(_("fault"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    since = models.DateTimeField(_("since"), default=timezone.now)
    # What was measured when it was opened, or opened again: figures by name.
    evidence = models.JSONField(_("what was measured"), default=dict)
    # Whether the last measurement still says so. One that is not a fault stays shut until this was false once.
    standing = models.BooleanField(_("still measured"), default=True)
    times = models.PositiveSmallIntegerField(_("times"), default=1)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    words = models.CharField(_("in words"), max_length=300, blank=True)
    # Seconds it stood in all, over all the times it was open: the mean of it is the time of repair.
    stood_s = models.FloatField(_("seconds it stood"), default=0)
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        indexes = [
            models.Index(fields=["camera", "kind", "-closed_at"], name="footage_work_order_last"),
            models.Index(
                fields=["kind"], condition=Q(state__in=["open", "assigned"]), name="footage_work_order_live"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "kind"],
                condition=Q(state__in=["open", "assigned"]),
                name="footage_one_order_per_fault",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "assigned"], closed_at=None)
                | Q(state__in=["mended", "not_a_fault", "good_again"], closed_at__isnull=False),
                name="footage_work_order_closed_or_not",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"OT-{self.pk or 0:06d}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    @property
    def severity(self) -> Severity:
        return SEVERITY[self.kind]

    @property
    def lasts(self) -> dt.timedelta:
        """Since it was seen until now, or until it was closed."""
        return (self.closed_at or timezone.now()) - self.since


SEVERITY: dict[str, WorkOrder.Severity] = {
    WorkOrder.Kind.OFFLINE: WorkOrder.Severity.BLIND,
    WorkOrder.Kind.COVERED: WorkOrder.Severity.BLIND,
    WorkOrder.Kind.DARK: WorkOrder.Severity.BLIND,
    WorkOrder.Kind.FROZEN: WorkOrder.Severity.BLIND,
    WorkOrder.Kind.GAPS: WorkOrder.Severity.DOUBTFUL,
    WorkOrder.Kind.MOVED: WorkOrder.Severity.DOUBTFUL,
    WorkOrder.Kind.BLURRED: WorkOrder.Severity.DOUBTFUL,
    WorkOrder.Kind.UNSTABLE: WorkOrder.Severity.DOUBTFUL,
    WorkOrder.Kind.CLOCK: WorkOrder.Severity.MINOR,
}
