from __future__ import annotations

from django.contrib import admin

from accounts.desk import ReadOnly
from accounts.rights import Right
from detection.models import Signal, UseRecord


@admin.register(UseRecord)
class UseRecordAdmin(ReadOnly, admin.ModelAdmin[UseRecord]):
    read_by = (Right.SEE_AUDIT, Right.SET_DETECTION)
    list_display = [
        "at",
        "kind",
        "camera_code",
        "event_type",
        "zone",
        "by",
        "why",
        "authorisation",
        "exercise",
    ]
    list_filter = ["kind", "event_type", "exercise"]
    search_fields = ["=camera_code", "=authorisation"]
    list_select_related = ["by"]
    date_hierarchy = "at"


@admin.register(Signal)
class SignalAdmin(ReadOnly, admin.ModelAdmin[Signal]):
    """What software signalled and people answered: no picture, nobody (L-22)."""

    read_by = (Right.SEE_AUDIT,)
    list_display = ["raised_at", "camera", "event_type", "score", "folded", "state", "reason", "exercise"]
    list_filter = ["state", "event_type", "exercise"]
    search_fields = ["=camera__code"]
    list_select_related = ["camera"]
    exclude = ["key", "keys", "boxes", "measured"]
    readonly_fields = ["measured_words"]
    show_full_result_count = False
