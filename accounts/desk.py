"""Django's admin as the centre opens it: by right rather than by flag, after the centre's own sign-in."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.people import signed_in
from accounts.rights import Right
from accounts.roles import DESKS, READS
from doors.problems import Refused

_Row = TypeVar("_Row", bound=Model)


def opens_desk(user: User) -> bool:
    """Whether there is anything for this person in the administration."""
    if not user.is_active:
        return False
    return user.is_superuser or user.is_staff or any(user.may(right) for right in DESKS | READS)


class Desk(admin.AdminSite):
    site_title = _("Administration of the centre")
    site_header = _("Administration of the centre")
    index_title = _("What can be set")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return isinstance(user, User) and opens_desk(user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One sign-in for all: lock-out, second step and language are there."""
        if request.user.is_authenticated:
            return redirect("accounts:me")
        query = urlencode({"next": request.GET.get("next") or reverse("admin:index")})
        return redirect(f"{reverse('accounts:sign_in')}?{query}")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Where the seat is freed and the session ended, which needs a POST with its token."""
        return redirect("accounts:me")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        return redirect("accounts:password")


def acting(request: HttpRequest, right: Right) -> User | None:
    """Who acts: the person by right, or the centre itself when a superuser sets it up through the admin."""
    user = signed_in(request)
    return None if user.is_superuser and not user.may(right) else user


class Spoken(admin.ModelAdmin[_Row]):
    """A form whose refusals are said on its own page."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            said = filter(None, (refused.title, refused.detail, refused.what_to_do))
            messages.error(request, " ".join(map(str, said)))
            return redirect(request.path)


class ReadOnly:
    """Rows written elsewhere: here they are only read, by whoever has one of these rights."""

    read_by: ClassVar[tuple[Right, ...]]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        user = request.user
        return isinstance(user, User) and any(user.may(right) for right in self.read_by)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
