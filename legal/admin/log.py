"""The log of consultations in the administration: only read, and only by who reads the audit trail."""

from __future__ import annotations

from django.contrib import admin

from accounts.desk import ReadOnly
from accounts.rights import Right
from legal.models import ChainHead, Consultation, ConsultationEnd, LogReading


class _Log(ReadOnly):
    """Written by looking; here it is only read, and only by who reads the audit trail."""

    read_by = (Right.SEE_AUDIT,)


class EndInline(_Log, admin.TabularInline[ConsultationEnd, Consultation]):
    model = ConsultationEnd
    extra = 0
    fields = ["at", "seconds", "how", "why"]


@admin.register(Consultation)
class ConsultationAdmin(_Log, admin.ModelAdmin[Consultation]):
    list_display = ["id", "begun_at", "user_label", "camera_code", "kind", "reason", "reference"]
    list_filter = ["kind", "reason", "exercise"]
    search_fields = ["=camera_code", "user_label", "=reference"]
    date_hierarchy = "begun_at"
    ordering = ["-id"]
    show_full_result_count = False
    inlines = [EndInline]


@admin.register(ChainHead)
class ChainHeadAdmin(_Log, admin.ModelAdmin[ChainHead]):
    list_display = ["chain", "day", "at", "last_id", "count", "key"]
    list_filter = ["chain"]
    ordering = ["-at"]


@admin.register(LogReading)
class LogReadingAdmin(_Log, admin.ModelAdmin[LogReading]):
    list_display = ["at", "rows", "heads", "seconds", "wrong"]
    ordering = ["-pk"]
