"""What this app answers to the state of compliance (legal/state/contributions.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, get_hasher
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import RoleRule, User
from accounts.rights import IMAGE_RIGHTS, Right
from accounts.roles import SHEETS, Role

# Who sees an image, reads the log or makes accounts is worth stealing.
GUARDED = frozenset(
    role
    for role, sheet in SHEETS.items()
    if sheet.rights & (IMAGE_RIGHTS | {Right.SEE_AUDIT, Right.MANAGE_PEOPLE, Right.MANAGE_HABILITATIONS})
)


def _weakly_kept() -> QuerySet[User]:
    """Active accounts with a password kept otherwise than this centre keeps them now."""
    known = get_hasher("default").algorithm
    rows = User.objects.filter(is_active=True).exclude(password="")
    return rows.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(
        password__startswith=f"{known}$"
    )


def _passwords() -> dict[str, Any]:
    weak = _weakly_kept().count()
    words = (
        ngettext(
            "%(n)s account has a password kept in an old way: it is to be changed.",
            "%(n)s accounts have a password kept in an old way: they are to be changed.",
            weak,
        )
        % {"n": weak}
        if weak
        else _("Twelve characters at least, none of the common ones, kept with Argon2; five wrong ones lock.")
    )
    return {
        "state": "bad" if weak else "good",
        "figure": weak,
        "words": words,
        "columns": [_("Account")],
        "rows": lambda: ([f"no. {pk}"] for pk in _weakly_kept().order_by("pk").values_list("pk", flat=True)),
    }


def _second_steps() -> dict[str, Any]:
    asked = set(RoleRule.objects.filter(totp_required=True).values_list("group__name", flat=True))
    without = [role for role in Role if role in GUARDED and role.value not in asked]
    words = (
        ngettext(
            "%(n)s role that sees images or manages access asks for no second step.",
            "%(n)s roles that see images or manage access ask for no second step.",
            len(without),
        )
        % {"n": len(without)}
        if without
        else _("Every role that sees images or manages access signs in with a second step.")
    )

    def rows() -> Iterator[list[str]]:
        for role in Role:
            if role in GUARDED:
                yield [str(role.label), _("yes") if role.value in asked else _("no")]

    return {
        "state": "look" if without else "good",
        "figure": len(without),
        "words": words,
        "columns": [_("Role"), _("Second step asked for")],
        "rows": rows,
        "link": reverse("admin:accounts_rolerule_changelist"),
    }


POINTS = [
    {"point": "password", "name": gettext_lazy("Passwords"), "look": _passwords},
    {"point": "password", "name": gettext_lazy("Second step"), "look": _second_steps},
]

PROCESSINGS = [
    {
        "code": "accounts",
        "title": gettext_lazy("Accounts, habilitations and signing in"),
        "purposes": [gettext_lazy("Only people designated and habilitated reach the centre and its images")],
        "basis": gettext_lazy("Task of public interest (GDPR art. 6(1)(e)); CSI R253-3"),
        "regimes": ["gdpr"],
        "people": gettext_lazy("Agents of the centre, elected officials, agents of other services"),
        "data": gettext_lazy("Name, function, acts of habilitation, roles, signings-in and failures"),
        "recipients": [gettext_lazy("Supervisor of the centre, administrator of accounts")],
        "measures": [
            gettext_lazy("Passwords kept with Argon2, second step by role, lock-out, idle lock"),
            gettext_lazy("Who manages accounts sees no image and reads no log"),
        ],
        "keeps": ["accounts.*", "axes.*", "sessions.*", "admin.*", "otp_totp.*", "otp_static.*"],
    }
]
