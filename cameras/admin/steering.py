from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.desk import ReadOnly, Spoken, acting
from accounts.rights import Right
from cameras import reasons
from cameras.actions import save_preset
from cameras.models import Preset, SteeringOrder


@admin.register(Preset)
class PresetAdmin(Spoken[Preset]):
    list_display = ["camera", "number", "name", "site_codes", "mask_checked_on"]
    list_select_related = ["camera"]
    search_fields = ["name", "camera__code", "site_codes"]
    raw_id_fields = ["camera"]

    def get_readonly_fields(self, request: HttpRequest, obj: Preset | None = None) -> list[str]:
        """A preset stays the camera's and keeps its number; another one is another preset."""
        return ["camera", "number"] if obj else []

    def save_model(self, request: HttpRequest, obj: Preset, form: Any, change: bool) -> None:
        given = {name: value for name, value in form.cleaned_data.items() if name not in ("camera", "number")}
        actor = acting(request, Right.MANAGE_ESTATE)
        saved = save_preset(camera=obj.camera, number=obj.number, actor=actor, **given)
        obj.__dict__.update(saved.__dict__)


@admin.register(SteeringOrder)
class SteeringOrderAdmin(ReadOnly, admin.ModelAdmin[SteeringOrder]):
    """What cameras were ordered and why, to be read."""

    read_by = (Right.SEE_ROOM, Right.MANAGE_ESTATE)
    list_display = ["ordered_at", "cause", "rank", "camera", "reason", "state", "done_at"]
    list_filter = ["state", "priority"]
    list_select_related = ["camera"]
    search_fields = ["cause", "camera__code"]
    ordering = ["-ordered_at", "rank"]

    @admin.display(description=_("why"))
    def reason(self, order: SteeringOrder) -> str:
        return reasons.text(order.why)
