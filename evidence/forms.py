"""The lines of a paper as they are typed: cameras by code or around a place, and from when to when."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evidence.asking import FARTHEST_M, MOST_LINES, Wanted, around
from places.geometry import Point
from places.models import Address

_DEGREES = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
RADII = (50, 100, 200, 500)


class Moment(forms.DateTimeInput):
    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")


class LineForm(forms.Form):
    codes = forms.CharField(
        label=gettext_lazy("Cameras"),
        max_length=400,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": "C885, C886", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    place = forms.CharField(
        label=gettext_lazy("Or around a place"),
        max_length=120,
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("address, or latitude, longitude"), "autocomplete": "off"}
        ),
    )
    radius = forms.TypedChoiceField(
        label=gettext_lazy("Within"),
        coerce=int,
        choices=[(metres, f"{metres} m") for metres in RADII],
        initial=RADII[1],
        required=False,
    )
    since = forms.DateTimeField(label=gettext_lazy("From"), widget=Moment())
    until = forms.DateTimeField(label=gettext_lazy("Until"), widget=Moment())

    # Set when the codes were filled in from the place: somebody has to look at them first.
    found = False

    def clean_codes(self) -> list[str]:
        return [code.upper() for code in re.split(r"[\s,;]+", self.cleaned_data["codes"]) if code]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not said.get("codes") and said.get("place"):
            codes = around(_point(said["place"]), said["radius"] or FARTHEST_M)
            if not codes:
                raise ValidationError(_("No camera in service stands there."))
            self.data = {**self.data, self.add_prefix("codes"): ", ".join(codes)}
            self.found = True
        elif not said.get("codes"):
            raise ValidationError(_("Say which cameras, or a place."))
        return said

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        return Wanted(said["codes"], said["since"], said["until"])


def _point(text: str) -> Point:
    if degrees := _DEGREES.fullmatch(text):
        return Point(float(degrees[1]), float(degrees[2]))
    found = Address.objects.search(text, at_most=1)
    if not found:
        raise ValidationError(_("No such address is known: type its street, or latitude and longitude."))
    return Point(found[0].lat, found[0].lon)


def lines(data: Any, initial: list[dict[str, Any]]) -> list[LineForm]:
    """As many as were sent (`lines`), one more when that was asked for (`more`); else those to begin with."""
    if data is None:
        return [LineForm(initial=one, prefix=str(number)) for number, one in enumerate(initial or [{}])]
    try:
        count = int(data.get("lines", "1"))
    except ValueError:
        count = 1
    # A copy each: what is found around a place is filled in.
    sent = {name: data.get(name) for name in data}
    forms_ = [LineForm(sent, prefix=str(number)) for number in range(max(1, min(count, MOST_LINES)))]
    if "more" in data and len(forms_) < MOST_LINES:
        forms_.append(LineForm(prefix=str(len(forms_))))
    return forms_


def minutes_of(query: Any) -> list[dict[str, Any]]:
    """What another page (an incident, the recordings) has filled in: cameras, from, to."""
    codes = query.get("cameras", "")[:400]
    named = {"codes": codes.replace(",", ", "), "place": query.get("place", "")[:120]}
    times = {name: _local(query.get(key, "")) for name, key in (("since", "from"), ("until", "to"))}
    return [{name: value for name, value in (named | times).items() if value}]


def _local(text: str) -> Any:
    try:
        return forms.DateTimeField().to_python(text)
    except ValidationError:
        return None
