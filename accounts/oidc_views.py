"""Leaving for the identity provider and coming back. The pages exist only when it is configured."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from accounts import signing
from accounts.models import User


class Begin(OIDCAuthenticationRequestView):  # type: ignore[misc]
    """To the provider, with a state, a nonce and a PKCE challenge kept in the session."""


class Callback(OIDCAuthenticationCallbackView):  # type: ignore[misc]
    """Back from the provider: the rest of signing in is the same as with a password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            answer: HttpResponse = super().get(request)
        except SuspiciousOperation:
            # An old page, a second click, or somebody else's link: begin again.
            answer = self.login_failure()
        return answer

    def login_success(self) -> HttpResponse:
        request = self.request
        if not isinstance(self.user, User):
            return self.login_failure()
        target = request.session.pop("oidc_login_next", None) or ""
        signing.enter(request, self.user)
        return signing.to_landing(request, target)

    def login_failure(self) -> HttpResponse:
        messages.error(
            self.request,
            _(
                "The identity provider did not let you in, or no account here carries your address. Try "
                "again, sign in with your name and password, or ask the administrator of accounts."
            ),
        )
        return redirect("accounts:sign_in")
