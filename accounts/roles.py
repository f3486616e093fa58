"""The roles of the centre and what each may do (law §2.2). This file is the source: the groups of the
database and docs/reference/permissions.md are made from it (`manage.py sync_roles`).

A role gives rights, and may also bar some: what one of a person's roles bars, none of the others gives back.
So duties stay apart (law W-01) whatever roles somebody collects: who manages accounts sees no image.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from django.db.models.options import Options
from django.utils.translation import gettext_lazy as _

from accounts.rights import IMAGE_RIGHTS, Right


class Role(models.TextChoices):
    OPERATOR = "operator", _("Video protection operator")
    CALL_TAKER = "call_taker", _("Call taker")
    DISPATCHER = "dispatcher", _("Radio dispatcher")
    SHIFT_LEAD = "shift_lead", _("Shift lead")
    SUPERVISOR = "supervisor", _("Supervisor")
    EVIDENCE_OFFICER = "evidence_officer", _("Evidence officer")
    FINE_AGENT = "fine_agent", _("Video fining agent (sworn)")
    FIELD_UNIT = "field_unit", _("Field unit")
    SITE_CONTACT = "site_contact", _("Site contact (school, shop)")
    PARTNER_AGENCY = "partner_agency", _("Partner agency")
    OPJ = "opj", _("Criminal police officer (OPJ)")
    DPO = "dpo", _("Data protection officer")
    ELECTED = "elected", _("Elected official")
    TECHNICIAN = "technician", _("Technician")
    ADMIN = "admin", _("Administrator of accounts")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a role gives and bars; `second_step` is how its rule starts in a centre in service."""

    french: str
    rights: frozenset[Right] = frozenset()
    bars: frozenset[Right] = frozenset()
    second_step: bool = False
    note: str = ""


_WATCHING = frozenset({Right.SEE_ROOM, Right.SEE_IMAGE})
# Who takes a call sees the moments before it, and nothing more of what is recorded (law §2.2).
_CALLED = _WATCHING | {Right.TAKE_INCIDENT, Right.SEE_PREROLL}
_OPERATOR = _CALLED | {
    Right.SEE_WALL,
    Right.CLOSE_INCIDENT,
    Right.STEER_CAMERA,
    Right.PRESS_EXERCISE,
    Right.JUDGE_SIGNAL,
}
_EXTRACTION = frozenset(
    {
        Right.ASK_EXTRACTION,
        Right.VALIDATE_EXTRACTION,
        Right.RECEIVE_REQUISITION,
        Right.CHECK_REQUISITION,
    }
)
_OPERATING = frozenset(
    {
        Right.TAKE_INCIDENT,
        Right.CLOSE_INCIDENT,
        Right.LEAD_ROOM,
        Right.STEER_CAMERA,
        Right.PRESS_EXERCISE,
        Right.JUDGE_SIGNAL,
        Right.SET_DETECTION,
    }
)

SHEETS: dict[Role, Sheet] = {
    Role.OPERATOR: Sheet(french="Opérateur de vidéoprotection", rights=_OPERATOR),
    Role.CALL_TAKER: Sheet(french="Opérateur téléphonique", rights=_CALLED | {Right.PRESS_EXERCISE}),
    Role.DISPATCHER: Sheet(
        french="Opérateur radio",
        rights=_CALLED | {Right.SEE_WALL, Right.PRESS_EXERCISE},
    ),
    Role.SHIFT_LEAD: Sheet(
        french="Chef de salle",
        rights=_OPERATOR
        | {
            Right.LEAD_ROOM,
            Right.SEE_RECORDING,
            Right.RECEIVE_REQUISITION,
            Right.CHECK_REQUISITION,
            Right.SEE_OPERATIONS,
            Right.SEE_FIGURES,
        },
    ),
    Role.SUPERVISOR: Sheet(
        french="Responsable du CSU",
        rights=_OPERATOR
        | {
            Right.LEAD_ROOM,
            Right.SEE_RECORDING,
            Right.VALIDATE_EXTRACTION,
            Right.RECEIVE_REQUISITION,
            Right.CHECK_REQUISITION,
            Right.MANAGE_ESTATE,
            Right.MANAGE_HABILITATIONS,
            Right.KEEP_REGISTERS,
            Right.SET_DOCTRINE,
            Right.SET_DETECTION,
            Right.SEE_OPERATIONS,
            Right.SEE_FIGURES,
        },
        second_step=True,
    ),
    Role.EVIDENCE_OFFICER: Sheet(
        french="Agent d’extraction",
        rights=frozenset({Right.SEE_RECORDING, Right.ASK_EXTRACTION, Right.RECEIVE_REQUISITION}),
        bars=frozenset({Right.STEER_CAMERA, Right.VALIDATE_EXTRACTION}),
        second_step=True,
        note="On a recorded legal ground only; cannot steer, and never validates an extraction.",
    ),
    Role.FINE_AGENT: Sheet(
        french="Agent verbalisateur",
        rights=_WATCHING | {Right.STEER_CAMERA},
        note="On cameras whose authorisation names purpose 4 (law L-51); never from a recording (L-50).",
    ),
    Role.FIELD_UNIT: Sheet(french="Équipage", note="Its own missions, on the officers' pages."),
    Role.SITE_CONTACT: Sheet(
        french="Contact de site",
        bars=IMAGE_RIGHTS | _EXTRACTION,
        note="Its own site, buttons and tests; never an image (law L-10).",
    ),
    Role.PARTNER_AGENCY: Sheet(
        french="Service partenaire",
        second_step=True,
        note="What an agreement shares with it (law L-09), on the partners' pages.",
    ),
    Role.OPJ: Sheet(
        french="Officier de police judiciaire",
        rights=frozenset({Right.SEE_RECORDING, Right.ASK_EXTRACTION}),
        bars=frozenset({Right.VALIDATE_EXTRACTION}),
        second_step=True,
        note="Habilitated by name; without a habilitation, by requisition.",
    ),
    Role.DPO: Sheet(
        french="Délégué à la protection des données",
        rights=frozenset({Right.SEE_AUDIT, Right.KEEP_REGISTERS}),
        bars=IMAGE_RIGHTS
        | _EXTRACTION
        | _OPERATING
        | {Right.MANAGE_ESTATE, Right.MANAGE_PEOPLE, Right.MANAGE_HABILITATIONS, Right.SET_DOCTRINE},
        second_step=True,
        note="Registers and logs; no image and no operating.",
    ),
    Role.ELECTED: Sheet(
        french="Maire, adjoint",
        rights=frozenset({Right.SEE_FIGURES, Right.SEE_IMAGE}),
        note="Images only with a habilitation (law L-07).",
    ),
    Role.TECHNICIAN: Sheet(
        french="Technicien",
        rights=frozenset({Right.MANAGE_ESTATE, Right.SEE_OPERATIONS, Right.PRESS_EXERCISE}),
        bars=frozenset({Right.SEE_RECORDING, Right.SEE_PREROLL}) | _EXTRACTION,
        note="Images only in a maintenance window with a reason.",
    ),
    Role.ADMIN: Sheet(
        french="Administrateur",
        rights=frozenset({Right.MANAGE_PEOPLE, Right.SEE_OPERATIONS}),
        bars=IMAGE_RIGHTS | _EXTRACTION | {Right.MANAGE_HABILITATIONS, Right.KEEP_REGISTERS, Right.SEE_AUDIT},
        second_step=True,
        note="Accounts and settings; no image, no habilitation, no audit.",
    ),
}

# Tables of the admin a right opens ("app.*": all of the app). What is not installed is passed over.
DESKS: dict[Right, tuple[str, ...]] = {
    Right.MANAGE_ESTATE: (
        "places.*",
        "cameras.*",
        "alerts.site",
        "alerts.sitecontact",
        "alerts.alertdevice",
        "alerts.panel",
        "alerts.panelzone",
        "accounts.devicekey",
        "accounts.workstation",
        "footage.source",
        "patrols.unit",
    ),
    Right.MANAGE_PEOPLE: (
        "accounts.user",
        "accounts.workstation",
        "accounts.rolerule",
        "axes.accessattempt",  # removing one unlocks a name
    ),
    Right.MANAGE_HABILITATIONS: (
        "accounts.habilitation",
        "legal.prefecturalauthorisation",
        "legal.controller",
        "detection.analyticsauthorisation",
        "detection.designation",
    ),
    Right.SET_DETECTION: (
        "detection.zone",
        "detection.profile",
        "detection.eventtype",
        "detection.detectormodel",
    ),
    Right.SET_DOCTRINE: ("incidents.procedure", "incidents.joinrule", "alerts.escalationrule"),
}
# Tables a right opens to be read and no more: who may look, by which act, under which rules.
READS: dict[Right, tuple[str, ...]] = {
    Right.MANAGE_ESTATE: ("legal.prefecturalauthorisation",),
    Right.SEE_AUDIT: (
        "accounts.habilitation",
        "accounts.rolerule",
        "axes.accesslog",
        "axes.accessfailurelog",
        "legal.controller",
        "legal.experiment",
        "legal.recipientagreement",
        "legal.prefecturalauthorisation",
        "detection.*",
    ),
    Right.SET_DETECTION: ("detection.analyticsauthorisation", "detection.userecord"),
}


def opens(desks: dict[Right, tuple[str, ...]], right: Right, table: Options[Any]) -> bool:
    """Whether a right opens a table of the admin, by DESKS or by READS."""
    return not {table.label_lower, f"{table.app_label}.*"}.isdisjoint(desks.get(right, ()))


def rights_of(roles: Iterable[str]) -> frozenset[Right]:
    """What these roles together let a person do."""
    sheets = [SHEETS[Role(role)] for role in roles if role in Role.values]
    given = frozenset().union(*(sheet.rights for sheet in sheets)) if sheets else frozenset()
    barred = frozenset().union(*(sheet.bars for sheet in sheets)) if sheets else frozenset()
    return frozenset(given - barred)


def lost_by_together(roles: Iterable[str]) -> frozenset[Right]:
    """Rights one of these roles would give and another bars: worth telling whoever puts them together."""
    known = [role for role in roles if role in Role.values]
    alone = frozenset[Right]().union(*(rights_of([role]) for role in known))
    return alone - rights_of(known)


@dataclass
class Synced:
    """What `sync` had to change."""

    groups: list[str] = field(default_factory=list)
    permissions: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.groups or self.permissions or self.rules)


@transaction.atomic
def sync() -> Synced:
    """Bring the groups and their permissions to what this file says; give a new role its starting rule.

    Safe to repeat. A rule that exists is the centre's own choice and is left as it is. The permissions serve
    Django's admin and templates; `User.may` reads this file, so a group changed by hand gives nobody a right.
    """
    rules = apps.get_model("accounts", "RoleRule")._default_manager
    held = Group.permissions.through.objects
    there = set(Group.objects.values_list("name", flat=True))
    new = [role.value for role in SHEETS if role.value not in there]
    # Two may sync at once: what the other has written meanwhile is taken as it is.
    Group.objects.bulk_create([Group(name=name) for name in new], ignore_conflicts=True)
    groups = dict(Group.objects.filter(name__in=SHEETS).values_list("name", "pk"))
    done, offer = Synced(groups=new), _offered()
    has: dict[int, set[int]] = {}
    for group_id, permission_id in held.values_list("group_id", "permission_id"):
        has.setdefault(group_id, set()).add(permission_id)
    gained = []
    for role, sheet in SHEETS.items():
        group_id = groups[role.value]
        wanted, before = offer.of(sheet.rights - sheet.bars), has.get(group_id, set())
        if wanted != before:
            gained += [(group_id, permission_id) for permission_id in wanted - before]
            held.filter(group_id=group_id, permission_id__in=before - wanted).delete()
            done.permissions.append(role.value)
    held.bulk_create([held.model(group_id=g, permission_id=p) for g, p in gained], ignore_conflicts=True)
    ruled = set(rules.values_list("group_id", flat=True))
    done.rules = [role.value for role in SHEETS if groups[role.value] not in ruled]
    starting = [
        rules.model(group_id=groups[name], **_starting_rule(SHEETS[Role(name)])) for name in done.rules
    ]
    rules.bulk_create(starting, ignore_conflicts=True)
    return done


def _starting_rule(sheet: Sheet) -> dict[str, object]:
    # The demonstration starts without a second step, a centre in service (behind TLS) with it.
    return {"totp_required": sheet.second_step and settings.HTTPS}


@dataclass
class Offer:
    """Every permission there is: rights by codename, those of the admin's tables by table ("app.*": of all)."""

    rights: dict[str, int] = field(default_factory=dict)
    tables: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def of(self, rights: Iterable[Right]) -> set[int]:
        rights = set(rights)
        wanted = {self.rights[right.value] for right in rights if right.value in self.rights}
        for desk, verbs in ((DESKS, ("add_", "change_", "delete_", "view_")), (READS, ("view_",))):
            for table in {table for right in rights for table in desk.get(right, ())}:
                wanted |= {pk for codename, pk in self.tables.get(table, ()) if codename.startswith(verbs)}
        return wanted


def _offered() -> Offer:
    offer = Offer()
    for pk, app, model, codename in Permission.objects.values_list(
        "pk", "content_type__app_label", "content_type__model", "codename"
    ).order_by():
        if app == "accounts":
            offer.rights[codename] = pk
        for table in (f"{app}.{model}", f"{app}.*"):
            offer.tables.setdefault(table, []).append((codename, pk))
    return offer
