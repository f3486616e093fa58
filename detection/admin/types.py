from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from detection.codes import PlaceClass
from detection.models import DetectorModel, EventType


class EventTypeForm(forms.ModelForm[EventType]):
    place_classes = forms.MultipleChoiceField(
        choices=PlaceClass, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = EventType
        exclude: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "place_classes" in self.fields:
            field = EventType._meta.get_field("place_classes")
            self.fields["place_classes"].label = field.verbose_name


@admin.register(EventType)
class EventTypeAdmin(admin.ModelAdmin[EventType]):
    """What the texts say of each type: changed here when they change. None is added, none goes."""

    form = EventTypeForm
    list_display = ["code", "legal_name_fr", "places", "experimental", "floor", "judged_least", "review_on"]
    readonly_fields = ["code", "legal"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: EventType | None = None) -> bool:
        return False


@admin.register(DetectorModel)
class DetectorAdmin(admin.ModelAdmin[DetectorModel]):
    list_display = ["name", "family", "file", "sha256", "licence", "recorded_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: DetectorModel | None = None) -> list[str]:
        # What was recorded is what was attested: another file is another detector.
        return ["name", "family", "sha256"] if obj else []
