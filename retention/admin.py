"""Read here, set on the page of limits: there the law and the orders answer in words."""

from __future__ import annotations

from django.contrib import admin

from accounts.desk import ReadOnly
from accounts.rights import Right
from retention.models import DestroyedDay, Destruction, Limit, Run

READERS = (Right.SEE_AUDIT, Right.MANAGE_HABILITATIONS)


@admin.register(Limit)
class LimitAdmin(ReadOnly, admin.ModelAdmin[Limit]):
    read_by = READERS
    list_display = ["what", "family", "days", "source", "review_on", "set_at"]
    list_filter = ["family"]


@admin.register(Run)
class RunAdmin(ReadOnly, admin.ModelAdmin[Run]):
    read_by = READERS
    list_display = ["id", "kind", "began_at", "ended_at", "rows", "files", "bytes", "node"]
    list_filter = ["kind"]
    show_full_result_count = False


@admin.register(Destruction)
class DestructionAdmin(ReadOnly, admin.ModelAdmin[Destruction]):
    read_by = READERS
    list_display = ["id", "begun_at", "what", "scope", "cause", "items", "files", "finished_at"]
    list_filter = ["cause"]
    show_full_result_count = False


@admin.register(DestroyedDay)
class DestroyedDayAdmin(ReadOnly, admin.ModelAdmin[DestroyedDay]):
    read_by = (Right.SEE_AUDIT,)
    list_display = ["day", "subject", "items", "bytes", "early", "destroyed_at"]
    search_fields = ["=subject"]
    show_full_result_count = False
