from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.desk import acting
from accounts.rights import Right
from cameras.exchange.columns import COLUMNS
from cameras.exchange.plan import Step
from cameras.exchange.reading import MAX_BYTES, MAX_ROWS
from cameras.exchange.writing import as_csv, as_geojson
from cameras.geojson import MEDIA_TYPE
from cameras.imports import apply_import, drop_import, preview_import
from cameras.models import Camera, CameraImport
from doors.problems import Refused

SHOWN = 500
ACTS = {"create": gettext_lazy("New"), "change": gettext_lazy("Changed")}
WRITERS = {"csv": (as_csv, "text/csv; charset=utf-8"), "geojson": (as_geojson, MEDIA_TYPE)}


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.geojson,.json"}),
    )


def import_view(request: HttpRequest, desk: admin.ModelAdmin[Camera]) -> HttpResponse:
    """Upload a file; it is compared at once and the comparison shown."""
    if not desk.has_change_permission(request):
        raise PermissionDenied
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            # One byte more than allowed tells that it is too large without reading the rest.
            content = file.read(MAX_BYTES + 1)
            taken = preview_import(
                content=content, filename=file.name, actor=acting(request, Right.MANAGE_ESTATE)
            )
        except Refused as refused:
            form.add_error("file", f"{refused.title} {refused.what_to_do}")
        else:
            return redirect("admin:cameras_cameraimport_change", taken.pk)
    context = desk.admin_site.each_context(request) | {
        "title": _("Import cameras"),
        "opts": Camera._meta,
        "form": form,
        "columns": COLUMNS.values(),
        "most_mb": MAX_BYTES // 1024 // 1024,
        "most_rows": MAX_ROWS,
    }
    return TemplateResponse(request, "admin/cameras/camera/import.html", context)


def export_view(request: HttpRequest, desk: admin.ModelAdmin[Camera], written: str) -> HttpResponse:
    """The whole estate as a file."""
    if not desk.has_change_permission(request):
        raise PermissionDenied
    if written not in WRITERS:
        raise Http404
    return attachment(Camera.objects.all(), written)


def attachment(cameras: QuerySet[Camera], written: str) -> HttpResponse:
    write, media_type = WRITERS[written]
    name = f"cameras-{timezone.localdate():%Y-%m-%d}.{written}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(cameras), content_type=media_type, headers=headers)


@admin.register(CameraImport)
class CameraImportAdmin(admin.ModelAdmin[CameraImport]):
    """Files taken in, refused or waiting: who, when, which, and what each did."""

    list_display = ["uploaded_at", "filename", "state", "uploaded_by", "created", "changed", "unchanged"]
    list_filter = ["state", "format"]
    search_fields = ["filename", "sha256"]
    list_select_related = ["uploaded_by"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("plan", "problems")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        views = {"confirm": self.confirm_view, "drop": self.drop_view}
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"cameras_cameraimport_{name}",
            )
            for name, view in views.items()
        ]
        return own + super().get_urls()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The comparison: what is wrong, or what would happen to each camera."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal():
            raise Http404
        taken = get_object_or_404(CameraImport.objects.select_related("uploaded_by"), pk=int(object_id))
        steps: list[Step] = [step for step in taken.plan if step["act"] != "unchanged"]
        context = self.admin_site.each_context(request) | {
            "title": _("Import of cameras"),
            "opts": self.opts,
            "taken": taken,
            "is_ready": taken.state == CameraImport.State.READY and self.has_change_permission(request),
            "steps": [_shown(step) for step in steps[:SHOWN]],
            "more": max(0, len(steps) - SHOWN),
            "places": [_placed(step) for step in steps],
        }
        return TemplateResponse(request, "admin/cameras/cameraimport/change_form.html", context)

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        taken = self._taken(request, pk)
        try:
            apply_import(taken=taken, actor=acting(request, Right.MANAGE_ESTATE))
        except Refused as refused:
            messages.error(
                request, " ".join(filter(None, (refused.title, refused.detail, refused.what_to_do)))
            )
        else:
            added = ngettext("%(n)s camera added", "%(n)s cameras added", taken.created)
            changed = ngettext("%(n)s changed", "%(n)s changed", taken.changed)
            told = [added % {"n": taken.created}, changed % {"n": taken.changed}]
            messages.success(request, ", ".join(told) + ".")
        return redirect("admin:cameras_cameraimport_change", pk)

    def drop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        drop_import(taken=self._taken(request, pk), actor=acting(request, Right.MANAGE_ESTATE))
        return redirect("admin:cameras_cameraimport_changelist")

    def _taken(self, request: HttpRequest, pk: int) -> CameraImport:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(CameraImport, pk=pk)


def _shown(step: Step) -> dict[str, Any]:
    """A step as its row of the table: name, what was, what will be."""
    cells = [(name, step["before"].get(name), value) for name, value in step["values"].items()]
    if step["act"] == "create":
        cells = [cell for cell in cells if cell[2] not in ("", None)]
    return {
        "row": step["row"],
        "code": step["code"],
        "act": ACTS[step["act"]],
        "moved_m": step["moved_m"],
        "cells": cells,
    }


def _placed(step: Step) -> dict[str, Any]:
    """A step as its point on the map, with where it was when it moves."""
    before = step["before"]
    was = None
    if "lat" in before or "lon" in before:
        was = [before.get("lon", step["lon"]), before.get("lat", step["lat"])]
    return {"lat": step["lat"], "lon": step["lon"], "act": step["act"], "code": step["code"], "from": was}
