"""Looking at a picture to draw its masks, and confirming on a picture that they hold (L-03)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras.masks.actions import Seen, check_mask, draws
from cameras.masks.standing import burnt_in, standings, where_they_look
from cameras.models import Camera, MaskCheck, Masking, Preset, PrivacyMask
from cameras.steering.locks import refuse_if_held
from doors.problems import Conflict, Refused
from footage import showing
from footage.models import Segment
from footage.stills import Shown
from legal.looks import Look, open_look
from legal.masked import AT_ALL_TIMES
from legal.models import Consultation

if TYPE_CHECKING:
    from accounts.models import User


def open_drawing(
    *, actor: User, camera: Camera, session_key: str, workstation: str = "", aims: bool = False
) -> Look:
    """A look at a camera whose masks nobody has checked yet, for who draws or checks them and nobody else.

    Right, habilitation, owner and order hold as for any other look, and it is written before. `aims`: for landmarks
    or a preset; others lose their picture for that only where it would be black, and never one that somebody steers.
    """
    require(actor, Right.MANAGE_ESTATE)
    hides = camera.kind == Camera.Kind.DOME and not (aims and _hides_nothing(camera))
    if aims and hides:
        refuse_if_held(camera)
    if refusal := showing.why_not(camera, camera.code):
        raise refusal
    [known] = showing.looked([camera])
    look = open_look(
        actor=actor,
        camera=replace(known, masked=AT_ALL_TIMES),
        kind=Consultation.Kind.STILL,
        reason=Consultation.Reason.MAINTENANCE,
        text=str(
            _("Landmarks or a preset of the camera are set.")
            if aims
            else _("Masks of the camera are drawn or checked.")
        ),
        session_key=session_key,
        workstation=workstation,
    )
    if hides:
        draws(camera=camera, actor=actor)
    return look


def _hides_nothing(camera: Camera) -> bool:
    """Shown to operators as it is, nothing black."""
    return standings([camera])[camera.pk].shown and camera.pk not in burnt_in([camera])


@transaction.atomic
def confirm(
    *, actor: User, camera: Camera, preset: Preset | None, shown: Shown, result: str, note: str = ""
) -> MaskCheck:
    """The person has seen this picture and answers for it. Refused when it does not show the mask there is now."""
    require(actor, Right.MANAGE_ESTATE)
    look = Consultation.objects.filter(pk=shown.consultation, user=actor).first()
    if look is None or look.camera_code != camera.code or look.kind != Consultation.Kind.STILL:
        raise Refused(
            _("Somebody else looked at this picture."),
            what_to_do=_("Open the picture yourself."),
            status=409,
            code="still-unknown",
        )
    _on_the_preset(camera, preset)
    since = _shows_the_mask(camera, preset, shown)
    seen = Seen(
        at=shown.taken_at,
        sha256=shown.sha256,
        width=shown.width,
        height=shown.height,
        consultation=shown.consultation,
        holds_from=since,
    )
    return check_mask(camera=camera, preset=preset, result=result, seen=seen, actor=actor, note=note)


def _on_the_preset(camera: Camera, preset: Preset | None) -> None:
    if preset is None or where_they_look([camera])[camera.pk] == (True, preset.pk):
        return
    raise Conflict(
        _("The camera does not look at preset %(preset)s.") % {"preset": preset.name},
        what_to_do=_("Send it there, wait until it has arrived, and open the picture again."),
        code="not-on-preset",
    )


def _shows_the_mask(camera: Camera, preset: Preset | None, shown: Shown) -> dt.datetime | None:
    """Since when recordings show this very mask without a break. A camera that masks itself tells nothing of it."""
    way = Masking.objects.filter(camera=camera).first()
    if way is not None and way.by == Masking.By.CAMERA:
        return None
    mask = PrivacyMask.objects.filter(camera=camera, preset=preset).first()
    wanted = mask.digest if mask else ""
    held = Segment.objects.filter(camera=camera, started_at__lte=shown.taken_at).order_by("-started_at")
    last = held.first()
    if last is None or last.mask != wanted:
        raise Conflict(
            _("This picture was taken before the mask was in it."),
            detail=_("The centre begins to receive the camera anew with it: that takes some seconds."),
            what_to_do=_("Open the picture again in a moment, and look at it."),
            code="mask-not-yet",
        )
    other = held.exclude(mask=wanted).first()
    since = held.filter(started_at__gt=other.started_at).last() if other else held.last()
    begun = (since or last).started_at
    # Pictures come in a bunch at first, so the first of them may count as older than the change itself.
    return max(begun, mask.changed_at) if mask else begun
