"""What a layout and a tour may say, strictly read: places, cameras that exist, dwell times (W-05, W-14)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from cameras.models import Camera
from console.models import WallTour
from console.models.layout import DWELL_S, SIZES, Cell, Stop
from doors.problems import Refused

MOST_STOPS = 40
LONGEST_NAME, LONGEST_PURPOSE = 40, 120


def named(name: Any) -> str:
    said = " ".join(str(name or "").split())
    if not said or len(said) > LONGEST_NAME:
        raise wrong(_("Give it a name of 1 to 40 letters."), _("Type a name and save again."))
    return said


def sized(size: Any) -> int:
    if size not in SIZES:
        raise wrong(_("A layout has 1, 4, 9 or 16 tiles."), _("Choose one of these."))
    return int(size)


def placed(cells: Any, size: int, *, room: str, actor: User | None) -> list[Cell | None]:
    """The places in their order, as many as there are tiles."""
    if not isinstance(cells, list) or len(cells) > size:
        raise wrong(_("There are more cameras than tiles."), _("Choose a larger layout, or take some out."))
    read = [_cell(cell) for cell in cells] + [None] * (size - len(cells))
    codes = [cell["camera"] for cell in read if cell and "camera" in cell]
    if len(codes) > len(set(codes)):
        raise wrong(_("A camera has one tile of a layout."), _("Take it out of one of its places."))
    _known(codes, actor)
    tours = {cell["tour"] for cell in read if cell and "tour" in cell}
    if tours - set(WallTour.objects.filter(room=room, pk__in=tours).values_list("pk", flat=True)):
        raise wrong(_("There is no such tour in this room."), _("Choose one of the room's tours."))
    return read


def stopped(stops: Any, *, actor: User | None) -> list[Stop]:
    if not isinstance(stops, list) or not 1 <= len(stops) <= MOST_STOPS:
        raise wrong(_("A tour has 1 to 40 stops."), _("Add a camera to it."))
    read = [_stop(stop) for stop in stops]
    _known((code for stop in read for code in stop["cameras"]), actor)
    return read


def purposed(purpose: Any) -> str:
    said = " ".join(str(purpose or "").split())
    if not said or len(said) > LONGEST_PURPOSE:
        raise wrong(
            _("A tour says what it is for."),
            _("Write it in a few words: they are written with every stop (L-64)."),
        )
    return said


def _cell(cell: Any) -> Cell | None:
    if cell is None:
        return None
    if isinstance(cell, dict) and isinstance(cell.get("camera"), str):
        return Cell(camera=cell["camera"], live=cell.get("live") is True)
    if isinstance(cell, dict) and isinstance(cell.get("tour"), int):
        return Cell(tour=cell["tour"])
    raise wrong(_("A place holds a camera, a tour or nothing."), _("Put the cameras in again."))


def _stop(stop: Any) -> Stop:
    codes = stop.get("cameras") if isinstance(stop, dict) else None
    seconds = stop.get("seconds") if isinstance(stop, dict) else None
    least, most = DWELL_S
    if not isinstance(codes, list) or not 1 <= len(codes) <= max(SIZES):
        raise wrong(_("Each stop of a tour shows one camera or more."), _("Choose a camera for it."))
    if not isinstance(seconds, int) or not least <= seconds <= most:
        raise wrong(
            _("A stop lasts %(least)s to %(most)s seconds.") % {"least": least, "most": most},
            _("Change how long it lasts."),
        )
    return Stop(cameras=list(dict.fromkeys(str(code) for code in codes)), seconds=seconds)


def _known(codes: Iterable[str], actor: User | None) -> None:
    wanted = set(codes)
    cameras = Camera.objects.all() if actor is None else Camera.objects.visible_to(actor)
    missing = wanted - set(cameras.filter(code__in=wanted).values_list("code", flat=True))
    if missing:
        raise wrong(
            _("There is no camera %(camera)s.") % {"camera": ", ".join(sorted(missing)[:3])},
            _("Check its code on the map."),
        )


def wrong(title: str, what_to_do: str) -> Refused:
    return Refused(title, what_to_do=what_to_do, status=400, code="layout")
