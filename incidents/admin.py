from __future__ import annotations

from django.contrib import admin

from accounts.desk import ReadOnly
from accounts.rights import Right
from incidents.models import Incident, IncidentNote, JoinRule, Procedure


@admin.register(Procedure)
class ProcedureAdmin(admin.ModelAdmin[Procedure]):
    list_display = ["title", "nature", "site_kind"]


@admin.register(JoinRule)
class JoinRuleAdmin(admin.ModelAdmin[JoinRule]):
    list_display = ["nature", "minutes", "radius_m"]


class _Case(ReadOnly):
    """Incidents are worked in the room; here they are only read."""

    read_by = (Right.SEE_ROOM,)


class NoteInline(_Case, admin.TabularInline[IncidentNote, Incident]):
    model = IncidentNote
    extra = 0


@admin.register(Incident)
class IncidentAdmin(_Case, admin.ModelAdmin[Incident]):
    list_display = ["number", "title", "priority", "state", "opened_at", "closed_at", "outcome"]
    list_filter = ["state", "priority", "exercise"]
    search_fields = ["number", "title"]
    date_hierarchy = "opened_at"
    inlines = [NoteInline]
