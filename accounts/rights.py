"""What a person may do. Rights come from roles (accounts/roles.py); images need a habilitation as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doors.problems import NotAllowed

if TYPE_CHECKING:
    from accounts.models import User


class Right(models.TextChoices):
    """One thing the centre lets a person do, named as operators say it."""

    SEE_ROOM = "see_room", gettext_lazy("Open the operators' room")
    SEE_WALL = "see_wall", gettext_lazy("Open the video wall")
    TAKE_INCIDENT = "take_incident", gettext_lazy("Take an incident, work it and write in its log")
    CLOSE_INCIDENT = "close_incident", gettext_lazy("Close an incident")
    LEAD_ROOM = "lead_room", gettext_lazy("Lead the room: take over anybody's incident, set priority")
    STEER_CAMERA = "steer_camera", gettext_lazy("Steer a camera")
    SEE_IMAGE = "see_image", gettext_lazy("See live images (with a live habilitation)")
    SEE_RECORDING = "see_recording", gettext_lazy("See recorded images (with a live habilitation)")
    ASK_EXTRACTION = "ask_extraction", gettext_lazy("Ask for an extraction")
    VALIDATE_EXTRACTION = (
        "validate_extraction",
        gettext_lazy("Validate an extraction somebody else asked for"),
    )
    MANAGE_ESTATE = "manage_estate", gettext_lazy("Manage cameras, sites and devices")
    MANAGE_PEOPLE = "manage_people", gettext_lazy("Manage accounts and roles")
    MANAGE_HABILITATIONS = "manage_habilitations", gettext_lazy("Manage habilitations")
    SEE_OPERATIONS = "see_operations", gettext_lazy("See what the centre owes and its health")
    PRESS_EXERCISE = "press_exercise", gettext_lazy("Press any button of the exercise city")
    SEE_AUDIT = "see_audit", gettext_lazy("Read the audit trail and the registers")
    SEE_FIGURES = "see_figures", gettext_lazy("See statistics")


def require(actor: User | None, right: Right) -> None:
    """Let pass when the actor has the right; None is the centre itself acting by a rule.

    Raises NotAllowed, which names the right that is missing.
    """
    if actor is None or actor.may(right):
        return
    raise NotAllowed(
        _("You do not have the right: %(right)s.") % {"right": right.label},
        what_to_do=_("Ask the shift lead to do it, or the supervisor to give you the role."),
        right=str(right),
    )
