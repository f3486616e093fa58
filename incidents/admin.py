from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from incidents.models import Incident, IncidentNote, JoinRule, Procedure


@admin.register(Procedure)
class ProcedureAdmin(admin.ModelAdmin[Procedure]):
    list_display = ["title", "nature", "site_kind"]


@admin.register(JoinRule)
class JoinRuleAdmin(admin.ModelAdmin[JoinRule]):
    list_display = ["nature", "minutes", "radius_m"]


class _ReadOnly:
    """Incidents are worked in the room; here they are only read."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class NoteInline(_ReadOnly, admin.TabularInline[IncidentNote, Incident]):
    model = IncidentNote
    extra = 0


@admin.register(Incident)
class IncidentAdmin(_ReadOnly, admin.ModelAdmin[Incident]):
    list_display = ["number", "title", "priority", "state", "opened_at", "closed_at", "outcome"]
    list_filter = ["state", "priority", "exercise"]
    search_fields = ["number", "title"]
    date_hierarchy = "opened_at"
    inlines = [NoteInline]
