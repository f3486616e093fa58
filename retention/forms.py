from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from retention.models import Destruction, Limit

LONGEST_SEARCH_DAYS = 366


class Day(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value


class LimitForm(forms.ModelForm[Limit]):
    class Meta:
        model = Limit
        fields = ["days", "source", "review_on"]
        widgets = {"review_on": Day()}


class RegisterSearch(forms.Form):
    """One day of all cameras, or a longer time of one."""

    since = forms.DateField(label=_("From"), widget=Day())
    until = forms.DateField(label=_("To"), widget=Day())
    camera = forms.CharField(label=_("Camera"), max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until:
            if since > until:
                raise forms.ValidationError(_("The period ends before it begins."))
            if since != until and not asked.get("camera"):
                raise forms.ValidationError(_("Name a camera to see more than one day."))
            if (until - since).days > LONGEST_SEARCH_DAYS:
                raise forms.ValidationError(_("One year at most."))
        return asked

    @classmethod
    def yesterday(cls) -> dict[str, Any]:
        day = timezone.now().date() - dt.timedelta(days=1)
        return {"since": day, "until": day}


class DestructionSearch(forms.Form):
    what = forms.CharField(label=_("What"), max_length=80, required=False)
    cause = forms.ChoiceField(
        label=_("Why"), required=False, choices=[("", _("any")), *Destruction.Cause.choices]
    )
    since = forms.DateField(label=_("From"), required=False, widget=Day())
    until = forms.DateField(label=_("To"), required=False, widget=Day())

    def found(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["what"]:
            rows = rows.filter(what__icontains=asked["what"])
        if asked["cause"]:
            rows = rows.filter(cause=asked["cause"])
        if asked["since"]:
            rows = rows.filter(begun_at__gte=_midnight(asked["since"]))
        if asked["until"]:
            rows = rows.filter(begun_at__lt=_midnight(asked["until"] + dt.timedelta(days=1)))
        return rows


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
