from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.desk import ReadOnly, acting
from accounts.models import User
from accounts.rights import Right
from alerts import actions
from alerts.forms import PanelForm
from alerts.models import (
    Alert,
    AlertDevice,
    AlertMessage,
    AlertPress,
    DeviceTrouble,
    EscalationRule,
    GivenKey,
    Panel,
    PanelFrame,
    PanelZone,
    Site,
    SiteContact,
)
from alerts.panels import actions as panel_actions
from alerts.qr import as_data_uri


class ContactInline(admin.TabularInline[SiteContact, Site]):
    model = SiteContact
    extra = 1


@admin.register(Site)
class SiteAdmin(admin.ModelAdmin[Site]):
    list_display = ["code", "name", "kind", "priority", "sector_code", "exercise", "closed_on"]
    list_filter = ["kind", "priority", "exercise", ("closed_on", admin.EmptyFieldListFilter)]
    search_fields = ["code", "name", "address"]
    inlines = [ContactInline]
    readonly_fields = ["show_plan"]
    fieldsets = [
        (None, {"fields": ["code", "kind", "name", "priority", "exercise", "closed_on"]}),
        (gettext_lazy("Where"), {"fields": ["address", "lat", "lon", "sector_code"]}),
        (gettext_lazy("On the spot"), {"fields": ["people", "phone", "access_notes", "plan", "show_plan"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False  # its alerts point to it: it is closed instead

    @admin.display(description=gettext_lazy("plan as stored"))
    def show_plan(self, site: Site) -> str:
        if not site.plan:
            return "—"
        return format_html('<a href="{}">{}</a>', reverse("api-site-plan", args=[site.code]), _("Open"))


class Silent(admin.SimpleListFilter):
    title = gettext_lazy("supervision")
    parameter_name = "silent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("silent for too long"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=AlertDevice.objects.silent()) if self.value() else rows


class KeyInline(admin.TabularInline[GivenKey, AlertDevice]):
    model = GivenKey
    extra = 0
    can_delete = False
    fields = ["key", "made", "used", "revoked"]
    readonly_fields = ["key", "made", "used", "revoked"]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return True  # who sees the device sees which keys it has; no secret is kept

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("created at"))
    def made(self, given: GivenKey) -> object:
        return given.key.created_at

    @admin.display(description=gettext_lazy("last used"))
    def used(self, given: GivenKey) -> object:
        return given.key.last_used_at

    @admin.display(description=gettext_lazy("revoked at"))
    def revoked(self, given: GivenKey) -> object:
        return given.key.revoked_at


@admin.register(AlertDevice)
class AlertDeviceAdmin(admin.ModelAdmin[AlertDevice]):
    list_display = ["code", "label", "site", "state", "last_heartbeat_at", "last_test_at", "battery_percent"]
    list_filter = ["state", Silent, "kind", "exercise"]
    search_fields = ["code", "label", "site__code", "site__name"]
    list_select_related = ["site"]
    autocomplete_fields = ["site"]
    inlines = [KeyInline]
    actions = ["take_back_keys"]
    readonly_fields = ["last_heartbeat_at", "battery_percent", "firmware", "last_pressed_at", "last_test_at"]
    fieldsets = [
        (None, {"fields": ["code", "kind", "site", "label", "state", "longest_silence_s", "exercise"]}),
        (gettext_lazy("Its own place"), {"fields": ["lat", "lon"]}),
        (
            gettext_lazy("What it said"),
            {
                "fields": [
                    ("last_heartbeat_at", "battery_percent", "firmware"),
                    ("last_pressed_at", "last_test_at"),
                ]
            },
        ),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: AlertDevice | None = None) -> bool:
        return False  # its alerts point to it: it is put out of service instead

    def get_urls(self) -> list[URLPattern]:
        key = path("<int:pk>/key/", self.admin_site.admin_view(self.key_view), name="alerts_alertdevice_key")
        return [key, *super().get_urls()]

    def key_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The answer to the form is the only page that ever shows the key."""
        device = self.get_object(request, str(pk))
        if device is None or not self.has_change_permission(request, device):
            raise Http404
        context = self.admin_site.each_context(request) | {"opts": self.opts, "device": device}
        if request.method != "POST":
            context |= {"title": _("Give a key"), "usable": device.keys.filter(revoked_at=None).count()}
            return TemplateResponse(request, "admin/alerts/alertdevice/give_key.html", context)
        secret = actions.give_key(actor=acting(request, Right.MANAGE_ESTATE), device=device)
        self.log_change(request, device, "key given")
        link = request.build_absolute_uri(reverse("alerts:button")) + f"#key={secret}"
        context |= {
            "title": _("The key of %(device)s") % {"device": device},
            "secret": secret,
            "link": link,
            "qr": as_data_uri(link),
        }
        page = TemplateResponse(request, "admin/alerts/alertdevice/secret.html", context)
        page.headers["Cache-Control"] = "no-store"
        return page

    @admin.action(description=gettext_lazy("Revoke all keys of the selected devices"), permissions=["change"])
    def take_back_keys(self, request: HttpRequest, devices: QuerySet[AlertDevice]) -> None:
        count = 0
        for device in devices:
            count += actions.take_back_keys(actor=acting(request, Right.MANAGE_ESTATE), device=device)
            self.log_change(request, device, "keys revoked")
        text = ngettext(
            "%(count)s key is refused from now on.", "%(count)s keys are refused from now on.", count
        )
        messages.success(request, text % {"count": count})


class ZoneInline(admin.TabularInline[PanelZone, Panel]):
    model = PanelZone
    extra = 0


@admin.register(Panel)
class PanelAdmin(admin.ModelAdmin[Panel]):
    """How a panel speaks; that it exists and where is its alert device."""

    form = PanelForm
    list_display = ["account", "device", "under_key", "reporting_time_s", "lost_at", "set_since"]
    list_filter = [("lost_at", admin.EmptyFieldListFilter)]
    search_fields = ["account", "device__code", "device__site__name"]
    list_select_related = ["device"]
    autocomplete_fields = ["device"]
    inlines = [ZoneInline]
    readonly_fields = ["under_key", "lost_at", "set_since", "unset_since"]
    fieldsets = [
        (None, {"fields": ["device", "account", "keeps_time", "reporting_time_s"]}),
        (gettext_lazy("Key"), {"fields": ["under_key", "new_key", "no_key"]}),
        (gettext_lazy("What it said"), {"fields": ["lost_at", ("set_since", "unset_since")]}),
    ]

    @admin.display(description=gettext_lazy("under a key"), boolean=True)
    def under_key(self, panel: Panel) -> bool:
        return panel.sealed_key is not None

    def save_model(self, request: HttpRequest, obj: Panel, form: PanelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        said = form.cleaned_data
        if said["no_key"] or said["new_key"]:
            key = "" if said["no_key"] else said["new_key"]
            panel_actions.set_key(actor=acting(request, Right.MANAGE_ESTATE), panel=obj, key=key)
            self.log_change(request, obj, "key changed")


class _Call(ReadOnly):
    """Written by devices and operators; here it is only read."""

    read_by = (Right.SEE_ROOM,)


class _Estate(ReadOnly):
    """Said by devices, read by those who work with them and by those who look after them."""

    read_by = (Right.SEE_ROOM, Right.MANAGE_ESTATE)


class PressInline(_Call, admin.TabularInline[AlertPress, Alert]):
    model = AlertPress
    extra = 0
    fields = ["kind", "at", "received_at", "lat", "lon", "accuracy_m", "note", "correlation"]


class MessageInline(_Call, admin.TabularInline[AlertMessage, Alert]):
    model = AlertMessage
    extra = 0
    fields = ["at", "from_centre", "author", "text"]


@admin.register(Alert)
class AlertAdmin(_Call, admin.ModelAdmin[Alert]):
    list_display = ["number", "kind", "state", "site", "device", "presses", "received_at", "closed_at"]
    list_filter = ["kind", "state", "priority", "exercise", "site__kind"]
    search_fields = ["number", "site__code", "site__name", "device__code"]
    list_select_related = ["site", "device"]
    date_hierarchy = "received_at"
    inlines = [PressInline, MessageInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alert]:
        rows = super().get_queryset(request)
        user = request.user
        assert isinstance(user, User)
        return rows & Alert.objects.visible_to(user)


@admin.register(PanelFrame)
class PanelFrameAdmin(_Estate, admin.ModelAdmin[PanelFrame]):
    list_display = ["at", "panel", "verdict", "raw", "times", "peer"]
    list_filter = ["verdict"]
    search_fields = ["panel__account", "panel__device__code", "raw", "peer"]
    list_select_related = ["panel__device"]
    date_hierarchy = "at"


@admin.register(DeviceTrouble)
class DeviceTroubleAdmin(_Estate, admin.ModelAdmin[DeviceTrouble]):
    list_display = ["device", "kind", "code", "since", "until"]
    list_filter = ["kind", ("until", admin.EmptyFieldListFilter)]
    search_fields = ["device__code", "device__site__name"]
    list_select_related = ["device"]


@admin.register(EscalationRule)
class EscalationRuleAdmin(admin.ModelAdmin[EscalationRule]):
    list_display = ["priority", "after_s"]
