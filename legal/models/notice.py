from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from legal.models.authorisation import PrefecturalAuthorisation

if TYPE_CHECKING:
    from accounts.models import User


class NoticeQuerySet(models.QuerySet["PrefectNotice"]):
    def visible_to(self, user: User) -> NoticeQuerySet:
        return self if user.may(Right.SEE_AUDIT) or user.may(Right.MANAGE_HABILITATIONS) else self.none()

    def sent(self) -> NoticeQuerySet:
        return self.exclude(sent_on=None)


class PrefectNotice(models.Model):
    """What the prefect is told of the system: entry into service, change, end (L-02).

    It holds the estate as told, so that the next one says what changed since. Once sent it stays as it is.
    """

    class Kind(models.TextChoices):
        ENTRY = "entry", _("Entry into service")
        CHANGE = "change", _("Change of the system")
        CEASE = "cease", _("End of the system")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    authorisation = models.ForeignKey(
        PrefecturalAuthorisation,
        models.PROTECT,
        related_name="notices",
        verbose_name=_("prefect's authorisation"),
    )
    effective_on = models.DateField(_("from"))
    words = models.TextField(_("remarks"), max_length=2000, blank=True)
    # {"C885": {"name":, "sector":, "lat":, "lon":, "azimuth":, "kind":, "purpose":, "state":}}
    estate: models.JSONField[dict[str, Any]] = models.JSONField(_("cameras as told"), default=dict)
    # {"added": [...], "moved": [...], "removed": [...]}, codes
    changes: models.JSONField[dict[str, Any]] = models.JSONField(_("changes told"), default=dict)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    sent_on = models.DateField(_("sent on"), null=True, blank=True)
    sent_how = models.CharField(_("how it was sent"), max_length=120, blank=True)
    exercise = models.BooleanField(_("exercise"), default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        verbose_name = _("notice to the prefect")
        verbose_name_plural = _("notices to the prefect")
        constraints = [
            # Race: two people write one notice. The second is told that a draft is there.
            models.UniqueConstraint(
                fields=["authorisation"], condition=Q(sent_on=None), name="legal_one_draft_of_a_notice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authorisation} · {self.get_kind_display()}"
