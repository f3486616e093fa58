"""Who the city's identity provider says somebody is (OpenID Connect). In use only when it is configured."""

from __future__ import annotations

import logging
from typing import Any

import jwt
import requests
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from accounts.models import User
from accounts.roles import Role

logger = logging.getLogger(__name__)
Claims = dict[str, Any]


class CentreOIDCBackend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """Finds the account a claim names. Makes one only when told to, and then without any role.

    Roles are decided here, in the centre, unless OIDC_ROLES_CLAIM says the provider decides them. A second
    step the centre asks for is still asked: the provider's own is not known here.
    """

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> User | None:
        if not settings.OIDC_OP or request is None or "nonce" not in kwargs:
            return None
        try:
            user: User | None = super().authenticate(request, **kwargs)
        except (
            jwt.PyJWTError,
            requests.RequestException,
            SuspiciousOperation,
            ValueError,
            KeyError,
        ) as error:
            # Their text may hold a token or what the provider answered: only their kind is logged.
            logger.error("identity provider: sign-in failed (%s)", type(error).__name__)
            return None
        return user if user is not None and user.is_active else None

    def verify_token(self, token: str, **kwargs: Any) -> Claims:
        """Signature and nonce by the library; whom the token is for and who made it, here."""
        payload: Claims = super().verify_token(token, **kwargs)
        if "nonce" not in kwargs:
            return payload  # a signed answer of the user endpoint, not an identity token
        audience = payload.get("aud")
        if settings.OIDC_RP_CLIENT_ID not in (audience if isinstance(audience, list) else [audience]):
            raise SuspiciousOperation("identity token made for somebody else")
        if settings.OIDC_OP_ISSUER and payload.get("iss") != settings.OIDC_OP_ISSUER:
            raise SuspiciousOperation("identity token made by somebody else")
        if "exp" not in payload:
            raise SuspiciousOperation("identity token without an end")
        return payload

    def get_userinfo(self, access_token: str, id_token: str, payload: Claims) -> Claims:
        claims: Claims = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload.get("sub"):
            raise SuspiciousOperation("user endpoint speaks of somebody else")
        return claims

    def verify_claims(self, claims: Claims) -> bool:
        if settings.OIDC_MATCH_CLAIM == "email" and claims.get("email_verified") is False:
            logger.warning("identity provider: e-mail address not verified")
            return False
        return bool(claims.get(settings.OIDC_MATCH_CLAIM))

    def filter_users_by_claims(self, claims: Claims) -> QuerySet[User]:
        """By e-mail address, or by user name when another claim is configured."""
        value = str(claims.get(settings.OIDC_MATCH_CLAIM) or "")
        if not value:
            return User.objects.none()
        if settings.OIDC_MATCH_CLAIM == "email":
            return User.objects.filter(email__iexact=value)
        return User.objects.filter(username=value)

    def create_user(self, claims: Claims) -> User:
        user = User.objects.create_user(
            username=str(claims[settings.OIDC_MATCH_CLAIM])[:150],
            email=str(claims.get("email") or "")[:254],
            first_name=str(claims.get("given_name") or "")[:150],
            last_name=str(claims.get("family_name") or "")[:150],
        )
        logger.info("account made from the identity provider, without a role", extra={"user": user.pk})
        return self.update_user(user, claims)

    def update_user(self, user: User, claims: Claims) -> User:
        """Follow the provider's roles when it decides them; a name that is no role of ours is passed over."""
        claim = settings.OIDC_ROLES_CLAIM
        if not claim:
            return user
        told = claims.get(claim)
        names = [told] if isinstance(told, str) else told if isinstance(told, list) else []
        wanted = {name for name in names if name in Role.values}
        if wanted != set(user.roles):
            groups = [Group.objects.get_or_create(name=name)[0] for name in sorted(wanted)]
            user.groups.set([*user.groups.exclude(name__in=Role.values), *groups])
            user.__dict__.pop("standing", None)
            logger.info(
                "roles set by the identity provider", extra={"user": user.pk, "roles": sorted(wanted)}
            )
        return user

    def describe_user_by_claims(self, claims: Claims) -> str:
        return "the person of this token"
