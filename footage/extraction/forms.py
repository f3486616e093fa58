from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from footage.models import Extraction
from footage.replay.scope import recorded_for


class AskForm(forms.Form):
    """Which minutes, and why they may leave."""

    cameras = forms.MultipleChoiceField(label=_("Cameras"), widget=forms.SelectMultiple(attrs={"size": "8"}))
    since = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"})
    )
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"})
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=Extraction.Reason.choices)
    ground = forms.ChoiceField(label=_("Legal ground"), choices=Extraction.Ground.choices)
    reference = forms.CharField(label=_("Number of the case"), max_length=80)
    words = forms.CharField(
        label=_("In words"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": "2"})
    )

    blurred = forms.BooleanField(
        label=_("Also a blurred copy, in which nobody can be recognised but in the areas chosen"),
        required=False,
    )
    # Drawn on the page of recordings.
    sharp = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["cameras"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (camera.code, f"{camera.code} · {camera.name}") for camera in recorded_for(user).order_by("code")
        ]
