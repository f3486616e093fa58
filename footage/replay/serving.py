"""Playlists and bytes for players, by a token in the path (see links.py)."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cameras.models import Camera
from doors.problems import Refused, response
from footage.models import Segment
from footage.replay import limits, links, playlists, ranges
from footage.replay.stretches import Stretch, stretch, stretches
from legal.looks import Grant
from legal.why import Period

logger = logging.getLogger(__name__)
NOT_KEPT = {"Cache-Control": "private, no-store"}
View = Callable[..., HttpResponse]


def problems(view: View) -> View:
    """Refusals as problem+json, whatever the client says it accepts: these doors are for programs."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return response(refused)

    return answered


def _grant(request: HttpRequest, door: str, token: str, code: str) -> Grant:
    if door == "player":
        return links.granted_by_link(token, camera_code=code)
    return links.granted(token, camera_code=code, session_key=request.session.session_key or "")


def _period(grant: Grant) -> Period:
    if grant.period is None:
        raise _nothing()
    return grant.period


def _nothing() -> Refused:
    return Refused(
        _("Nothing is recorded here."),
        what_to_do=_("Look at the timeline: it shows what was recorded and is still kept."),
        status=404,
        code="nothing-recorded",
    )


def _parts(grant: Grant) -> list[Stretch]:
    camera = Camera.objects.select_related("sector").get(code=grant.camera_code)
    start, end = _period(grant)
    parts = stretches(camera.pk, start, end, oldest=limits.oldest(camera))
    if not parts:
        raise _nothing()
    return parts


@require_safe
@problems
def playlist(request: HttpRequest, door: str, token: str, code: str, name: str) -> HttpResponse:
    parts = _parts(_grant(request, door, token, code))
    if name == "index.json":
        body = orjson.dumps(playlists.index(parts))
        return HttpResponse(body, content_type="application/json", headers=NOT_KEPT)
    text = playlists.master(parts) if name == "master.m3u8" else playlists.media(parts)
    return HttpResponse(text, content_type=playlists.MEDIA_TYPE, headers=NOT_KEPT)


@require_safe
@problems
def pictures(request: HttpRequest, door: str, token: str, code: str, segment: str) -> HttpResponse:
    """Bytes of one file: its initialisation segment and the fragments of the granted minutes, nothing else."""
    grant = _grant(request, door, token, code)
    rows = Segment.objects.readable().filter(camera__code=code).select_related("camera__sector")
    row = rows.filter(pk=int(segment)).first()
    if row is None:
        raise _nothing()
    start, end = _period(grant)
    part = stretch(row, start, end, oldest=limits.oldest(row.camera))
    if part is None:
        raise _nothing()
    allowed = [ranges.Span(0, part.init.size), ranges.Span(part.begins, part.ends)]
    span = ranges.wanted(request.headers.get("Range"), allowed)
    data = _read(part, span)
    headers = NOT_KEPT | {
        # The length of the file as this grant sees it.
        "Content-Range": f"bytes {span.start}-{span.start + len(data) - 1}/{part.ends}",
        "Accept-Ranges": "bytes",
    }
    return HttpResponse(data, status=206, content_type="video/mp4", headers=headers)


def _read(part: Stretch, span: ranges.Span) -> bytes:
    try:
        with part.path.open("rb", buffering=0) as file:
            data = os.pread(file.fileno(), span.size, span.start)
    except OSError as error:
        # Destroyed between the index and now: its day came.
        logger.warning("%s cannot be read: %s", part.row.path, error)
        raise _nothing() from error
    if not data:
        raise _nothing()
    return data


def nothing(request: HttpRequest) -> HttpResponse:
    """Every other address below the doors: a path that was tampered with, another name of file."""
    return response(_nothing())
