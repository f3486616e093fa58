from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from places.forms import AreaField
from places.models import Address, Sector


class SectorForm(forms.ModelForm[Sector]):
    class Meta:
        model = Sector
        fields = ["code", "name", "order", "area"]
        field_classes = {"area": AreaField}
        widgets = {"area": forms.Textarea(attrs={"rows": 3})}


@admin.register(Sector)
class SectorAdmin(admin.ModelAdmin[Sector]):
    form = SectorForm
    list_display = ["code", "name", "order", "size"]
    search_fields = ["code", "name"]

    @admin.display(description=_("area (km²)"))
    def size(self, sector: Sector) -> str:
        return "–" if sector.area_km2 is None else f"{sector.area_km2:.2f}"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the other sectors, so that one is drawn to the border of the next."""
        others = Sector.objects.exclude(area=None)
        if object_id and object_id.isdecimal():
            others = others.exclude(pk=int(object_id))
        context = {"other_sectors": list(others.values("name", "area"))} | (extra_context or {})
        return super().changeform_view(request, object_id, form_url, context)


@admin.register(Address)
class AddressAdmin(admin.ModelAdmin[Address]):
    """Addresses come from the national base; one that it lacks may be added here."""

    list_display = ["label", "postcode", "city", "ban_id"]
    list_filter = ["city"]
    search_fields = ["search_text", "ban_id"]
    ordering = ["city", "street", "house_number", "repetition"]
    show_full_result_count = False
