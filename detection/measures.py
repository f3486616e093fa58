"""What a rule measured, in words for whoever answers: numbers are kept, sentences are made when somebody reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from detection.codes import EventCode

Measured = Mapping[str, float]


def words(code: str, measured: Measured) -> str:
    """One sentence; "" where nothing was measured, as of a signal older than this."""
    if not measured:
        return ""
    return _SAID[EventCode(code)](measured)


def _seconds(measured: Measured) -> str:
    return f"{measured.get('seconds', 0):.0f}"


def _abandoned(measured: Measured) -> str:
    given = {"size": number_format(measured.get("size_m", 0), 1), "seconds": _seconds(measured)}
    return _("A thing of about %(size)s m, nobody with it for %(seconds)s s.") % given


def _intrusion(measured: Measured) -> str:
    vehicle = bool(measured.get("vehicle"))
    if "seconds" not in measured:
        return _("A vehicle crossed the line.") if vehicle else _("A person crossed the line.")
    given = {"seconds": number_format(measured["seconds"], 1)}
    if vehicle:
        return _("A vehicle on the ground of the zone for %(seconds)s s.") % given
    return _("A person on the ground of the zone for %(seconds)s s.") % given


def _density(measured: Measured) -> str:
    people = round(measured.get("people", 0))
    given = {"people": people, "limit": f"{measured.get('limit', 0):.0f}"}
    if area := measured.get("area_m2", 0.0):
        given |= {"area": f"{area:.0f}", "per_m2": number_format(people / area, 1)}
        return (
            _("%(people)s people on %(area)s m², %(per_m2)s on each; the limit is %(limit)s people.") % given
        )
    return _("%(people)s people; the limit is %(limit)s.") % given


def _grouping(measured: Measured) -> str:
    given = {"radius": f"{measured.get('radius_m', 0):g}", "seconds": _seconds(measured)}
    number = round(measured.get("people", 0))
    return ngettext(
        "%(people)s person stays within %(radius)s m, for %(seconds)s s.",
        "%(people)s people stay within %(radius)s m of one another, for %(seconds)s s.",
        number,
    ) % (given | {"people": number})


def _movement(measured: Measured) -> str:
    given = {"fast": f"{measured.get('fast', 0):.0f}", "people": f"{measured.get('people', 0):.0f}"}
    words = ngettext(
        "%(fast)s of %(people)s people runs, for %(seconds)s s.",
        "%(fast)s of %(people)s people run, for %(seconds)s s.",
        round(measured.get("fast", 0)),
    )
    return words % (given | {"seconds": _seconds(measured)})


def _wrong_way(measured: Measured) -> str:
    if measured.get("vehicle"):
        return _("A vehicle crossed the line the forbidden way.")
    return _("Somebody crossed the line the forbidden way.")


def _down(measured: Measured) -> str:
    return _("Somebody who stood lies on the ground, for %(seconds)s s.") % {"seconds": _seconds(measured)}


def _fire(measured: Measured) -> str:
    return _("A bright warm patch has flickered for %(seconds)s s.") % {"seconds": _seconds(measured)}


_SAID: dict[EventCode, Callable[[Measured], str]] = {
    EventCode.ABANDONED_OBJECT: _abandoned,
    EventCode.ZONE_INTRUSION: _intrusion,
    EventCode.CROWD_DENSITY: _density,
    EventCode.PEOPLE_GROUPING: _grouping,
    EventCode.CROWD_MOVEMENT: _movement,
    EventCode.WRONG_WAY: _wrong_way,
    EventCode.PERSON_DOWN: _down,
    EventCode.FIRE_START: _fire,
}
