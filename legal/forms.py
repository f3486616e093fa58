"""Forms of the registers of the law. What each may say is the action's business."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Habilitation
from legal.models import Breach, Experiment, ImpactAssessment, PrefectNotice, RecipientAgreement


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


class ExperimentForm(forms.ModelForm[Experiment]):
    class Meta:
        model = Experiment
        fields = [
            *("title", "purpose", "legal_basis", "authorisation", "perimeter", "personal_data"),
            *("starts_on", "ends_on"),
        ]
        widgets = {"starts_on": Day(), "ends_on": Day(), "purpose": Words(3), "personal_data": Words()}


class JudgeForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("judgement"),
        choices=[one for one in Experiment.Verdict.choices if one[0] != Experiment.Verdict.AWAITED],
    )
    words = forms.CharField(label=_("on what it stands"), max_length=4000, widget=Words(3))


class StopForm(forms.Form):
    on = forms.DateField(label=_("stopped on"), widget=Day(), initial=timezone.localdate)
    why = forms.CharField(label=_("why it was stopped"), max_length=300, widget=Words())


class DecideForm(forms.Form):
    result = forms.ChoiceField(
        label=_("result"),
        choices=[one for one in Experiment.Result.choices if one[0] != Experiment.Result.AWAITED],
    )
    words = forms.CharField(label=_("decision"), max_length=4000, widget=Words(3))


class Codes(SimpleArrayField):
    """Codes as somebody types them: with commas or spaces, in small letters too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(forms.CharField(max_length=20), required=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        said = value.replace(",", " ").split() if isinstance(value, str) else value or []
        return [str(one).strip().upper() for one in said]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(value or [])


class Agents(forms.ModelMultipleChoiceField[Habilitation]):
    """State agents with an act in force: the only ones a service has."""

    def __init__(self) -> None:
        super().__init__(
            label=_("agents designated"),
            queryset=Habilitation.objects.none(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    @classmethod
    def there_are(cls) -> QuerySet[Habilitation]:
        live = Habilitation.objects.live().filter(category=Habilitation.Category.STATE_AGENT)
        return live.select_related("user").order_by("user__username", "pk")

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.user.label} · {obj.authority}, {obj.act}"


class AgreementForm(forms.ModelForm[RecipientAgreement]):
    """What the act says."""

    sector_codes = Codes(label=_("sectors, by code"))
    camera_codes = Codes(label=_("cameras, by code"))
    agents = Agents()

    class Meta:
        model = RecipientAgreement
        fields = [
            *(
                "agency",
                "kind",
                "contact",
                "act",
                "authorisation",
                "starts_on",
                "ends_on",
                "live",
                "recorded",
            ),
            *("keep_days", "manner", "all_cameras", "sector_codes", "camera_codes", "agents", "document"),
        ]
        widgets = {"starts_on": Day(), "ends_on": Day()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_agents(self)


class DesignateForm(forms.Form):
    agents = Agents()
    document = forms.FileField(label=_("document"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_agents(self)


def _offer_agents(form: forms.BaseForm) -> None:
    field = form.fields["agents"]
    assert isinstance(field, Agents)
    field.queryset = Agents.there_are()


class EndForm(forms.Form):
    why = forms.CharField(label=_("why it ends before its day"), max_length=300, widget=Words())


class DestroyedForm(forms.Form):
    on = forms.DateField(label=_("destroyed there on"), widget=Day(), initial=timezone.localdate)
