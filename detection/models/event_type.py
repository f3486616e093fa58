from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from detection.codes import EventCode, PlaceClass

if TYPE_CHECKING:
    from accounts.models import User


class EventTypeQuerySet(models.QuerySet["EventType"]):
    def visible_to(self, user: User) -> EventTypeQuerySet:
        seen = (Right.SET_DETECTION, Right.JUDGE_SIGNAL, Right.SEE_AUDIT, Right.MANAGE_HABILITATIONS)
        return self if any(user.may(right) for right in seen) else self.none()


class EventType(models.Model):
    """A kind of event the law names, where it may be authorised, and what is asked of it (law §1.2, L-27)."""

    code = models.CharField(_("code"), max_length=24, primary_key=True, choices=EventCode)
    legal_name_fr = models.CharField(_("legal name, French"), max_length=200)
    legal_name_en = models.CharField(_("legal name, English"), max_length=200)
    legal = models.BooleanField(_("one of the eight events of the law"), default=True)
    basis = models.CharField(_("legal basis"), max_length=300)
    review_on = models.DateField(_("look again at the texts on"))
    place_classes = ArrayField(
        models.CharField(max_length=16, choices=PlaceClass),
        default=list,
        verbose_name=_("may be authorised for"),
    )
    experimental = models.BooleanField(_("experimental"), default=True)
    known = models.CharField(_("what is known of it"), max_length=300, blank=True)
    floor = models.FloatField(
        _("least precision"),
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("A profile measured below it, once enough was judged, suspends itself (L-26)."),
    )
    judged_least = models.PositiveSmallIntegerField(
        _("judged at least"), default=20, help_text=_("Fewer confirmed and rejected signals decide nothing.")
    )
    parameters = models.JSONField(_("usual thresholds"), default=dict, blank=True)
    fold_s = models.PositiveIntegerField(
        _("one situation for (s)"),
        default=120,
        help_text=_("What is seen again within this time is the same situation: no second card."),
    )

    objects = EventTypeQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("type of event")
        verbose_name_plural = _("types of events")
        constraints = [
            models.CheckConstraint(
                condition=Q(floor__gte=0, floor__lte=1), name="detection_floor_is_a_share"
            ),
            # The city's own word is none of the law's events: never on a street, nor where the public goes.
            models.CheckConstraint(
                condition=Q(legal=True) | Q(place_classes__contained_by=["closed_site"]),
                name="detection_own_types_on_closed_sites_only",
            ),
        ]

    def __str__(self) -> str:
        return str(EventCode(self.code).label)

    @property
    def places(self) -> str:
        return ", ".join(str(PlaceClass(one).label) for one in self.place_classes)

    @property
    def legal_name(self) -> str:
        return self.legal_name_fr if (get_language() or "fr").startswith("fr") else self.legal_name_en
