from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.desk import ReadOnly, Spoken, acting
from accounts.rights import Right
from cameras.models import Camera
from footage.actions import set_source
from footage.masking.admin import PrivacyMaskAdmin
from footage.models import Segment, Source

__all__ = ["PrivacyMaskAdmin"]


class SourceForm(forms.ModelForm[Source]):
    """User and password go in and never come out again: the page does not know them."""

    user = forms.CharField(label=_("user name"), required=False, max_length=100)
    password = forms.CharField(
        label=_("password"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("Left empty with the user name, those there are stay."),
    )

    class Meta:
        model = Source
        fields = ["camera", "kind", "url", "sub_url", "audio_allowed", "enabled"]


@admin.register(Source)
class SourceAdmin(Spoken[Source]):
    form = SourceForm
    list_display = ["camera", "kind", "enabled", "has_credentials", "clock_offset_ms", "clock_measured_at"]
    list_filter = ["kind", "enabled"]
    list_select_related = ["camera"]
    search_fields = ["camera__code", "camera__name"]
    raw_id_fields = ["camera"]
    readonly_fields = ["clock_offset_ms", "clock_measured_at", "changed_at"]

    @admin.display(boolean=True, description=_("password kept"))
    def has_credentials(self, source: Source) -> bool:
        return bool(source.sealed_credentials)

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        told = form.cleaned_data
        set_source(
            camera=Camera.objects.get(pk=obj.camera_id),
            kind=obj.kind,
            url=obj.url,
            sub_url=obj.sub_url,
            user=told["user"] or None,
            password=told["password"],
            audio_allowed=obj.audio_allowed,
            enabled=obj.enabled,
            actor=acting(request, Right.MANAGE_ESTATE),
        )


@admin.register(Segment)
class SegmentAdmin(ReadOnly, admin.ModelAdmin[Segment]):
    read_by = (Right.MANAGE_ESTATE, Right.SEE_AUDIT)
    list_display = ["camera", "started_at", "ended_at", "seconds", "bytes", "state"]
    list_filter = ["state"]
    list_select_related = ["camera"]
    search_fields = ["camera__code"]
    show_full_result_count = False
