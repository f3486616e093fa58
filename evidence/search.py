"""Finding a paper again: by its number, the authority's, a camera, when it came."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evidence.models import AccessRequest, AskedMinutes, HoldExtension, Requisition

_NUMBER = re.compile(r"(?:RQ|DA)-?0*(\d{1,9})", re.IGNORECASE)
ANY = ("", _("any"))


class Day(forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class Search(forms.Form):
    """Of access requests; those of requisitions say what was asked, too."""

    text = forms.CharField(label=_("Number, name or camera"), max_length=80, required=False)
    since = forms.DateField(label=_("Received from"), required=False, widget=Day())
    until = forms.DateField(label=_("To"), required=False, widget=Day())

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and since > until:
            raise forms.ValidationError(_("The period ends before it begins."))
        return asked

    @property
    def is_asked(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def found(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.cleaned_data
        if text := asked["text"].strip():
            rows = rows.filter(self._says(text))
        if asked["since"]:
            rows = rows.filter(received_at__gte=_midnight(asked["since"]))
        if asked["until"]:
            rows = rows.filter(received_at__lt=_midnight(asked["until"] + dt.timedelta(days=1)))
        return rows

    def _says(self, text: str) -> Q:
        if number := _NUMBER.fullmatch(text):
            return Q(pk=int(number[1]))
        known = AccessRequest.objects.remembered().filter(person__icontains=text)
        return Q(pk__in=known.order_by().values("pk")) | Q(pk__in=self._about(text, "access_request"))

    @staticmethod
    def _about(text: str, paper: str) -> QuerySet[Any, Any]:
        lines: QuerySet[Any, Any] = AskedMinutes.objects.filter(
            cameras__code__iexact=text, **{f"{paper}__isnull": False}
        )
        return lines.order_by().values(paper)


class RequisitionSearch(Search):
    text = forms.CharField(label=_("Number, authority, case or camera"), max_length=80, required=False)
    demand = forms.ChoiceField(
        label=_("What is asked"), required=False, choices=[ANY, *Requisition.Demand.choices]
    )

    def found(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = super().found(rows)
        asked = self.cleaned_data["demand"]
        return rows.filter(demand=asked) if asked else rows

    def _says(self, text: str) -> Q:
        if number := _NUMBER.fullmatch(text):
            return Q(pk=int(number[1]))
        longer = HoldExtension.objects.filter(Q(reference__icontains=text) | Q(authority__icontains=text))
        return (
            Q(reference__icontains=text)
            | Q(authority__icontains=text)
            | Q(unit__icontains=text)
            | Q(opj_name__icontains=text)
            | Q(incident__iexact=text)
            | Q(pk__in=self._about(text, "requisition"))
            | Q(pk__in=longer.order_by().values("requisition"))
        )


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
