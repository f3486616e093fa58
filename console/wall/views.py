"""The doors of layouts, tours and walls: JSON for the room's scripts, refusals as problem+json."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User, Workstation
from accounts.rights import Right
from accounts.session import workstation_of
from cameras.tours.hours import LONGEST_REPORT
from console.models import Layout, Wall, WallTour
from console.wall import actions
from console.wall.cells import wrong
from console.wall.report import report
from footage.replay.serving import problems
from incidents.models import Incident


def room_of(request: HttpRequest) -> str:
    """The room asked for, else that of the seat. A room without a name is the centre's only one."""
    asked = request.GET.get("room")
    if asked is not None and (
        asked == ""
        or Workstation.objects.filter(room=asked).exists()
        or Wall.objects.filter(room=asked).exists()
    ):
        return asked
    seat = workstation_of(request.session)
    return seat.room if seat else ""


def on_the_wall(room: str) -> dict[str, Any]:
    """What hangs there, as a screen that opens now must know it."""
    wall = Wall.objects.filter(room=room).first() or Wall(room=room)
    tours = actions.tours_on(wall.cells)
    return {
        "room": room,
        "name": wall.name,
        "size": wall.size,
        "cells": wall.cells,
        "tours": tours,
        "names": actions.names_of(wall.cells, tours),
        "given_back": wall.given_back,
    }


@require_GET
@login_required
def layouts_json(request: HttpRequest) -> HttpResponse:
    user = _person(request)
    room = room_of(request)
    kept = Layout.objects.visible_to(user).filter(room=room)
    return _json(
        {
            "room": room,
            "layouts": list(kept.values("id", "name", "size", "cells")),
            "tours": [actions.told(t) for t in WallTour.objects.visible_to(user).filter(room=room)],
            "wall": on_the_wall(room),
        }
    )


@require_POST
@login_required
@problems
def save(request: HttpRequest) -> HttpResponse:
    said = _said(request)
    layout = actions.save_layout(
        room=room_of(request),
        name=said.get("name", ""),
        size=said.get("size", 0),
        cells=said.get("cells", []),
        actor=_person(request),
    )
    return _json(
        {"id": layout.pk, "name": layout.name, "size": layout.size, "cells": layout.cells}, status=201
    )


@require_POST
@login_required
@problems
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(request)
    actions.remove_layout(layout=get_object_or_404(Layout.objects.visible_to(user), pk=pk), actor=user)
    return HttpResponse(status=204)


@require_POST
@login_required
@problems
def save_tour(request: HttpRequest) -> HttpResponse:
    said = _said(request)
    tour = actions.save_tour(
        room=room_of(request),
        name=said.get("name", ""),
        purpose=said.get("purpose", ""),
        stops=said.get("stops", []),
        hours=said.get("hours", []),
        actor=_person(request),
    )
    return _json(actions.told(tour), status=201)


@require_GET
@login_required
@problems
def tours_report(request: HttpRequest) -> HttpResponse:
    """Looks planned and made by the walls of a room: today, or the days asked for."""
    user = _person(request)
    try:
        start, end = (
            dt.date.fromisoformat(request.GET.get(name) or str(timezone.localdate()))
            for name in ("start", "end")
        )
    except ValueError as error:
        raise wrong(_("These are no days."), _("Write them as 2026-11-30.")) from error
    if not start <= end <= start + LONGEST_REPORT:
        raise wrong(_("These are no days."), _("From a day to a later one, three months at most."))
    tours = WallTour.objects.visible_to(user).filter(room=room_of(request))
    return _json({"start": str(start), "end": str(end), "tours": report(tours, start, end)})


@require_POST
@login_required
@problems
def remove_tour(request: HttpRequest, pk: int) -> HttpResponse:
    user = _person(request)
    actions.remove_tour(tour=get_object_or_404(WallTour.objects.visible_to(user), pk=pk), actor=user)
    return HttpResponse(status=204)


@require_POST
@login_required
@problems
def push(request: HttpRequest) -> HttpResponse:
    said, user, room = _said(request), _person(request), room_of(request)
    if said.get("size") == 0:
        actions.clear_wall(room=room, actor=user)
    else:
        actions.push_to_wall(
            room=room,
            name=str(said.get("name", "")),
            size=said.get("size", 0),
            cells=said.get("cells", []),
            actor=user,
        )
    return _json(on_the_wall(room))


@require_POST
@login_required
@problems
def give_back(request: HttpRequest) -> HttpResponse:
    user, room = _person(request), room_of(request)
    asked = _said(request).get("incident")
    incident = get_object_or_404(Incident.objects.visible_to(user), pk=asked if isinstance(asked, int) else 0)
    actions.give_back(room=room, incident=incident, actor=user)
    return _json(on_the_wall(room))


def _person(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not (user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL)):
        raise PermissionDenied(Right.SEE_ROOM.label)
    return user


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise wrong(_("The message is not valid."), _("Send a JSON object.")) from error
    if not isinstance(said, dict):
        raise wrong(_("The message is not valid."), _("Send a JSON object."))
    return said


def _json(body: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(
        orjson.dumps(body),
        content_type="application/json",
        status=status,
        headers={"Cache-Control": "no-store"},
    )
