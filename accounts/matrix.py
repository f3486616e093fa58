"""docs/reference/permissions.md, made from accounts/roles.py."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.utils import translation

from accounts.desk import ReadOnly
from accounts.rights import IMAGE_RIGHTS, Right
from accounts.roles import DESKS, READS, SHEETS, opens

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
        return HEAD + _roles() + "\n" + _rights() + "\n" + _desks()


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


def _desks() -> str:
    """What each right opens of the administration; an admin that only shows says itself by whom (`read_by`)."""
    lines = ["## The administration", "", "| table | set with | read with |", "| --- | --- | --- |"]
    for model, desk in sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label_lower):
        setting = [] if isinstance(desk, ReadOnly) else [r for r in Right if opens(DESKS, r, model._meta)]
        reading = {*getattr(desk, "read_by", ()), *(r for r in Right if opens(READS, r, model._meta))}
        cells = (_names(setting), _names(r for r in Right if r in reading - {*setting}))
        lines.append(
            f"| {model._meta.verbose_name} (`{model._meta.label_lower}`) | {cells[0]} | {cells[1]} |"
        )
    return "\n".join(lines) + "\n"


def _names(rights: Iterable[Right]) -> str:
    return ", ".join(f"`{right}`" for right in rights)


def _cell(right: Right, given: frozenset[Right], barred: frozenset[Right]) -> str:
    if right in barred:
        return "✕"
    return "●" if right in given else " "
