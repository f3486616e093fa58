from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from accounts.models import User


class ChainHeadQuerySet(models.QuerySet["ChainHead"]):
    def visible_to(self, user: User) -> ChainHeadQuerySet:
        return self if user.may(Right.SEE_AUDIT) else self.none()

    def latest_of(self, chain: str) -> ChainHead | None:
        return self.filter(chain=chain).order_by("-last_id").first()


class ChainHead(models.Model):
    """Where a chain stood at one moment, signed with a key the database does not hold.

    Who rewrites the log, even as owner of the database, cannot make a head for it; a head kept elsewhere
    (each is told to the process log and to a file beside the key) shows what was cut off the end.
    """

    chain = models.CharField(_("chain"), max_length=16)
    day = models.DateField(_("day"))
    at = models.DateTimeField(_("signed at"), default=timezone.now)
    last_id = models.BigIntegerField(_("last row"))
    hash = models.CharField(_("hash of the last row"), max_length=64)
    count = models.PositiveBigIntegerField(_("rows since the head before"))
    previous = models.CharField(_("digest of the head before"), max_length=64, blank=True)
    key = models.CharField(_("key"), max_length=16)
    signature = models.CharField(_("signature (Ed25519)"), max_length=128)

    objects = ChainHeadQuerySet.as_manager()

    class Meta:
        ordering = ["chain", "last_id"]
        verbose_name = _("signed head of the log")
        verbose_name_plural = _("signed heads of the log")
        constraints = [models.UniqueConstraint(fields=["chain", "last_id"], name="legal_one_head_per_row")]

    def __str__(self) -> str:
        return f"{self.chain} {self.last_id} · {self.day}"


class HeadStamp(models.Model):
    """An RFC 3161 time-stamp of a head: an authority outside says that it existed by then."""

    head = models.OneToOneField(
        ChainHead, models.PROTECT, primary_key=True, related_name="stamp", verbose_name=_("head")
    )
    at = models.DateTimeField(_("stamped at"), default=timezone.now)
    authority = models.CharField(_("authority"), max_length=200)
    token = models.BinaryField(_("time-stamp (RFC 3161)"))

    class Meta:
        verbose_name = _("time-stamp of a head")
        verbose_name_plural = _("time-stamps of heads")

    def __str__(self) -> str:
        return f"{self.head_id} {self.at:%Y-%m-%d %H:%M}"
