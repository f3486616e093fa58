from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.desk import ReadOnly
from accounts.rights import Right
from cameras import reasons
from cameras.models import SteeringOrder


@admin.register(SteeringOrder)
class SteeringOrderAdmin(ReadOnly, admin.ModelAdmin[SteeringOrder]):
    """What cameras were ordered and why, to be read."""

    read_by = (Right.SEE_ROOM, Right.MANAGE_ESTATE)
    list_display = ["ordered_at", "cause", "rank", "camera", "reason", "state", "done_at", "result"]
    list_filter = ["state", "priority"]
    list_select_related = ["camera"]
    search_fields = ["cause", "camera__code"]
    ordering = ["-ordered_at", "rank"]

    @admin.display(description=_("why"))
    def reason(self, order: SteeringOrder) -> str:
        return reasons.text(order.why)
