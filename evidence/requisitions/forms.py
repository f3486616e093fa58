from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from evidence.forms import Moment
from evidence.models import Requisition
from evidence.papers import LARGEST
from evidence.search import Day


class People(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.label


class RequisitionForm(forms.Form):
    """What stands on the paper."""

    demand = forms.ChoiceField(label=_("What is asked"), choices=Requisition.Demand.choices)
    ground = forms.ChoiceField(label=_("Legal ground"), choices=Requisition.Ground.choices)
    reference = forms.CharField(label=_("Number given by the authority"), max_length=80)
    dated_on = forms.DateField(label=_("Date of the paper"), widget=Day(), initial=timezone.localdate)
    authority = forms.CharField(label=_("Authority"), max_length=120)
    unit = forms.CharField(label=_("Unit"), max_length=120, required=False)
    opj_name = forms.CharField(label=_("Name of the OPJ or magistrate"), max_length=120, required=False)
    opj_quality = forms.CharField(label=_("Quality"), max_length=120, required=False)
    opj = People(label=_("Their account, if they have one"), queryset=User.objects.none(), required=False)
    incident = forms.CharField(label=_("Incident"), max_length=40, required=False)
    kept_until = forms.DateTimeField(label=_("Kept until (of a hold)"), widget=Moment(), required=False)
    facts = forms.CharField(
        label=_("Facts"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": "2"})
    )
    paper = forms.FileField(
        label=_("The scanned paper (PDF, 20 MB at most)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )
    answered_with_nothing = forms.BooleanField(
        label=_("All of its minutes are destroyed: enter it as answered with nothing"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["opj"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(groups__name=Role.OPJ, is_active=True).order_by("username")

    def clean_paper(self) -> Any:
        return _small_enough(self.cleaned_data["paper"])


class ExtensionForm(forms.Form):
    """What stands on the paper that asks to keep longer what a hold keeps."""

    reference = forms.CharField(label=_("Number given by the authority"), max_length=80)
    dated_on = forms.DateField(label=_("Date of the paper"), widget=Day())
    authority = forms.CharField(label=_("Authority"), max_length=120)
    author = forms.CharField(label=_("Name and quality of who signed"), max_length=200, required=False)
    ground = forms.ChoiceField(label=_("Legal ground"), choices=Requisition.Ground.choices)
    kept_until = forms.DateTimeField(label=_("Kept until"), widget=Moment())
    paper = forms.FileField(
        label=_("The scanned paper (PDF, 20 MB at most)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    def clean_paper(self) -> Any:
        return _small_enough(self.cleaned_data["paper"]) or None


def _small_enough(paper: Any) -> Any:
    if paper and paper.size > LARGEST:
        raise forms.ValidationError(_("The paper is larger than 20 MB."))
    return paper
