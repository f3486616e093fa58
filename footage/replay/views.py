"""The page of recordings and what it asks for. Pictures themselves: serving.py."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from accounts.rights import Right, require
from accounts.session import workstation_of
from doors.problems import Refused, problem
from footage.models import Bookmark
from footage.replay import links
from footage.replay.actions import AT_ONCE, open_recordings, set_bookmark
from footage.replay.day import of_day
from footage.replay.scope import marked_by, recorded_for
from footage.replay.serving import problems
from footage.showing import cameras_of, looked
from legal import looks
from legal.looks import Look
from legal.models import Consultation
from legal.tokens import read
from legal.why import Period

REASONS = tuple(
    reason
    for reason in Consultation.Reason
    if reason not in (Consultation.Reason.AUDIT, Consultation.Reason.TOUR)
)


def person(request: HttpRequest) -> User:
    """Who asks, when they may see recordings at all."""
    user = somebody(request)
    require(user, Right.SEE_RECORDING)
    return user


def somebody(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Refused(_("Sign in first."), status=401, code="not-signed-in")
    return request.user


@require_GET
@login_required
def page(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User) or not user.may(Right.SEE_RECORDING):
        raise PermissionDenied(Right.SEE_RECORDING.label)
    codes = [code for code in request.GET.get("cameras", "").split(",") if code][:AT_ONCE]
    at = parse_datetime(request.GET.get("at", "").replace(" ", "+")) if request.GET.get("at") else None
    pre = request.GET.get("pre", "")
    if at is not None and timezone.is_naive(at):
        at = timezone.make_aware(at)
    config = {
        "cameras": codes,
        "at": at.isoformat() if at else None,
        "pre": min(600, int(pre)) if pre.isdecimal() and len(pre) < 5 else 0,
        "urls": {
            name: reverse(f"footage:{name}")
            for name in ("day", "open", "renew", "end", "link", "bookmarks", "ask")
        },
        "may_ask": user.may(Right.ASK_EXTRACTION),
    }
    context = {
        "config": config,
        "cameras": recorded_for(user).order_by("code"),
        "chosen": codes,
        "reasons": REASONS,
        "reason": request.GET.get("reason", "incident"),
        "reference": request.GET.get("reference", ""),
        "labels": Bookmark.Label,
        "centre_name": settings.CENTRE_NAME,
        "slots": range(AT_ONCE),
        "basemap_style": settings.BASEMAP_STYLE_URL,
        "basemap_pmtiles": settings.BASEMAP_PMTILES,
    }
    return render(request, "footage/replay.html", context)


@require_GET
@problems
def day_json(request: HttpRequest) -> HttpResponse:
    user = person(request)
    codes = request.GET.get("cameras", "").split(",")[:AT_ONCE]
    day = parse_date(request.GET.get("day", "") or str(timezone.localdate()))
    if day is None:
        raise _badly_said(_("Say the day as 2026-11-22."))
    begins = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    ends = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    cameras = list(recorded_for(user).filter(code__in=codes).order_by("code"))
    return as_json(of_day(cameras, begins, min(ends, max(begins, timezone.now()))) | {"ends": ends})


@require_POST
@problems
def open_(request: HttpRequest) -> HttpResponse:
    user, said = person(request), _said(request)
    seat = workstation_of(request.session)
    codes = said.get("cameras")
    opened = open_recordings(
        actor=user,
        codes=[str(code) for code in codes] if isinstance(codes, list) else [],
        period=Period(_moment(said, "from"), _moment(said, "to")),
        session_key=request.session.session_key or "",
        reason=str(said.get("reason", "")),
        reference=str(said.get("reference", "")),
        text=str(said.get("text", "")),
        workstation=seat.code if seat else "",
    )
    refused = {code: problem(refusal) for code, refusal in opened.refused.items()}
    return as_json({"looks": [look_as_object(look) for look in opened.looks], "refused": refused}, status=201)


@require_POST
@problems
def renew(request: HttpRequest) -> HttpResponse:
    """Called while somebody looks; everything that allowed the look is asked again."""
    person(request)
    token = str(_said(request).get("token", ""))
    code = links.playback(token).camera_code
    camera = cameras_of([code]).get(code)
    known = looked([camera])[0] if camera else None
    return as_json(
        look_as_object(looks.renew_look(token, session_key=request.session.session_key or "", camera=known))
    )


@require_POST
@problems
def end(request: HttpRequest) -> HttpResponse:
    """Whoever opened it, by whatever right, may say that they look no longer."""
    somebody(request)
    looks.end_look(str(_said(request).get("token", "")), session_key=request.session.session_key or "")
    return HttpResponse(status=204)


@require_POST
@problems
def link(request: HttpRequest) -> HttpResponse:
    """An address for a player outside the browser, for ten minutes."""
    person(request)
    token = str(_said(request).get("token", ""))
    code = links.playback(token).camera_code
    signed = links.link(token, session_key=request.session.session_key or "", camera_code=code)
    path = reverse("footage:playlist", args=["player", signed, code, "master.m3u8"])
    return as_json({"url": request.build_absolute_uri(path), "seconds": links.LINK_S})


@require_POST
@problems
def bookmarks(request: HttpRequest) -> HttpResponse:
    user, said = somebody(request), _said(request)
    camera = marked_by(user).filter(code=str(said.get("camera", ""))).first()
    if camera is None or said.get("label") not in Bookmark.Label.values:
        raise _badly_said(_("Name a camera and what it is."))
    set_bookmark(actor=user, camera=camera, at=_moment(said, "at"), label=str(said["label"]))
    return HttpResponse(status=201)


def look_as_object(look: Look) -> dict[str, Any]:
    def door(name: str) -> str:
        return reverse("footage:playlist", args=["hls", look.token, look.camera_code, name])

    period = read(look.token).period
    return {
        "camera": look.camera_code,
        "token": look.token,
        "from": period and period.start,
        "to": period and period.end,
        "expires_at": look.expires_at,
        "index": door("index.json"),
        "playlist": door("master.m3u8"),
    }


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise _badly_said(_("Send a JSON object.")) from error
    if not isinstance(said, dict):
        raise _badly_said(_("Send a JSON object."))
    return said


def _moment(said: dict[str, Any], name: str) -> dt.datetime:
    try:
        moment = parse_datetime(str(said.get(name, "")))
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise _badly_said(_("Say moments with their time zone: 2026-11-22T12:00:00+01:00."))
    return moment


def _badly_said(title: str) -> Refused:
    return Refused(title, what_to_do=_("Correct it and send it again."), status=400, code="invalid")


def as_json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(body),
        content_type="application/json",
        status=status,
        headers={"Cache-Control": "no-store"},
    )
