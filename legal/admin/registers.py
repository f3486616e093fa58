"""The controller's particulars are written here; the other registers have their pages and are only read here."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.desk import ReadOnly
from accounts.rights import Right
from legal.admin.gates import may
from legal.models import (
    Breach,
    BreachStep,
    Controller,
    Experiment,
    ImpactAssessment,
    PrefectNotice,
    RecipientAgreement,
)

READERS = (Right.SEE_AUDIT, Right.MANAGE_HABILITATIONS)


class _Kept:
    """Written by who has the right, read by who checks, and never removed: retention does that."""

    kept_by: Right

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, self.kept_by, *READERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.kept_by)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, self.kept_by)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Controller)
class ControllerAdmin(_Kept, admin.ModelAdmin[Controller]):
    """One row: the list goes straight to it."""

    kept_by = Right.MANAGE_HABILITATIONS
    fields = [
        *("name", "represented_by", "address", "rights_contact", "dpo_contact", "prefecture"),
        *("panels_checked_on", "exercise"),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Controller.objects.exists()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if Controller.objects.exists():
            return redirect("admin:legal_controller_change", 1)
        if self.has_add_permission(request):
            return redirect("admin:legal_controller_add")
        return super().changelist_view(request, extra_context)


class _Read(ReadOnly):
    read_by = READERS


@admin.register(Experiment)
class ExperimentAdmin(_Read, admin.ModelAdmin[Experiment]):
    list_display = ["title", "starts_on", "ends_on", "stopped_on", "result"]
    list_filter = ["result", "exercise"]
    search_fields = ["title", "legal_basis"]


@admin.register(RecipientAgreement)
class RecipientAgreementAdmin(_Read, admin.ModelAdmin[RecipientAgreement]):
    list_display = ["agency", "act", "kind", "starts_on", "ends_on", "ended_on"]
    list_filter = ["kind", "exercise"]


@admin.register(ImpactAssessment)
class ImpactAssessmentAdmin(_Read, admin.ModelAdmin[ImpactAssessment]):
    list_display = ["authorisation", "version", "made_on", "opinion", "opinion_on"]
    list_filter = ["opinion"]


@admin.register(PrefectNotice)
class PrefectNoticeAdmin(_Read, admin.ModelAdmin[PrefectNotice]):
    list_display = ["authorisation", "kind", "effective_on", "made_at", "sent_on"]
    list_filter = ["kind"]


class StepInline(_Read, admin.TabularInline[BreachStep, Breach]):
    model = BreachStep
    extra = 0
    read_by = (Right.SEE_AUDIT, Right.KEEP_REGISTERS)


@admin.register(Breach)
class BreachAdmin(_Read, admin.ModelAdmin[Breach]):
    read_by = (Right.SEE_AUDIT, Right.KEEP_REGISTERS)
    list_display = ["number", "state", "aware_at", "risk", "notified_at", "closed_at"]
    list_filter = ["state", "risk"]
    inlines = [StepInline]
