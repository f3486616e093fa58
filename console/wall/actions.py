"""Layouts a room keeps, its tours, and what the shift lead puts on its wall (W-05, W-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras.models import Camera
from cameras.tours import hours as when
from console.facts import LayoutRemoved, LayoutSaved, TourRemoved, TourSaved, WallGivenBack, WallPushed
from console.models import Layout, Wall, WallTour
from console.models.layout import Cell
from console.wall import cells as read
from doors.problems import Refused
from events.log import publish
from incidents.models import Incident

if TYPE_CHECKING:
    from accounts.models import User

REMEMBERED = 50


@transaction.atomic
def save_layout(*, room: str, name: str, size: int, cells: list[Any], actor: User | None) -> Layout:
    """Under a name the room knows already, the new one takes its place."""
    require(actor, Right.SEE_ROOM)
    tiles = read.sized(size)
    layout, _made = Layout.objects.update_or_create(
        room=room,
        name=read.named(name),
        defaults={
            "size": tiles,
            "cells": read.placed(cells, tiles, room=room, actor=actor),
            "changed_at": timezone.now(),
        },
    )
    publish(LayoutSaved(layout_id=layout.pk, room=room, name=layout.name, size=tiles), actor=actor)
    return layout


@transaction.atomic
def remove_layout(*, layout: Layout, actor: User | None) -> None:
    require(actor, Right.LEAD_ROOM)
    fact = LayoutRemoved(layout_id=layout.pk, room=layout.room, name=layout.name, size=layout.size)
    layout.delete()
    publish(fact, actor=actor)


@transaction.atomic
def save_tour(
    *, room: str, name: str, purpose: str, stops: list[Any], actor: User | None, hours: Any = ()
) -> WallTour:
    require(actor, Right.LEAD_ROOM)
    tour, _made = WallTour.objects.update_or_create(
        room=room,
        name=read.named(name),
        defaults={
            "purpose": read.purposed(purpose),
            "stops": read.stopped(stops, actor=actor),
            "hours": when.read(list(hours) if isinstance(hours, tuple) else hours),
            "changed_at": timezone.now(),
        },
    )
    publish(
        TourSaved(
            tour_id=tour.pk,
            room=room,
            name=tour.name,
            purpose=tour.purpose,
            stops=tour.stops,
            names=names_of([], [told(tour)]),
            hours=tour.hours,
        ),
        actor=actor,
    )
    return tour


@transaction.atomic
def remove_tour(*, tour: WallTour, actor: User | None) -> None:
    require(actor, Right.LEAD_ROOM)
    fact = TourRemoved(tour_id=tour.pk, room=tour.room, name=tour.name)
    tour.delete()
    publish(fact, actor=actor)


@transaction.atomic
def push_to_wall(*, room: str, name: str, size: int, cells: list[Any], actor: User | None) -> Wall:
    """The room's wall shows this within a second. Its free places stay spots for alerts."""
    require(actor, Right.LEAD_ROOM)
    tiles = read.sized(size)
    places = read.placed(cells, tiles, room=room, actor=actor)
    return _hang(room=room, name=name[: read.LONGEST_NAME], size=tiles, cells=places, actor=actor)


@transaction.atomic
def clear_wall(*, room: str, actor: User | None) -> Wall:
    """The wall follows the alerts alone again."""
    require(actor, Right.LEAD_ROOM)
    return _hang(room=room, name="", size=0, cells=[], actor=actor)


@transaction.atomic
def give_back(*, room: str, incident: Incident, actor: User | None) -> Wall:
    """The alert's cameras leave the wall, and its places are what they were before."""
    require(actor, Right.TAKE_INCIDENT)
    wall, _made = Wall.objects.select_for_update(no_key=True).get_or_create(room=room)
    if incident.is_closed:
        raise Refused(
            _("This incident is closed: it holds no tile."), what_to_do=_("Nothing is left to give back.")
        )
    if incident.pk not in wall.given_back:
        wall.given_back = [*wall.given_back, incident.pk][-REMEMBERED:]
        wall.save(update_fields=["given_back"])
        publish(WallGivenBack(room=room, incident_id=incident.pk), actor=actor)
    return wall


def tours_on(cells: list[Cell | None]) -> list[dict[str, Any]]:
    """The tours that stand in these places, whole: the wall asks for nothing more."""
    wanted = {cell["tour"] for cell in cells if cell and "tour" in cell}
    return [told(tour) for tour in WallTour.objects.filter(pk__in=wanted)]


def told(tour: WallTour) -> dict[str, Any]:
    return {
        "id": tour.pk,
        "name": tour.name,
        "purpose": tour.purpose,
        "stops": tour.stops,
        "hours": tour.hours,
    }


def names_of(cells: list[Cell | None], tours: list[dict[str, Any]]) -> dict[str, str]:
    """How these cameras are called: a wall reads no estate."""
    codes = {cell["camera"] for cell in cells if cell and "camera" in cell}
    codes |= {code for tour in tours for stop in tour["stops"] for code in stop["cameras"]}
    return dict(Camera.objects.filter(code__in=codes).values_list("code", "name"))


def _hang(*, room: str, name: str, size: int, cells: list[Cell | None], actor: User | None) -> Wall:
    wall, _made = Wall.objects.update_or_create(
        room=room, defaults={"name": name, "size": size, "cells": cells, "pushed_at": timezone.now()}
    )
    tours = tours_on(cells)
    fact = WallPushed(
        room=room,
        name=name,
        size=size,
        cells=[*map(_plain, cells)],
        tours=tours,
        names=names_of(cells, tours),
    )
    publish(fact, actor=actor)
    return wall


def _plain(cell: Cell | None) -> dict[str, Any] | None:
    return dict(cell) if cell else None
