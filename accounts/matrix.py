"""docs/reference/permissions.md, made from accounts/roles.py."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import translation

from accounts.rights import IMAGE_RIGHTS, Right
from accounts.roles import SHEETS

HEAD = """# Permissions

Made from `accounts/roles.py` by `manage.py sync_roles --document`; a test fails when the two differ.

**●** the role gives the right · **✕** the role bars it: no other role of the same person gives it back
(separation of duties, law W-01). Rights marked **H** need a live habilitation as well (law L-07), whose scope
is checked on each image (L-08). A superuser opens Django's admin and has none of these rights.

"""


def path() -> Path:
    return Path(settings.BASE_DIR, "docs", "reference", "permissions.md")


def markdown() -> str:
    with translation.override("en"):
        return HEAD + _roles() + "\n" + _rights()


def _roles() -> str:
    lines = [
        "## Roles",
        "",
        "| role | French | English | second step at start | |",
        "| --- | --- | --- | --- | --- |",
    ]
    for role, sheet in SHEETS.items():
        step = "compulsory" if sheet.second_step else "by choice"
        lines.append(f"| `{role}` | {sheet.french} | {role.label} | {step} | {sheet.note} |")
    return "\n".join(lines) + "\n"


def _rights() -> str:
    head = " | ".join(f"`{role}`" for role in SHEETS)
    lines = ["## Rights", "", f"| right | {head} |", "| --- |" + " :-: |" * len(SHEETS)]
    for right in Right:
        cells = " | ".join(_cell(right, sheet.rights, sheet.bars) for sheet in SHEETS.values())
        mark = " **H**" if right in IMAGE_RIGHTS else ""
        lines.append(f"| {right.label}{mark} (`{right}`) | {cells} |")
    return "\n".join(lines) + "\n"


def _cell(right: Right, given: frozenset[Right], barred: frozenset[Right]) -> str:
    if right in barred:
        return "✕"
    return "●" if right in given else " "
