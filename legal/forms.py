"""Forms of the registers of the law. What each may say is the action's business."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from legal.models import Breach, ImpactAssessment, PrefectNotice


class Day(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def format_value(self, value: Any) -> Any:
        # A form gives the centre's own time, without a zone.
        return f"{value:%Y-%m-%dT%H:%M}" if isinstance(value, dt.datetime) else value


class Words(forms.Textarea):
    def __init__(self, rows: int = 2) -> None:
        super().__init__(attrs={"rows": rows})


class BreachForm(forms.ModelForm[Breach]):
    """What is known of a breach. `said` is what is written down as the step."""

    natures = forms.MultipleChoiceField(
        label=_("nature"), choices=Breach.Nature.choices, widget=forms.CheckboxSelectMultiple
    )
    said = forms.CharField(
        label=_("what was done or learnt"), max_length=4000, widget=Words(), required=False
    )

    class Meta:
        model = Breach
        fields = [
            *("aware_at", "natures", "what", "began_at", "ended_at", "people", "people_about", "data"),
            *("records_about", "consequences", "measures", "risk"),
        ]
        widgets = {
            "aware_at": Moment(),
            "began_at": Moment(),
            "ended_at": Moment(),
            "what": Words(3),
            "people": Words(),
            "data": Words(),
            "consequences": Words(),
            "measures": Words(),
        }

    def told(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given.pop("said", None)
        given.pop("aware_at", None)
        return given


class MoreForm(BreachForm):
    """What was learnt since; when the centre knew does not change."""

    class Meta(BreachForm.Meta):
        fields = [name for name in BreachForm.Meta.fields if name != "aware_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said"].required = True


class NotifyForm(forms.Form):
    at = forms.DateTimeField(label=_("notified to the CNIL at"), widget=Moment())
    reference = forms.CharField(label=_("reference of the CNIL"), max_length=60, required=False)
    why_late = forms.CharField(
        label=_("reasons for the delay"),
        max_length=1000,
        required=False,
        widget=Words(),
        help_text=_("After 72 hours only."),
    )


class WhyForm(forms.Form):
    words = forms.CharField(label=_("why"), max_length=4000, widget=Words())


class PeopleForm(forms.Form):
    at = forms.DateTimeField(label=_("people told at"), widget=Moment(), required=False)
    why_not = forms.CharField(
        label=_("why people were not told"), max_length=1000, required=False, widget=Words()
    )


class NoticeForm(forms.Form):
    authorisation = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("kind"), choices=PrefectNotice.Kind.choices)
    effective_on = forms.DateField(label=_("from"), widget=Day())
    words = forms.CharField(label=_("remarks"), max_length=2000, required=False, widget=Words())


class SentForm(forms.Form):
    sent_on = forms.DateField(label=_("sent on"), widget=Day())
    how = forms.CharField(label=_("how it was sent"), max_length=120)


class AssessmentForm(forms.Form):
    words = forms.CharField(label=_("conclusion"), max_length=4000, widget=Words(4))


class OpinionForm(forms.Form):
    opinion = forms.ChoiceField(
        label=_("opinion of the data protection officer"),
        choices=[
            one for one in ImpactAssessment.Opinion.choices if one[0] != ImpactAssessment.Opinion.AWAITED
        ],
    )
    words = forms.CharField(
        label=_("what the officer says"), max_length=4000, required=False, widget=Words(4)
    )
