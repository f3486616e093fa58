from __future__ import annotations

import contextlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import (
    close_account,
    create_device_key,
    forget_second_step,
    give_roles,
    grant_habilitation,
    revoke_device_key,
    withdraw_habilitation,
)
from accounts.desk import acting
from accounts.models import DeviceKey, Habilitation, Occupancy, RoleRule, User, Workstation
from accounts.people import signed_in
from accounts.rights import Right
from accounts.roles import Role, lost_by_together
from doors.problems import Refused

WARN_DAYS = 60

# Roles come from accounts/roles.py. The keys of second steps are shown to nobody, administrators included.
for _model in (Group, TOTPDevice, StaticDevice):
    with contextlib.suppress(NotRegistered):
        admin.site.unregister(_model)


class PersonForm(UserChangeForm[User]):
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What each may do: docs/reference/permissions.md. Nobody changes their own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].initial = list(self.instance.roles) if self.instance.pk else []


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    form = PersonForm
    list_display = ["username", "first_name", "last_name", "role_names", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined", "left_at"]
    actions = ["close_accounts", "forget_second_steps"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email", "language"]}),
        (_("Roles"), {"fields": ["roles", "is_active"]}),
        (_("Setting up"), {"fields": ["is_staff", "is_superuser"], "classes": ["collapse"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined", "left_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people = super().get_queryset(request).prefetch_related("groups")
        return people if signed_in(request).is_superuser else people.filter(is_superuser=False)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        fixed = list(super().get_readonly_fields(request, obj))
        return fixed if signed_in(request).is_superuser else [*fixed, "is_staff", "is_superuser"]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # what a person wrote stays theirs: accounts are closed

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        wanted = form.cleaned_data.get("roles")
        if wanted is None or set(wanted) == set(form.instance.roles):
            return
        try:
            give_roles(actor=acting(request, Right.MANAGE_PEOPLE), user=form.instance, roles=wanted)
        except Refused as refused:
            messages.error(request, f"{refused.title} {refused.what_to_do}")
            return
        if lost := lost_by_together(wanted):
            names = ", ".join(sorted(str(right.label) for right in lost))
            messages.warning(request, _("These roles together take away: %(rights)s.") % {"rights": names})

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, user: User) -> str:
        known = [group.name for group in user.groups.all() if group.name in Role.values]
        return ", ".join(str(Role(name).label) for name in known)

    @admin.action(description=gettext_lazy("Close the selected accounts"), permissions=["change"])
    def close_accounts(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people.exclude(pk=signed_in(request).pk):
            close_account(actor=acting(request, Right.MANAGE_PEOPLE), user=person)
            self.log_change(request, person, "account closed")
        messages.success(request, _("The accounts are closed. Your own is never closed here."))

    @admin.action(description=gettext_lazy("Forget the second step (lost telephone)"), permissions=["change"])
    def forget_second_steps(self, request: HttpRequest, people: QuerySet[User]) -> None:
        for person in people:
            forget_second_step(actor=acting(request, Right.MANAGE_PEOPLE), user=person)
            self.log_change(request, person, "second step forgotten")
        messages.success(request, _("They enrol again at their next sign-in."))


@admin.register(RoleRule)
class RoleRuleAdmin(admin.ModelAdmin[RoleRule]):
    list_display = ["__str__", "totp_required", "idle_lock_seconds"]
    list_editable = ["totp_required", "idle_lock_seconds"]
    readonly_fields = ["group"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Workstation)
class WorkstationAdmin(admin.ModelAdmin[Workstation]):
    list_display = ["label", "code", "room", "order", "taken_by"]
    list_editable = ["order"]
    search_fields = ["label", "code", "room"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workstation]:
        return super().get_queryset(request).select_related("occupancy__user")

    @admin.display(description=gettext_lazy("taken by"))
    def taken_by(self, workstation: Workstation) -> str:
        try:
            return workstation.occupancy.user.label
        except Occupancy.DoesNotExist:
            return ""


class KeyForm(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("label"),
        max_length=80,
        help_text=gettext_lazy("The device and where it is."),
    )


@admin.register(DeviceKey)
class DeviceKeyAdmin(admin.ModelAdmin[DeviceKey]):
    list_display = ["label", "public", "created_at", "created_by", "last_used_at", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "last_used_at"]
    search_fields = ["label", "public"]
    fields = ["label", "public", "created_at", "created_by", "last_used_at", "revoked_at", "revoked_by"]
    readonly_fields = ["public", "created_at", "created_by", "last_used_at", "revoked_at", "revoked_by"]
    actions = ["revoke"]

    def has_delete_permission(self, request: HttpRequest, obj: DeviceKey | None = None) -> bool:
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The answer to the form is the only page that ever shows the secret."""
        if not self.has_add_permission(request):
            raise Http404
        form = KeyForm(request.POST or None)
        context = self.admin_site.each_context(request) | {"opts": self.opts, "form": form}
        if request.method == "POST" and form.is_valid():
            key, secret = create_device_key(
                actor=acting(request, Right.MANAGE_ESTATE), label=form.cleaned_data["label"]
            )
            self.log_addition(request, key, "created")
            context |= {
                "key": key,
                "secret": secret,
                "title": _("The key of %(device)s") % {"device": key.label},
            }
            page = TemplateResponse(request, "admin/accounts/devicekey/secret.html", context)
            page.headers["Cache-Control"] = "no-store"
            return page
        context["title"] = _("New device key")
        return TemplateResponse(request, "admin/accounts/devicekey/new.html", context)

    @admin.action(description=gettext_lazy("Revoke the selected keys"), permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[DeviceKey]) -> None:
        for key in keys:
            revoke_device_key(actor=acting(request, Right.MANAGE_ESTATE), key=key)
            self.log_change(request, key, "revoked")
        messages.success(request, _("Revoked: these devices are refused from now on."))


class State(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("live", gettext_lazy("live")),
            ("expiring", gettext_lazy("ends within 60 days")),
            ("over", gettext_lazy("not live")),
        ]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        live = Habilitation.objects.live()
        if self.value() == "live":
            return rows.filter(pk__in=live)
        if self.value() == "expiring":
            return rows.filter(pk__in=Habilitation.objects.expiring(WARN_DAYS))
        return rows.exclude(pk__in=live) if self.value() == "over" else rows


class WithdrawForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("why"), max_length=200)


@admin.register(Habilitation)
class HabilitationAdmin(admin.ModelAdmin[Habilitation]):
    list_display = ["user", "category", "act", "starts_on", "ends_on", "is_live", "withdrawn_at"]
    list_filter = [State, "category"]
    search_fields = ["user__username", "user__last_name", "act", "authority"]
    autocomplete_fields = ["user"]
    fields = [
        "user",
        "category",
        "authority",
        "act",
        "starts_on",
        "ends_on",
        "all_cameras",
        "sector_codes",
        "camera_codes",
        "withdrawn_at",
        "withdrawn_why",
        "created_at",
        "created_by",
    ]
    readonly_fields = ["withdrawn_at", "withdrawn_why", "created_at", "created_by"]
    change_form_template = "admin/accounts/habilitation/change_form.html"

    # Who manages accounts gives no habilitation (law W-01), so Django's superuser does not either.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return signed_in(request).may(Right.MANAGE_HABILITATIONS)

    def has_change_permission(self, request: HttpRequest, obj: Habilitation | None = None) -> bool:
        return False  # an act does not change: it is withdrawn, and another one recorded

    def has_delete_permission(self, request: HttpRequest, obj: Habilitation | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Habilitation | None = None) -> bool:
        return self.has_add_permission(request) or super().has_view_permission(request, obj)

    @admin.display(boolean=True, description=gettext_lazy("live"))
    def is_live(self, habilitation: Habilitation) -> bool:
        return habilitation.is_live

    def save_model(self, request: HttpRequest, obj: Habilitation, form: Any, change: bool) -> None:
        made = grant_habilitation(actor=signed_in(request), **form.cleaned_data)
        obj.__dict__.update(made.__dict__)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refused:
            messages.error(request, f"{refused.title} {refused.what_to_do}")
            return redirect("admin:accounts_habilitation_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if soon := Habilitation.objects.expiring(WARN_DAYS).count():
            text = ngettext(
                "%(count)s habilitation ends within 60 days.",
                "%(count)s habilitations end within 60 days.",
                soon,
            )
            messages.warning(request, text % {"count": soon})
        return super().changelist_view(request, extra_context)

    def get_urls(self) -> list[URLPattern]:
        withdraw = path(
            "<int:pk>/withdraw/",
            self.admin_site.admin_view(self.withdraw_view),
            name="accounts_habilitation_withdraw",
        )
        return [withdraw, *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        habilitation = self.get_object(request, str(pk))
        if habilitation is None or not self.has_add_permission(request):
            raise Http404
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            withdraw_habilitation(
                actor=signed_in(request), habilitation=habilitation, why=form.cleaned_data["why"]
            )
            self.log_change(request, habilitation, "withdrawn")
            messages.success(request, _("Withdrawn. Pictures it allowed are cut within 60 seconds."))
            return redirect("admin:accounts_habilitation_changelist")
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "form": form,
            "habilitation": habilitation,
            "title": _("Withdraw a habilitation"),
        }
        return TemplateResponse(request, "admin/accounts/habilitation/withdraw.html", context)
