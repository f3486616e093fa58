"""Which cameras may be shown, as the law sees them: what the doors tell `legal.looks` (L-01, L-03, L-10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.masks.standing import Standing, standings
from cameras.models import Camera, MaskCheck
from doors.problems import NotAllowed, Refused
from footage.models import Source
from legal.gate import Looked
from legal.masked import Masked
from legal.models import PrefecturalAuthorisation
from legal.models.authorisation import Filmed
from legal.why import Period

FAR = dt.datetime.max.replace(tzinfo=dt.UTC)
SHOWN = frozenset({Camera.State.LIVE, Camera.State.LOST, Camera.State.MAINTENANCE})


def cameras_of(codes: Iterable[str]) -> dict[str, Camera]:
    cameras = Camera.objects.filter(code__in=set(codes)).select_related("sector", "source")
    return {camera.code: camera for camera in cameras}


def looked(cameras: Sequence[Camera]) -> list[Looked]:
    """A few questions for all of a wall. Generated pictures need no order of the prefect: nobody is filmed."""
    real = [camera for camera in cameras if not camera.exercise]
    named = [Filmed(camera.code, _sector(camera), camera.purpose, camera.point) for camera in real]
    covered = (
        PrefecturalAuthorisation.objects.authorised(named, timezone.localdate()) if named else frozenset()
    )
    masks = standings(cameras)
    return [
        Looked(
            code=camera.code,
            sector_code=_sector(camera),
            owner_account_id=camera.owner_account_id,
            exercise=camera.exercise,
            authorised=camera.code in covered,
            purpose=camera.purpose,
            masked=_masked(masks[camera.pk]),
        )
        for camera in cameras
    ]


def _masked(standing: Standing) -> Masked:
    words = {
        "unchecked": _("Nobody has yet seen that no dwelling shows."),
        "drawing": _("Its masks are being drawn."),
        "stale": _("Since the last check: %(why)s.")
        % {"why": MaskCheck.Ended(standing.ended).label if standing.ended else ""},
    }
    spans = tuple(Period(span.start, span.until or FAR) for span in standing.spans)
    return Masked(standing.shown, spans, words.get(standing.why, ""))


def why_not(camera: Camera | None, code: str) -> Refused | None:
    """What keeps everybody from seeing it, whoever asks."""
    if camera is None:
        return Refused(
            _("There is no camera %(camera)s.") % {"camera": code},
            what_to_do=_("Check its code on the map."),
            status=404,
            code="no-such-camera",
        )
    if camera.state not in SHOWN:
        return NotAllowed(
            _("Camera %(camera)s is not in service: %(state)s.")
            % {"camera": code, "state": Camera.State(camera.state).label},
            what_to_do=_("Ask the supervisor: it may film once it is declared and authorised."),
            code="camera-not-in-service",
        )
    source = source_of(camera)
    if source is None or not source.enabled:
        return Refused(
            _("No pictures of camera %(camera)s come to the centre.") % {"camera": code},
            what_to_do=_("Ask the supervisor to say where its pictures come from."),
            status=409,
            code="camera-without-pictures",
        )
    return None


def shown(code: str) -> Camera:
    """The camera with this code. Raises Refused with what keeps everybody from seeing it."""
    camera = cameras_of([code]).get(code)
    if refusal := why_not(camera, code):
        raise refusal
    assert camera is not None
    return camera


def source_of(camera: Camera) -> Source | None:
    return getattr(camera, "source", None)


def _sector(camera: Camera) -> str:
    return camera.sector.code if camera.sector else ""
