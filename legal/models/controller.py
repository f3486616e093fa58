from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from accounts.models import User


class ControllerQuerySet(models.QuerySet["Controller"]):
    def visible_to(self, user: User) -> ControllerQuerySet:
        return self if user.may(Right.SEE_AUDIT) or user.may(Right.MANAGE_HABILITATIONS) else self.none()


class Controller(models.Model):
    """Who answers for the filming: the particulars every document and the public page carry (L-12, L-60).

    One row. Functions, not names: an office stays when a person leaves.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(
        _("controller"), max_length=160, blank=True, help_text=_("The public body, such as a commune.")
    )
    represented_by = models.CharField(
        _("represented by"), max_length=160, blank=True, help_text=_("A function, such as “the mayor”.")
    )
    address = models.TextField(_("postal address"), max_length=400, blank=True)
    rights_contact = models.TextField(
        _("where people exercise their rights"),
        max_length=400,
        blank=True,
        help_text=_("An office, its postal address and its e-mail address."),
    )
    dpo_contact = models.TextField(
        _("data protection officer"),
        max_length=400,
        blank=True,
        help_text=_("How to write to the officer; the name is not needed."),
    )
    prefecture = models.CharField(_("prefecture"), max_length=160, blank=True)
    panels_checked_on = models.DateField(
        _("panels last checked on"),
        null=True,
        blank=True,
        help_text=_("When somebody last walked round and saw that each panel is there and says all of this."),
    )
    exercise = models.BooleanField(
        _("exercise"), default=False, help_text=_("A demonstration city: documents and pages say so.")
    )
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = ControllerQuerySet.as_manager()

    # What the first level of information must tell (GDPR art. 13; circular of 20 March 2024).
    NEEDED = ("name", "represented_by", "address", "rights_contact", "dpo_contact", "prefecture")

    class Meta:
        verbose_name = _("particulars of the controller")
        verbose_name_plural = _("particulars of the controller")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="legal_one_controller")]

    def __str__(self) -> str:
        return self.name or "—"

    @classmethod
    def current(cls) -> Controller:
        """The row, or an empty one that is not saved."""
        return cls.objects.filter(pk=1).first() or cls()

    @property
    def missing(self) -> list[str | Promise]:
        """What nobody has filled in yet, by the name of the field."""
        return [
            cls_field.verbose_name for cls_field in self._needed() if not getattr(self, cls_field.attname)
        ]

    def panels_are_old(self, on: dt.date | None = None) -> bool:
        """Whether nobody has looked at the panels for a year."""
        today = on or timezone.localdate()
        return self.panels_checked_on is None or self.panels_checked_on < today - dt.timedelta(days=366)

    def _needed(self) -> list[models.Field[str, str]]:
        return [field for field in self._meta.concrete_fields if field.attname in self.NEEDED]
