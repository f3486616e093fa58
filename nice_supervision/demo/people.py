"""Who works in the demonstration: one account or more for each role, named by function and never by a person."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from accounts import roles
from accounts.actions import give_roles, grant_habilitation
from accounts.models import Habilitation, User, Workstation
from nice_supervision.demo import kept
from nice_supervision.demo.files import Row, table

# ".invalid" is reserved (RFC 2606): such an address is nobody's, and tells these accounts from real ones.
DOMAIN = "exercice.invalid"
ACT = "EXERCICE-2026-01"
AUTHORITIES = {
    Habilitation.Category.APPROVED_AGENT: "Préfet des Alpes-Maritimes (exercice)",
    Habilitation.Category.MUNICIPAL_POLICE: "Maire de Nice (exercice)",
    Habilitation.Category.STATE_AGENT: "Procureur de la République (exercice)",
}
# Without what is easily read for something else.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class NameTaken(Exception):
    """An account of the centre's own has a name the demonstration needs."""


def load() -> int:
    """How many accounts were made. The password is the one of var/demo-logins.json, else a new one for all."""
    roles.sync()
    _workstations()
    rows = table("people.csv")
    _refuse_names_of_others(row["username"] for row in rows)
    made = 0
    password = next((login["password"] for login in kept.logins()), "") or new_password()
    encoded = make_password(password)
    for row in rows:
        made += _person(row, encoded)
    _same_password(password, encoded)
    logins: list[kept.Login] = [
        {"username": row["username"], "role": row["role"], "password": password} for row in rows
    ]
    kept.keep(kept.logins_path(), logins)
    return made


def new_password() -> str:
    """Three groups of five: 74 bits, and typed from a screen without a mistake."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(5)) for _m in range(3))


def _workstations() -> None:
    for row in table("workstations.csv"):
        defaults = {"label": row["label"], "room": row["room"], "order": int(row["order"])}
        Workstation.objects.get_or_create(code=row["code"], defaults=defaults)


def _refuse_names_of_others(usernames: Iterable[str]) -> None:
    others = User.objects.filter(username__in=list(usernames)).exclude(email__endswith=f"@{DOMAIN}")
    if taken := sorted(others.values_list("username", flat=True)):
        raise NameTaken(", ".join(taken))


def _person(row: Row, encoded: str) -> int:
    user, made = User.objects.get_or_create(
        username=row["username"],
        defaults={
            "first_name": row["name"],
            "email": f"{row['username']}@{DOMAIN}",
            "password": encoded,
            "language": "fr",
        },
    )
    if made:
        give_roles(actor=None, user=user, roles=[row["role"]])
    if row["habilitation"] and not user.habilitations.live().filter(act=ACT).exists():
        grant_habilitation(
            actor=None,
            user=user,
            category=row["habilitation"],
            authority=AUTHORITIES[Habilitation.Category(row["habilitation"])],
            act=ACT,
            starts_on=timezone.localdate(),
            all_cameras=not row["sectors"],
            sector_codes=row["sectors"].split(),
        )
    return int(made)


def _same_password(password: str, encoded: str) -> None:
    """What the file says opens every account, also when the file was lost meanwhile."""
    accounts = User.objects.filter(email__endswith=f"@{DOMAIN}")
    found = set(accounts.values_list("password", flat=True))
    if len(found) != 1 or not check_password(password, found.pop()):
        accounts.update(password=encoded)
