"""What a person may do. Rights come from roles (accounts/roles.py); images need a habilitation as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doors.problems import NotAllowed

if TYPE_CHECKING:
    from accounts.models import Habilitation, User


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
    SEE_PREROLL = (
        "see_preroll",
        gettext_lazy("See the moments before an alert they have taken (with a live habilitation)"),
    )
    ASK_EXTRACTION = "ask_extraction", gettext_lazy("Ask for an extraction")
    VALIDATE_EXTRACTION = (
        "validate_extraction",
        gettext_lazy("Validate an extraction somebody else asked for"),
    )
    RECEIVE_REQUISITION = (
        "receive_requisition",
        gettext_lazy("Receive requisitions and requests of access: their minutes are frozen at once"),
    )
    CHECK_REQUISITION = (
        "check_requisition",
        gettext_lazy("Check the legality of a requisition somebody else received"),
    )
    MANAGE_ESTATE = "manage_estate", gettext_lazy("Manage cameras, sites and devices")
    MANAGE_PEOPLE = "manage_people", gettext_lazy("Manage accounts and roles")
    MANAGE_HABILITATIONS = "manage_habilitations", gettext_lazy("Manage habilitations")
    SET_DOCTRINE = "set_doctrine", gettext_lazy("Set the doctrine: procedures, joining, escalation")
    SEE_OPERATIONS = "see_operations", gettext_lazy("See what the centre owes and its health")
    PRESS_EXERCISE = "press_exercise", gettext_lazy("Press any button of the exercise city")
    JUDGE_SIGNAL = "judge_signal", gettext_lazy("Answer what software signals (with a live habilitation)")
    SET_DETECTION = (
        "set_detection",
        gettext_lazy("Draw zones and switch on what software watches for, within an authorisation"),
    )
    SEE_AUDIT = "see_audit", gettext_lazy("Read the audit trail and the registers")
    KEEP_REGISTERS = (
        "keep_registers",
        gettext_lazy("Keep the registers of the law: breaches, impact assessments, experiments, notices"),
    )
    SEE_FIGURES = "see_figures", gettext_lazy("See statistics")


IMAGE_RIGHTS = frozenset({Right.SEE_IMAGE, Right.SEE_RECORDING, Right.SEE_PREROLL})


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


def require_image(
    actor: User, right: Right, *, camera_code: str | None = None, sector_code: str | None = None
) -> Habilitation:
    """Let pass who has the right to see an image and a live habilitation for it (law L-07, L-08).

    With a camera, the habilitation must cover it, by its code or by its sector. Returns the habilitation that
    lets the person pass, for the audit to cite. Raises NotAllowed, which says what is missing and since when.
    """
    if right not in IMAGE_RIGHTS:
        raise ValueError(f"{right} is not a right to see images")
    require(actor, right)
    live = actor.live_habilitations()
    if not live:
        raise _without_habilitation(actor)
    if camera_code is None:
        return live[0]
    for habilitation in live:
        if habilitation.covers(camera_code, sector_code):
            return habilitation
    raise NotAllowed(
        _("Your habilitation does not cover camera %(camera)s.") % {"camera": camera_code},
        what_to_do=_("Ask the supervisor whether the act that names you covers this camera."),
        code="habilitation-scope",
        right=str(right),
    )


def _without_habilitation(actor: User) -> NotAllowed:
    last = actor.habilitations.order_by("-starts_on", "-pk").first()
    code, detail = "habilitation-missing", _("No act of an authority names you.")
    if last is not None and last.withdrawn_at is not None:
        code = "habilitation-withdrawn"
        detail = _("Yours was withdrawn on %(date)s.") % {"date": formats.date_format(last.withdrawn_at)}
    elif last is not None and last.ends_on is not None and not last.is_future:
        code = "habilitation-ended"
        detail = _("Yours ended on %(date)s.") % {"date": formats.date_format(last.ends_on)}
    elif last is not None:
        code = "habilitation-not-begun"
        detail = _("Yours begins on %(date)s.") % {"date": formats.date_format(last.starts_on)}
    return NotAllowed(
        _("Nobody sees an image without a live habilitation."),
        detail=detail,
        what_to_do=_("Ask the supervisor to record the act that names you."),
        code=code,
    )
