"""Opening a recording, and marking a moment in it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require, require_image
from cameras.models import Camera
from doors.problems import Refused
from events.log import publish
from footage.freezing import oldest_with
from footage.models import Bookmark
from footage.replay import limits
from footage.replay.facts import Bookmarked
from footage.showing import looked
from legal.looks import Opened, open_looks
from legal.models import Consultation
from legal.why import Period

if TYPE_CHECKING:
    from accounts.models import User

AT_ONCE = 4
LONGEST = dt.timedelta(hours=24)
BEFORE_THEIR_EYES = dt.timedelta(minutes=2)
PREROLL_LONGEST = dt.timedelta(minutes=2)


def open_recordings(
    *,
    actor: User,
    codes: list[str],
    period: Period,
    session_key: str,
    reason: str,
    reference: str = "",
    text: str = "",
    workstation: str = "",
) -> Opened:
    """Writes a consultation for each camera and gives a token for each (L-11). Refusals stand by camera."""
    require(actor, Right.SEE_RECORDING)
    cameras = _cameras(codes)
    checked = within_limits(period, cameras)
    return open_looks(
        actor=actor,
        cameras=looked(cameras),
        kind=Consultation.Kind.PLAYBACK,
        reason=reason,
        session_key=session_key,
        reference=reference,
        text=text,
        period=checked,
        workstation=workstation,
    )


def open_preroll(
    *,
    actor: User,
    codes: list[str],
    period: Period,
    session_key: str,
    reference: str,
    workstation: str = "",
) -> Opened:
    """The moments before an alert, for its incident. That the incident is theirs is known above this layer."""
    require(actor, Right.SEE_PREROLL)
    if period.end - period.start > PREROLL_LONGEST:
        raise ValueError("a pre-roll is two minutes at most")
    cameras = _cameras(codes)
    return open_looks(
        actor=actor,
        cameras=looked(cameras),
        kind=Consultation.Kind.PREROLL,
        reason=Consultation.Reason.INCIDENT,
        session_key=session_key,
        reference=reference,
        period=within_limits(period, cameras),
        workstation=workstation,
    )


def _cameras(codes: list[str]) -> list[Camera]:
    """In the order asked for."""
    codes = list(dict.fromkeys(codes))
    cameras = {
        camera.code: camera for camera in Camera.objects.filter(code__in=codes).select_related("sector")
    }
    if not codes or len(codes) > AT_ONCE or len(cameras) < len(codes):
        raise Refused(
            _("Choose one to four cameras of the estate."),
            what_to_do=_("Check the codes of the cameras."),
            status=400,
            code="cameras",
        )
    return [cameras[code] for code in codes]


def within_limits(period: Period, cameras: list[Camera], *, frozen_as: str = "") -> Period:
    """What of these minutes is still kept by one of the cameras and is over. Raises Refused when nothing is.

    What was frozen for a cause in time is kept for it, past its ordinary day or not.
    """
    start, end = period
    if end - start > LONGEST:
        raise Refused(
            _("One look is for 24 hours at most."),
            what_to_do=_("Ask for fewer hours."),
            status=400,
            code="period-long",
        )
    oldest = limits.oldest_of(cameras)
    start = max(start, min((oldest_with(oldest, frozen_as) if frozen_as else oldest).values()))
    end = min(end, timezone.now())
    if start >= end:
        raise Refused(
            _("Nothing of these minutes is kept."),
            detail=_("Recordings are destroyed when their time is over, and the future is not recorded."),
            what_to_do=_("Ask for other minutes."),
            status=404,
            code="not-kept",
        )
    return Period(start, end)


@transaction.atomic
def set_bookmark(*, actor: User, camera: Camera, at: dt.datetime, label: str) -> Bookmark:
    """Marks a moment for everybody who may see the recording. Marking it twice is marking it once.

    Who sees live pictures alone marks what is before their eyes: a moment of the last two minutes.
    """
    sector = camera.sector.code if camera.sector else ""
    right = Right.SEE_RECORDING if actor.may(Right.SEE_RECORDING) else Right.SEE_IMAGE
    require_image(actor, right, camera_code=camera.code, sector_code=sector)
    if right == Right.SEE_IMAGE and at < timezone.now() - BEFORE_THEIR_EYES:
        require(actor, Right.SEE_RECORDING)
    within_limits(Period(at, at + dt.timedelta(milliseconds=1)), [camera])
    bookmark, made = Bookmark.objects.get_or_create(
        camera=camera, at=at, label=Bookmark.Label(label), defaults={"author": actor}
    )
    if made:
        publish(
            Bookmarked(bookmark_id=bookmark.pk, camera_id=camera.pk, code=camera.code, at=at.isoformat()),
            actor=actor,
        )
    return bookmark
