from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from accounts.models import RoleRule
from accounts.roles import SHEETS, Role


@checks.register(checks.Tags.database)
def second_steps(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """In a centre in service, roles that reach accounts, evidence or logs sign in with a second step."""
    if not databases or not settings.HTTPS:
        return []
    without = set(RoleRule.objects.filter(totp_required=False).values_list("group__name", flat=True))
    weak = [role.value for role, sheet in SHEETS.items() if sheet.second_step and role.value in without]
    if not weak:
        return []
    return [
        checks.Warning(
            f"These roles sign in with a password alone: {', '.join(weak)}.",
            hint="Make the second step compulsory in the administration, “Rules of roles”.",
            id="accounts.W001",
        )
    ]


@checks.register(checks.Tags.security)
def sheets_hold_together(**kwargs: Any) -> list[checks.CheckMessage]:
    """A role without a sheet, or a sheet that gives what it bars, is a mistake in accounts/roles.py."""
    wrong = [role.value for role in Role if role not in SHEETS or SHEETS[role].rights & SHEETS[role].bars]
    if not wrong:
        return []
    return [
        checks.Error(
            f"These roles are not well described: {', '.join(wrong)}.",
            hint="Give each role one sheet, whose rights and bars have nothing in common.",
            id="accounts.E001",
        )
    ]


@checks.register(checks.Tags.security)
def identity_provider(**kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.OIDC_OP or settings.OIDC_OP_ISSUER:
        return []
    return [
        checks.Warning(
            "Identity tokens are accepted whoever the issuer they name.",
            hint="Set OIDC_OP_ISSUER to the issuer your identity provider publishes.",
            id="accounts.W002",
        )
    ]
