"""One file per rule: a function of tracks, things and time. The names are those of the law (law 2023-380, art. 10).

There is no rule for weapons. A knife or a pistol is a few pixels in a street's picture, public figures for it are the
worst of all types, and a false signal sends armed people to somebody with a telephone in the hand.
"""

from __future__ import annotations

from collections.abc import Callable

from detection.sight.rules.abandoned_object import AbandonedObject
from detection.sight.rules.crowd_density import CrowdDensity
from detection.sight.rules.crowd_movement import CrowdMovement
from detection.sight.rules.fire_start import FireStart
from detection.sight.rules.people_grouping import PeopleGrouping
from detection.sight.rules.person_down import PersonDown
from detection.sight.rules.wrong_way import WrongWay
from detection.sight.rules.zone_intrusion import ZoneIntrusion
from detection.sight.tracks import GROUPS, VEHICLE
from detection.sight.types import PERSON, THING, RuleSetting
from detection.sight.view import Rule

RULES: dict[str, Callable[[RuleSetting], Rule]] = {
    "abandoned_object": AbandonedObject,
    "zone_intrusion": ZoneIntrusion,
    "crowd_density": CrowdDensity,
    "people_grouping": PeopleGrouping,
    "crowd_movement": CrowdMovement,
    "wrong_way": WrongWay,
    "person_down": PersonDown,
    "fire_start": FireStart,
}
# Pictures a second each of them wants while something moves.
RATES = {
    "abandoned_object": 4.0,
    "zone_intrusion": 5.0,
    "crowd_density": 2.0,
    "people_grouping": 3.0,
    "crowd_movement": 6.0,
    "wrong_way": 6.0,
    "person_down": 4.0,
    "fire_start": 6.0,
}
# Who has to be followed for each of them. Where people are counted, who walks is the ruler.
FOLLOWED: dict[str, frozenset[str]] = {
    "abandoned_object": frozenset({PERSON, THING}),
    "zone_intrusion": frozenset({PERSON}),
    "crowd_density": frozenset({PERSON}),
    "people_grouping": frozenset({PERSON}),
    "crowd_movement": frozenset({PERSON}),
    "wrong_way": frozenset(GROUPS),
    "person_down": frozenset(GROUPS),
    "fire_start": frozenset(),
}
# Those that count everybody, standing or walking: they want small people found all over the picture.
COUNTING = frozenset({"crowd_density"})


def followed(setting: RuleSetting) -> frozenset[str]:
    """The groups of `detection.sight.tracks` this rule asks about."""
    also = {VEHICLE} if setting.parameters.get("vehicles") else set()
    return FOLLOWED[setting.event_type] | also


def begin(setting: RuleSetting) -> Rule:
    """The rule of a setting, with nothing seen yet. Raises KeyError for a type nobody has a rule for."""
    return RULES[setting.event_type](setting)
