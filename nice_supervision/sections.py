"""The navigation of the centre: its pages in sections, and whom each opens to. The only list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.desk import opens_desk
from accounts.models import User
from accounts.rights import Right

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Opens = Callable[[User], bool]


def having(*rights: Right) -> Opens:
    """Whoever has one of these rights, as `accounts.gates.needs`."""
    return lambda user: any(user.may(right) for right in rights)


@dataclass(frozen=True)
class Place:
    """One page of the navigation, and the pages reached from it."""

    view: str
    label: StrPromise
    opens: Opens
    covers: tuple[str, ...] = ()

    def holds(self, view: str) -> bool:
        return view == self.view or view in self.covers


@dataclass(frozen=True)
class Section:
    """Pages that belong together; the section opens on the first of them that opens for the person."""

    label: StrPromise
    places: tuple[Place, ...]


PAPERS = having(Right.RECEIVE_REQUISITION, Right.CHECK_REQUISITION, Right.SEE_AUDIT, Right.ASK_EXTRACTION)
ACCESS = having(Right.RECEIVE_REQUISITION, Right.VALIDATE_EXTRACTION, Right.KEEP_REGISTERS)
READERS = having(Right.SEE_AUDIT, Right.MANAGE_HABILITATIONS)
AUDIT = having(Right.SEE_AUDIT)
KEEPERS = having(Right.KEEP_REGISTERS)

# A refused act shows the page it was asked on.
CASE = tuple(
    f"evidence:{view}"
    for view in (
        *(
            "requisition",
            "check",
            "ask",
            "validate",
            "refuse",
            "hand_over",
            "release",
            "nothing_found",
            "attach",
        ),
        *("extend_hold", "agree_extension", "refuse_extension", "attach_to_extension"),
    )
)
REQUEST = tuple(
    f"evidence:{view}"
    for view in (
        *("access_request", "identify", "prepare", "attach_drawn", "grant", "refuse_access", "extend"),
        *("answer", "access_nothing"),
    )
)

SECTIONS = (
    Section(_("The room"), (Place("console:room", _("The room"), having(Right.SEE_ROOM)),)),
    Section(_("Recordings"), (Place("footage:replay", _("Recordings"), having(Right.SEE_RECORDING)),)),
    Section(
        _("Requisitions"),
        (
            Place("evidence:queue", _("Requisitions"), PAPERS, CASE),
            Place("evidence:receive", _("Enter a requisition"), having(Right.RECEIVE_REQUISITION)),
            Place("evidence:access", _("Access requests"), ACCESS, REQUEST),
            Place(
                "evidence:receive_access",
                _("Enter an access request"),
                having(Right.RECEIVE_REQUISITION, Right.KEEP_REGISTERS),
            ),
            Place(
                "footage:extractions",
                _("Extractions"),
                having(Right.ASK_EXTRACTION, Right.VALIDATE_EXTRACTION, Right.SEE_AUDIT),
                ("footage:extraction", "footage:ask"),
            ),
        ),
    ),
    Section(
        _("Cameras"),
        (
            Place(
                "footage:health",
                _("Health of the cameras"),
                having(Right.SEE_OPERATIONS, Right.MANAGE_ESTATE, Right.SEE_ROOM, Right.SEE_FIGURES),
                ("footage:work-order", "footage:health-of-camera"),
            ),
            Place(
                "footage:availability",
                _("Availability"),
                having(Right.SEE_OPERATIONS, Right.MANAGE_ESTATE, Right.SEE_ROOM, Right.SEE_FIGURES),
            ),
            Place("cameras:rounds", _("Video tours"), having(Right.MANAGE_ESTATE, Right.SEE_ROOM)),
            Place("console:wall_tours", _("Tours of walls"), having(Right.SEE_ROOM)),
        ),
    ),
    Section(
        _("Software that watches"),
        (
            Place(
                "detection:home",
                _("What is watched for"),
                having(
                    Right.JUDGE_SIGNAL,
                    Right.SET_DETECTION,
                    Right.LEAD_ROOM,
                    Right.SEE_AUDIT,
                    Right.MANAGE_HABILITATIONS,
                ),
            ),
            Place(
                "detection:week",
                _("Report of the week"),
                having(Right.SEE_AUDIT, Right.SET_DETECTION),
            ),
        ),
    ),
    Section(
        _("Compliance"),
        (
            Place("legal:compliance", _("Compliance"), READERS, ("legal:proof",)),
            Place("legal:consultations", _("Consultations"), AUDIT, ("legal:copy",)),
            Place("legal:questions", _("Questions"), AUDIT),
            Place("retention:register", _("Register of recordings"), AUDIT),
            Place("retention:destructions", _("Destructions"), READERS),
            Place("retention:kept", _("What is kept"), READERS, ("retention:limit",)),
            Place("legal:record", _("Record of processing"), READERS),
            Place("legal:orders", _("Orders"), READERS),
            Place(
                "legal:recipients",
                _("Recipients"),
                READERS,
                (
                    *("legal:recipient", "legal:recipient_act", "legal:recipient_new"),
                    "legal:recipient_destroyed",
                ),
            ),
            Place("legal:assessments", _("Assessments"), READERS, ("legal:assessment",)),
            Place("legal:notices", _("Notices"), READERS, ("legal:notice", "legal:notice_sent")),
            Place("legal:breaches", _("Breaches"), KEEPERS, ("legal:breach", "legal:breach_act")),
            Place(
                "legal:experiments",
                _("Experiments"),
                READERS,
                ("legal:experiment", "legal:experiment_act", "legal:experiment_new"),
            ),
        ),
    ),
    Section(
        _("Operations"),
        (Place("console:owed", _("What the centre owes"), having(Right.SEE_OPERATIONS)),),
    ),
    Section(
        _("Exercise"),
        (Place("console:exercise", _("Exercise buttons"), having(Right.PRESS_EXERCISE)),),
    ),
    Section(_("Administration"), (Place("admin:index", _("Administration"), opens_desk),)),
)


def opened(user: User, view: str) -> list[dict[str, Any]]:
    """The sections that open for this person; of the one they are in, its places."""
    found = []
    for section in SECTIONS:
        places = [place for place in section.places if place.opens(user)]
        if not places:
            continue
        here = any(place.holds(view) for place in section.places) or (
            view.startswith("admin:") and section.places[0].view == "admin:index"
        )
        found.append(
            {
                "label": section.label,
                "view": places[0].view,
                "url": reverse(places[0].view),
                "here": here,
                "places": [
                    {"label": place.label, "url": reverse(place.view), "here": place.holds(view)}
                    for place in places
                ]
                if here and len(places) > 1
                else [],
            }
        )
    return found
