"""Orders of the prefect in the administration: kept by who keeps the acts that name people, read by who checks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.rights import Right
from legal.admin.gates import may
from legal.assessments import filmed
from legal.models import PrefecturalAuthorisation
from legal.state.contributions import provided
from places.forms import AreaField


class AuthorisationForm(forms.ModelForm[PrefecturalAuthorisation]):
    class Meta:
        model = PrefecturalAuthorisation
        fields = [
            *("number", "signed_on", "expires_on", "purposes", "document", "all_cameras", "sector_codes"),
            *("camera_codes", "perimeter", "max_retention_days", "recipients"),
        ]
        field_classes = {"perimeter": AreaField}
        widgets = {"perimeter": forms.Textarea(attrs={"rows": 3})}


@admin.register(PrefecturalAuthorisation)
class PrefecturalAuthorisationAdmin(admin.ModelAdmin[PrefecturalAuthorisation]):
    form = AuthorisationForm
    list_display = ["number", "signed_on", "expires_on", "ending", "max_retention_days", "reaches"]
    search_fields = ["number"]
    readonly_fields = ["show_document"]
    fieldsets = [
        (None, {"fields": ["number", "signed_on", "expires_on", "purposes", "document", "show_document"]}),
        (
            gettext_lazy("Which cameras"),
            {"fields": ["all_cameras", "sector_codes", "camera_codes", "perimeter"]},
        ),
        (gettext_lazy("Limits"), {"fields": ["max_retention_days", "recipients"]}),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, Right.MANAGE_HABILITATIONS, Right.MANAGE_ESTATE, Right.SEE_AUDIT)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, Right.MANAGE_HABILITATIONS)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request, Right.MANAGE_HABILITATIONS)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # looks were opened under it: it is kept, and ends

    @admin.display(description=gettext_lazy("ends within"))
    def ending(self, authorisation: PrefecturalAuthorisation) -> str:
        today = timezone.localdate()
        if authorisation.expires_on < today:
            return _("has ended")
        months = authorisation.warning(today)
        return ngettext("%(n)s month", "%(n)s months", months) % {"n": months} if months else "—"

    @admin.display(description=gettext_lazy("document as stored"))
    def show_document(self, authorisation: PrefecturalAuthorisation) -> str:
        if not authorisation.document:
            return "—"
        link = reverse("legal:document", args=[authorisation.pk])
        return format_html('<a href="{}">{}</a>', link, _("Open"))

    @admin.display(description=gettext_lazy("which cameras"))
    def reaches(self, authorisation: PrefecturalAuthorisation) -> str:
        if authorisation.all_cameras:
            return _("all of the city")
        named = [*authorisation.sector_codes, *authorisation.camera_codes]
        drawn = [_("a drawn perimeter")] if authorisation.perimeter else []
        return ", ".join([*drawn, *named])

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With every camera on the map, and whether this order reaches it."""
        act = self.get_object(request, unquote(object_id)) if object_id else None
        context = {"cameras": _on_the_map(act)} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, context)


def _on_the_map(act: PrefecturalAuthorisation | None) -> list[dict[str, Any]]:
    return [
        {
            "code": one["code"],
            "lat": one["lat"],
            "lon": one["lon"],
            "reached": act is not None and act.covers(filmed(one)),
            "exercise": one["exercise"],
        }
        for one in provided("estate")()
    ]
