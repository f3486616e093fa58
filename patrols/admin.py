from __future__ import annotations

from django.contrib import admin

from patrols.models import Unit


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin[Unit]):
    list_display = ["call_sign", "kind", "crew_size", "exercise"]
    list_filter = ["kind", "exercise"]
    search_fields = ["call_sign"]
