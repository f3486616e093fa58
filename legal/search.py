"""What the data protection officer may ask of the log. It finds looks; it counts and ranks nobody (L-64)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legal.models import Consultation
from legal.models.consultation import ConsultationQuerySet

ANY = ("", _("any"))


class Day(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value


class Search(forms.Form):
    person = forms.CharField(label=_("Person"), max_length=100, required=False)
    camera = forms.CharField(label=_("Camera"), max_length=20, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=Day())
    until = forms.DateField(label=_("To"), required=False, widget=Day())
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[ANY, *Consultation.Kind.choices])
    reason = forms.ChoiceField(label=_("Reason"), required=False, choices=[ANY, *Consultation.Reason.choices])
    reference = forms.CharField(label=_("Reference"), max_length=80, required=False)
    without_incident = forms.BooleanField(label=_("Without incident only"), required=False)

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        since, until = asked.get("since"), asked.get("until")
        if since and until and since > until:
            raise forms.ValidationError(_("The period ends before it begins."))
        return asked

    def found(self, rows: ConsultationQuerySet) -> ConsultationQuerySet:
        asked = self.cleaned_data
        if name := asked["person"]:
            rows = rows.filter(Q(user_label__icontains=name) | Q(user__username__iexact=name))
        if camera := asked["camera"]:
            rows = rows.filter(camera_code__iexact=camera)
        if asked["since"]:
            rows = rows.filter(begun_at__gte=midnight(asked["since"]))
        if asked["until"]:
            rows = rows.filter(begun_at__lt=midnight(asked["until"] + dt.timedelta(days=1)))
        for exact in ("kind", "reason", "reference"):
            if asked[exact]:
                rows = rows.filter(**{exact: asked[exact]})
        return rows.without_incident() if asked["without_incident"] else rows


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
