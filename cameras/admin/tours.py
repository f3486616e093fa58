from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.desk import ReadOnly
from accounts.rights import Right
from cameras import reasons
from cameras.models import CameraLock, RoundStep, SteeringRule, TakeOver, Tour, TourHours, TourRound, TourStop

DAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class HoursForm(forms.ModelForm[TourHours]):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("days"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = TourHours
        fields = ["weekdays", "starts", "ends", "every_min"]


class StopInline(admin.TabularInline[TourStop, Tour]):
    model = TourStop
    fields = ["number", "camera", "preset", "dwell_s"]
    autocomplete_fields = ["camera", "preset"]
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Cameras and presets are chosen here; they are made and changed on their own pages."""
        formset = super().get_formset(request, obj, **kwargs)
        for name in ("camera", "preset"):
            widget = formset.form.base_fields[name].widget
            for act in ("add", "change", "delete", "view"):
                setattr(widget, f"can_{act}_related", False)
        return formset


class HoursInline(admin.TabularInline[TourHours, Tour]):
    model = TourHours
    form = HoursForm
    extra = 0


@admin.register(Tour)
class TourAdmin(admin.ModelAdmin[Tour]):
    list_display = ["name", "sector", "purpose", "enabled"]
    list_filter = ["enabled", "sector"]
    list_select_related = ["sector"]
    search_fields = ["name", "purpose"]
    inlines = [StopInline, HoursInline]


class StepInline(admin.TabularInline[RoundStep, TourRound]):
    model = RoundStep
    fields = ["number", "camera", "state", "at", "left_at", "reason", "consultation_id", "tagged_at"]
    readonly_fields = ["number", "camera", "state", "at", "left_at", "reason", "consultation_id", "tagged_at"]
    extra = 0
    can_delete = False

    @admin.display(description=_("why"))
    def reason(self, step: RoundStep) -> str:
        return reasons.text(step.why) if step.why else ""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(TourRound)
class TourRoundAdmin(ReadOnly, admin.ModelAdmin[TourRound]):
    read_by = (Right.SEE_ROOM, Right.MANAGE_ESTATE)
    list_display = ["planned_at", "tour", "state", "label", "started_at", "ended_at"]
    list_filter = ["state", "tour", "by_plan"]
    list_select_related = ["tour"]
    inlines = [StepInline]
    date_hierarchy = "planned_at"


@admin.register(CameraLock)
class CameraLockAdmin(ReadOnly, admin.ModelAdmin[CameraLock]):
    read_by = (Right.SEE_ROOM, Right.MANAGE_ESTATE)
    list_display = ["camera", "priority", "label", "cause", "taken_at", "until"]
    list_filter = ["priority"]
    list_select_related = ["camera"]
    search_fields = ["camera__code", "label", "cause"]


@admin.register(TakeOver)
class TakeOverAdmin(ReadOnly, admin.ModelAdmin[TakeOver]):
    read_by = (Right.SEE_ROOM, Right.MANAGE_ESTATE)
    list_display = ["asked_at", "camera", "label", "answer", "answered_at"]
    list_filter = ["answer"]
    list_select_related = ["camera"]


@admin.register(SteeringRule)
class SteeringRuleAdmin(admin.ModelAdmin[SteeringRule]):
    list_display = ["__str__", "lease_s", "answer_s"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not SteeringRule.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
