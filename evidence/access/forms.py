from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AccessForm(forms.Form):
    """What the person said. No copy of a paper of identity is taken."""

    person = forms.CharField(label=_("Name of the person"), max_length=120)
    contact = forms.CharField(
        label=_("Where the answer goes"), max_length=300, widget=forms.Textarea(attrs={"rows": "2"})
    )
    described = forms.CharField(
        label=_("How to find them in the images (clothes, what they did)"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    answered_with_nothing = forms.BooleanField(
        label=_("All of these minutes are destroyed: enter it as answered with nothing"), required=False
    )
