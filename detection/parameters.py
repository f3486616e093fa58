"""What can be set of each rule, in metres, seconds and numbers: shared by the form, the check and the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from detection.codes import EventCode


@dataclass(frozen=True)
class Parameter:
    name: str
    label: str | Promise
    unit: str
    default: float
    least: float
    most: float

    @property
    def is_switch(self) -> bool:
        """1 or 0: yes or no."""
        return not self.unit and (self.least, self.most) == (0, 1)


_AWAY = Parameter("away_m", gettext_lazy("owner farther than"), "m", 2.0, 0.5, 20)
_ALONE = Parameter("alone_s", gettext_lazy("unattended for"), "s", 30.0, 5, 1800)
_STILL = Parameter("still_s", gettext_lazy("still for"), "s", 10.0, 2, 600)
_STAY = Parameter("stay_s", gettext_lazy("inside for"), "s", 1.0, 0, 600)
_VEHICLES = Parameter("vehicles", gettext_lazy("vehicles, too"), "", 0, 0, 1)
_PEOPLE = Parameter("people", gettext_lazy("people at least"), "", 5, 2, 500)
_RADIUS = Parameter("radius_m", gettext_lazy("within"), "m", 5.0, 0.5, 50)
_LONG = Parameter("for_s", gettext_lazy("for"), "s", 20.0, 1, 1800)
_DENSE = Parameter("per_m2", gettext_lazy("people per m² at least"), "/m²", 2.0, 0.1, 10)
_MANY = Parameter("people", gettext_lazy("people at least, without ground scale"), "", 20, 2, 2000)
_SPEED = Parameter("speed_m_s", gettext_lazy("faster than"), "m/s", 2.5, 0.5, 20)
_DOWN = Parameter("down_s", gettext_lazy("on the ground for"), "s", 8.0, 1, 600)
_BURNS = Parameter("burns_s", gettext_lazy("burning for"), "s", 4.0, 1, 120)

PARAMETERS: dict[EventCode, tuple[Parameter, ...]] = {
    EventCode.ABANDONED_OBJECT: (_AWAY, _ALONE, _STILL),
    EventCode.ZONE_INTRUSION: (_STAY, _VEHICLES),
    EventCode.CROWD_DENSITY: (_DENSE, _MANY, _LONG),
    EventCode.PEOPLE_GROUPING: (_PEOPLE, _RADIUS, _LONG),
    EventCode.CROWD_MOVEMENT: (_PEOPLE, _SPEED, Parameter("for_s", gettext_lazy("for"), "s", 3.0, 1, 60)),
    EventCode.WRONG_WAY: (Parameter("past_m", gettext_lazy("at least past the line"), "m", 1.0, 0, 20),),
    EventCode.PERSON_DOWN: (_DOWN,),
    EventCode.FIRE_START: (_BURNS,),
}


def defaults(code: str) -> dict[str, float]:
    return {one.name: one.default for one in PARAMETERS[EventCode(code)]}


def problem_with(code: str, given: Mapping[str, Any]) -> str:
    """What is wrong with these; "" when they do."""
    known = {one.name: one for one in PARAMETERS[EventCode(code)]}
    for name, value in given.items():
        if name not in known:
            return _("This rule has no “%(name)s”.") % {"name": name}
        one = known[name]
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not one.least <= value <= one.most:
            return _("“%(label)s” is between %(least)s and %(most)s %(unit)s.") % {
                "label": one.label,
                "least": f"{one.least:g}",
                "most": f"{one.most:g}",
                "unit": one.unit,
            }
    return ""
