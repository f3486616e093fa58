from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.admin import acting
from accounts.rights import Right
from cameras import reasons
from cameras.actions import save_preset
from cameras.models import Preset, SteeringOrder
from doors.problems import Refused


@admin.register(Preset)
class PresetAdmin(admin.ModelAdmin[Preset]):
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

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            messages.error(
                request, " ".join(filter(None, (refused.title, refused.detail, refused.what_to_do)))
            )
            return redirect(request.path)


@admin.register(SteeringOrder)
class SteeringOrderAdmin(admin.ModelAdmin[SteeringOrder]):
    """What cameras were ordered and why, to be read."""

    list_display = ["ordered_at", "cause", "rank", "camera", "reason", "state", "done_at"]
    list_filter = ["state", "priority"]
    list_select_related = ["camera"]
    search_fields = ["cause", "camera__code"]
    ordering = ["-ordered_at", "rank"]

    @admin.display(description=_("why"))
    def reason(self, order: SteeringOrder) -> str:
        return reasons.text(order.why)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SteeringOrder | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SteeringOrder | None = None) -> bool:
        return False
