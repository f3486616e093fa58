"""The pages of the room. They read; acts on an incident are in acts.py."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

import alerts.actions
import alerts.panels.actions
from accounts.gates import needs, signed_in
from accounts.models import User
from accounts.rights import Right
from accounts.session import workstation_of
from alerts.models import AlertDevice, Site
from cameras.geojson import feature_collection
from cameras.models import Camera
from console import panel, search, snapshot, worth
from console.wall.views import on_the_wall, room_of
from doors.problems import Refused
from events import deliveries
from events.models import Delivery
from footage.models import Bookmark
from incidents.models import Incident


def _json(body: Any) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def _cached(request: HttpRequest, body: bytes, content_type: str) -> HttpResponse:
    """Answer 304 when the browser already has these very bytes."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    return HttpResponse(body, content_type=content_type, headers=headers)


@require_GET
@needs(Right.SEE_ROOM)
def room(request: HttpRequest, user: User) -> HttpResponse:
    seat = workstation_of(request.session)
    names = (
        "state",
        "cameras",
        "sites",
        "search",
        "worth",
        "wall",
        "layouts",
        "save_layout",
        "save_tour",
        "tours_report",
        "push",
        "give_back",
    )
    urls = {name: reverse(f"console:{name}") for name in names}
    urls |= {"bookmarks": reverse("footage:bookmarks")}
    config = {
        "urls": urls
        | {"ws": "/ws/console/", "incident": reverse("console:incident", args=[0])}
        | {"signal": reverse("console:signal", args=[0])},
        "me": {"user_id": user.pk, "label": user.label, "workstation": seat.label if seat else ""},
        "rights": panel.rights_of(user),
        # The words a moment may be marked with, for who sees pictures.
        "bookmarks": [[label, str(words)] for label, words in Bookmark.Label.choices]
        if user.may(Right.SEE_RECORDING) or user.may(Right.SEE_IMAGE)
        else [],
        "idle_lock_seconds": settings.IDLE_LOCK_SECONDS,
    }
    return render(
        request,
        "console/room.html",
        {
            "config": config,
            "me": user,
            "workstation": seat,
            "centre_name": settings.CENTRE_NAME,
            "rights": panel.rights_of(user),
            "basemap_style": settings.BASEMAP_STYLE_URL,
            "basemap_pmtiles": settings.BASEMAP_PMTILES,
        },
    )


@require_GET
@needs(Right.SEE_WALL)
def wall(request: HttpRequest, user: User) -> HttpResponse:
    hangs = room_of(request)
    config = {
        "urls": {
            "state": f"{reverse('console:state')}?{urlencode({'room': hangs})}",
            "ws": "/ws/wall/",
        },
        "room": hangs,
    }
    return render(request, "console/wall.html", {"config": config, "centre_name": settings.CENTRE_NAME})


@require_GET
@signed_in
def state_json(request: HttpRequest, user: User) -> HttpResponse:
    if not (user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL)):
        raise PermissionDenied
    seat = workstation_of(request.session)
    me = {"user_id": user.pk, "label": user.label, "workstation": seat.label if seat else ""}
    shown = snapshot.state(user)
    if "room" in request.GET:
        shown["signals"] = []  # a wall shows what people have confirmed, and nothing software only thinks
    return _json(
        shown | {"wall": on_the_wall(room_of(request)), "me": me, "cameras_url": reverse("console:cameras")}
    )


@require_GET
@needs(Right.SEE_ROOM)
def cameras_json(request: HttpRequest, user: User) -> HttpResponse:
    return _cached(request, feature_collection(Camera.objects.visible_to(user)), "application/geo+json")


@require_GET
@needs(Right.SEE_ROOM)
def sites_json(request: HttpRequest, user: User) -> HttpResponse:
    sites = Site.objects.visible_to(user).open().values_list("code", "name", "kind", "lat", "lon", "exercise")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"code": code, "name": name, "kind": kind, "exercise": exercise},
        }
        for code, name, kind, lat, lon, exercise in sites
    ]
    return _cached(
        request, orjson.dumps({"type": "FeatureCollection", "features": features}), "application/geo+json"
    )


@require_GET
@needs(Right.SEE_ROOM)
def search_json(request: HttpRequest, user: User) -> HttpResponse:
    return _json({"results": search.everywhere(request.GET.get("q", ""), user=user)})


@require_GET
@needs(Right.SEE_ROOM)
def worth_json(request: HttpRequest, user: User) -> HttpResponse:
    """What an empty queue proposes to do."""
    return _json({"lines": worth.doing(user)})


@require_GET
@needs(Right.SEE_ROOM)
def site_plan(request: HttpRequest, user: User, code: str) -> HttpResponse:
    site = get_object_or_404(Site.objects.visible_to(user), code=code)
    if not site.plan:
        raise Http404
    return FileResponse(site.plan.open("rb"))  # type: ignore[return-value]  # a response like any other at run time


@require_GET
@needs(Right.SEE_ROOM)
def incident(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    row = get_object_or_404(Incident.objects.visible_to(user).select_related("taken_by"), pk=pk)
    return render(request, "console/_incident.html", panel.of(row, user=user))


@require_GET
@needs(Right.SEE_OPERATIONS)
def owed(request: HttpRequest, user: User) -> HttpResponse:
    """What the centre owes: reactions not yet run, those given up first."""
    rows = Delivery.objects.visible_to(user).owed().select_related("event").order_by("-tries", "id")[:200]
    return render(request, "console/owed.html", {"deliveries": rows})


@require_POST
@needs(Right.SEE_OPERATIONS)
@transaction.non_atomic_requests
def owed_again(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    deliveries.try_again(get_object_or_404(Delivery.objects.visible_to(user), pk=pk))
    return redirect("console:owed")


@require_GET
@needs(Right.PRESS_EXERCISE)
def exercise(request: HttpRequest, user: User) -> HttpResponse:
    """Every button of the exercise city, to press."""
    return render(request, "console/exercise.html", {"devices": _exercise_devices(user)})


@require_POST
@needs(Right.PRESS_EXERCISE)
def exercise_press(request: HttpRequest, user: User, code: str) -> HttpResponse:
    device = get_object_or_404(_exercise_devices(user), code=code)
    context: dict[str, Any] = {"devices": _exercise_devices(user)}
    status = 200
    try:
        if device.kind == AlertDevice.Kind.PANEL:
            context["pressed"] = alerts.panels.actions.play(device=device, code=request.POST.get("code", ""))
        else:
            context["pressed"] = alerts.actions.receive_press(device=device)
    except Refused as refused:
        context["refused"], status = refused, refused.status
    return render(request, "console/exercise.html", context, status=status)


def _exercise_devices(user: User) -> Any:
    devices = AlertDevice.objects.visible_to(user).in_service().filter(site__exercise=True)
    return devices.select_related("site").order_by("site__kind", "site__name", "code")
