from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.desk import ReadOnly
from accounts.models import User
from accounts.rights import Right
from legal.models import ChainHead, Consultation, ConsultationEnd, PrefecturalAuthorisation


def _may(request: HttpRequest, *rights: Right) -> bool:
    user = request.user
    return isinstance(user, User) and any(user.may(right) for right in rights)


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


@admin.register(PrefecturalAuthorisation)
class PrefecturalAuthorisationAdmin(admin.ModelAdmin[PrefecturalAuthorisation]):
    """Kept by who keeps the acts that name people; read by who manages the estate and by who checks."""

    list_display = ["number", "signed_on", "expires_on", "ending", "max_retention_days", "all_cameras"]
    search_fields = ["number"]
    readonly_fields = ["show_document"]
    fieldsets = [
        (None, {"fields": ["number", "signed_on", "expires_on", "purposes", "document", "show_document"]}),
        (gettext_lazy("Which cameras"), {"fields": ["all_cameras", "sector_codes", "camera_codes"]}),
        (gettext_lazy("Limits"), {"fields": ["max_retention_days", "recipients"]}),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may(request, Right.MANAGE_HABILITATIONS, Right.MANAGE_ESTATE, Right.SEE_AUDIT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may(request, Right.MANAGE_HABILITATIONS)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may(request, Right.MANAGE_HABILITATIONS)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # looks were opened under it: it is kept, and ends

    @admin.display(description=gettext_lazy("ends within"))
    def ending(self, authorisation: PrefecturalAuthorisation) -> str:
        today = timezone.localdate()
        if authorisation.expires_on < today:
            return _("has ended")
        months = authorisation.warning(today)
        return _("%(months)s months") % {"months": months} if months else "—"

    @admin.display(description=gettext_lazy("document as stored"))
    def show_document(self, authorisation: PrefecturalAuthorisation) -> str:
        if not authorisation.document:
            return "—"
        link = reverse("legal:document", args=[authorisation.pk])
        return format_html('<a href="{}">{}</a>', link, _("Open"))
