"""Who may look at what: right, habilitation, owner, authorisation, agreement (L-01, L-03, L-07 to L-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Habilitation, User
from accounts.rights import Right, require, require_image
from doors.problems import NotAllowed
from legal.masked import UNSAID, Masked
from legal.recipients import let_share
from legal.why import Kind, Reason, Why


@dataclass(frozen=True)
class Looked:
    """A camera as the law sees it; told by the layers above, which know cameras."""

    code: str
    sector_code: str
    # L-10: the account of who owns a third-party camera never gets its pictures.
    owner_account_id: int | None = None
    # Generated pictures of the demonstration city: no person is filmed, so no order of the prefect is needed.
    exercise: bool = False
    # L-01: an order in force covers the camera and its purpose. Unsaid is no.
    authorised: bool = False
    purpose: int | None = None
    # L-03: somebody has seen that no dwelling shows. Unsaid is no.
    masked: Masked = UNSAID


def right_for(kind: str, *, recorded: bool) -> Right:
    if kind == Kind.PREROLL:
        return Right.SEE_PREROLL
    return Right.SEE_RECORDING if recorded or kind == Kind.EXTRACTION else Right.SEE_IMAGE


def let_see(
    actor: User, camera: Looked, *, kind: str, recorded: bool, live: Sequence[Habilitation] = ()
) -> Habilitation:
    """The habilitation that lets the person look. `live` are those in force, when the caller has read them.

    Raises NotAllowed, which says what is missing.
    """
    right = right_for(kind, recorded=recorded)
    require(actor, right)
    if kind == Kind.EXTRACTION and not actor.may(Right.VALIDATE_EXTRACTION):
        require(actor, Right.ASK_EXTRACTION)
    habilitation = next((h for h in live if h.covers(camera.code, camera.sector_code)), None)
    if habilitation is None:
        habilitation = require_image(actor, right, camera_code=camera.code, sector_code=camera.sector_code)
    if camera.owner_account_id is not None and camera.owner_account_id == actor.pk:
        raise NotAllowed(
            _("The owner of camera %(camera)s never sees its pictures.") % {"camera": camera.code},
            what_to_do=_("Ask the centre: only designated public agents look at them (CSI L252-2)."),
            code="third-party-owner",
        )
    if not camera.exercise and not camera.authorised:
        raise NotAllowed(
            _("No authorisation in force covers camera %(camera)s and its purpose.")
            % {"camera": camera.code},
            what_to_do=_("Ask the supervisor to record the prefect's order that names it."),
            code="camera-not-authorised",
        )
    let_share(habilitation, camera, recorded=recorded)
    return habilitation


def reason_fits(camera: Looked, why: Why) -> None:
    """A drill turns no real camera: as a reason it serves for generated pictures only (L-29)."""
    if why.reason == Reason.EXERCISE and not camera.exercise:
        raise NotAllowed(
            _("An exercise is no reason to look through camera %(camera)s.") % {"camera": camera.code},
            what_to_do=_("Use the cameras of the exercise, or give the real reason."),
            code="exercise-camera",
        )
