"""Django's admin as the centre opens it: by right rather than by flag, after the centre's own sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import DESKS


def opens_desk(user: User) -> bool:
    """Whether there is anything for this person in the administration."""
    if not user.is_active:
        return False
    return user.is_superuser or user.is_staff or any(user.may(right) for right in DESKS)


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
