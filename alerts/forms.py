from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.models import Panel


class PanelForm(forms.ModelForm[Panel]):
    """A panel and, on its way in only, its key."""

    new_key = forms.CharField(
        label=gettext_lazy("new key"),
        required=False,
        help_text=gettext_lazy("32, 48 or 64 hexadecimal digits, as in the panel. It is not shown again."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": 70}),
    )
    no_key = forms.BooleanField(label=gettext_lazy("it speaks in clear"), required=False)

    class Meta:
        model = Panel
        fields = ("device", "account", "keeps_time", "reporting_time_s")

    def clean_account(self) -> str:
        return str(self.cleaned_data["account"]).upper()

    def clean_new_key(self) -> str:
        key = str(self.cleaned_data["new_key"]).replace(" ", "")
        if key and not re.fullmatch(r"(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})", key):
            raise forms.ValidationError(_("Give 32, 48 or 64 hexadecimal digits."))
        return key
