from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.desk import Spoken, acting
from accounts.models import User
from accounts.rights import Right
from accounts.roles import Role
from cameras.actions import change_camera, change_state, register_camera
from cameras.admin.exchange import attachment, export_view, import_view
from cameras.exchange.columns import COLUMNS
from cameras.models import Camera, CameraPosition
from doors.problems import Refused
from places.forms import AreaField

OWNERS = (Role.SITE_CONTACT, Role.PARTNER_AGENCY)


class CameraForm(forms.ModelForm[Camera]):
    class Meta:
        model = Camera
        fields = ["owner_account", *COLUMNS]
        field_classes = {"visible_area": AreaField}
        widgets = {
            "visible_area": forms.Textarea(attrs={"rows": 2}),
            "objective": forms.Textarea(attrs={"rows": 2}),
        }


class PositionInline(admin.TabularInline[CameraPosition, Camera]):
    """What the prefecture was told, read only: moving the camera writes it."""

    model = CameraPosition
    fields = ["since", "until", "lat", "lon", "height_m", "mounting_azimuth_deg"]
    readonly_fields = ["since", "until", "lat", "lon", "height_m", "mounting_azimuth_deg"]
    ordering = ["-since"]
    extra = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("history of positions")

    def has_add_permission(self, request: HttpRequest, obj: Camera | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Camera)
class CameraAdmin(Spoken[Camera]):
    """The estate. Every write goes through the actions, so that history, states and facts follow."""

    form = CameraForm
    inlines = [PositionInline]
    list_display = ["code", "name", "kind", "state", "state_since", "sector", "authorisation_reference"]
    list_filter = ["state", "kind", "exercise", "sector", "purpose"]
    list_select_related = ["sector"]
    search_fields = ["code", "name", "authorisation_reference"]
    save_on_top = True
    actions = ["put_in_service", "put_under_maintenance", "retire", "export_chosen"]
    fieldsets = [
        (
            None,
            {"fields": [("code", "name"), ("kind", "state", "exercise"), ("sector", "purpose"), "objective"]},
        ),
        (gettext_lazy("Authorisation"), {"fields": ["authorisation_reference", ("owner", "owner_account")]}),
        (
            gettext_lazy("Place and mounting"),
            {"fields": [("lat", "lon", "height_m"), ("mounting_azimuth_deg", "tilt_deg")]},
        ),
        (
            gettext_lazy("Picture"),
            {"fields": [("hfov_deg", "hfov_tele_deg"), ("width_px", "height_px", "range_m"), "visible_area"]},
        ),
    ]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("import/", self.admin_site.admin_view(self.import_view), name="cameras_camera_import"),
            path(
                "export.<str:format>",
                self.admin_site.admin_view(self.export_view),
                name="cameras_camera_export",
            ),
        ]
        return own + super().get_urls()

    def import_view(self, request: HttpRequest) -> HttpResponse:
        return import_view(request, self)

    def export_view(self, request: HttpRequest, format: str) -> HttpResponse:  # noqa: A002  (as in the address)
        return export_view(request, self, format)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Whose camera it is (L-10) is chosen by name: the list of accounts itself is not for technicians."""
        if db_field.name == "owner_account":
            may_own = Q(groups__name__in=OWNERS) | Q(pk__in=Camera.objects.values("owner_account"))
            kwargs["queryset"] = User.objects.filter(may_own, is_active=True).distinct().order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Camera | None = None) -> bool:
        """A camera that was is retired: orders, positions and later recordings name it."""
        return False

    def save_model(self, request: HttpRequest, obj: Camera, form: Any, change: bool) -> None:
        actor = acting(request, Right.MANAGE_ESTATE)
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data}
            saved = change_camera(camera=obj, actor=actor, **fields)
        else:
            saved = register_camera(actor=actor, **form.cleaned_data)
        wanted = obj.state
        obj.__dict__.update(saved.__dict__)
        if saved.state != wanted:
            messages.warning(
                request,
                _("%(code)s has moved: it is to be declared to the prefecture before it is in service again.")
                % {"code": saved.code},
            )

    @admin.action(description=gettext_lazy("Put in service"))
    def put_in_service(self, request: HttpRequest, chosen: QuerySet[Camera]) -> None:
        self._to_state(request, chosen, Camera.State.LIVE)

    @admin.action(description=gettext_lazy("Put under maintenance"))
    def put_under_maintenance(self, request: HttpRequest, chosen: QuerySet[Camera]) -> None:
        self._to_state(request, chosen, Camera.State.MAINTENANCE)

    @admin.action(description=gettext_lazy("Retire"))
    def retire(self, request: HttpRequest, chosen: QuerySet[Camera]) -> None:
        self._to_state(request, chosen, Camera.State.RETIRED)

    def _to_state(self, request: HttpRequest, chosen: QuerySet[Camera], state: str) -> None:
        done = 0
        for camera in chosen:
            try:
                change_state(camera=camera, state=state, actor=acting(request, Right.MANAGE_ESTATE))
                done += 1
            except Refused as refused:
                messages.error(request, f"{camera.code}: {refused.detail or refused.title}")
        if done:
            told = ngettext("%(n)s camera changed.", "%(n)s cameras changed.", done)
            messages.success(request, told % {"n": done})

    @admin.action(description=gettext_lazy("Export as CSV"))
    def export_chosen(self, request: HttpRequest, chosen: QuerySet[Camera]) -> HttpResponse:
        return attachment(chosen, "csv")
