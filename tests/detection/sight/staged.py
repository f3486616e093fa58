"""Drawn scenes with a truth: for every type some in which it happens and some in which something like it does.

They stand in where no real footage is at hand: figures on them say that a rule does what it says, not how it does in a
street. `make bench NAME=drawn` runs them, coded, through the pipeline of production.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.detection.sight.clips import clip
from tests.detection.sight.drawn import Actor, Street, Where, bag, car, person, stander, walk

SIZE, FPS = (640, 360), 6.0
Zone = list[list[float]]


@dataclass(frozen=True)
class Staged:
    """One scene. `happens`: from when until when, None where it does not."""

    name: str
    kind: str
    actors: list[Actor]
    seconds: float = 20.0
    happens: tuple[float, float] | None = None
    more: dict[str, Any] = field(default_factory=dict)  # thresholds of the event
    street: dict[str, Any] = field(default_factory=dict)  # what is drawn otherwise


WEATHER: dict[str, dict[str, Any]] = {
    "day": {},
    "night": {"gain": lambda t: 0.42, "noise": 4.0},
    "rain": {"rain": 8, "shake": 0.3},
}
# What each rule waits for here, seconds: less than in a street, so that a scene is short.
DELAYS = {
    "abandoned_object": 8.0,
    "crowd_density": 5.0,
    "people_grouping": 8.0,
    "crowd_movement": 3.0,
    "person_down": 8.0,
    "fire_start": 4.0,
}
PLAIN = Street(1, size=SIZE)


def at(x: float, z: float) -> list[float]:
    """A point of the ground as a share of the picture."""
    column, row, _ = PLAIN.place(x, z)
    return [column / SIZE[0], min(1.0, row / SIZE[1])]


def area(left: float, right: float, near: float = 7.6, far: float = 20.0) -> Zone:
    return [at(left, far), at(right, far), at(right, near), at(left, near)]


WHOLE, RIGHT = area(-30, 30), area(0.5, 30)
ACROSS = [
    at(0, 20),
    at(0, 7.6),
]  # who goes to the left of the picture crosses it from one side, to the right the other
GROUND = {"lengths": [[at(-1.5, z), at(1.5, z), 3.0] for z in (8.0, 16.0)], "hfov_deg": 58}


def there(
    *spots: tuple[float, float], since: float = 4, until: float = 18, from_x: float = -9
) -> list[Actor]:
    """People who come one after the other, stand at these places, and leave."""
    return [
        person(_stays(x, z, since + 0.6 * n, until, from_x), 45 + 12 * (n % 4))
        for n, (x, z) in enumerate(spots)
    ]


def _stays(x: float, z: float, since: float, until: float, from_x: float) -> Where:
    come, stand = walk((since, from_x, z), (since + 4, x, z)), stander(x, z, since + 4, until)
    go = walk((until, x, z), (until + 4, -from_x, z))
    return lambda t: come(t) or stand(t) or go(t)


def walking(count: int, speed: float, apart: float, since: float = 5.0, z: float = 10.0) -> list[Actor]:
    """A file of people across the picture, at this speed, so far from one another."""
    found = []
    for n in range(count):
        began, row = since + n * apart / speed, z + 1.6 * (n % 3)
        found.append(person(walk((began, -9.5, row), (began + 19 / speed, 9.5, row)), 45 + 12 * (n % 4)))
    return found


def falls(x: float, z: float, when: float, until: float = 1e9) -> list[Actor]:
    """Somebody walks, falls within a second, and lies."""
    upright = person(walk((4, -8, z), (when, x, z)))
    bent = Actor(lambda t: (x, z) if when <= t < when + 0.5 else None, (0.9, 1.1), 50)
    lies = Actor(
        lambda t: (x + 0.02 * math.sin(t * 0.8), z) if when + 0.5 <= t < until else None, (1.7, 0.4), 50
    )
    return [upright, bent, lies]


def flames(x: float, z: float, since: float, until: float = 1e9) -> list[Actor]:
    """Tongues of different heights that come and go several times a second."""

    def burns(phase: float, rate: float) -> Where:
        return lambda t: (
            (x + 0.12 * phase, z) if since <= t < until and math.sin(t * rate + phase * 3) > -0.2 else None
        )

    return [Actor(burns(n - 2, 5 + 3 * n), (0.5, 0.5 + 0.2 * n), 205 + 8 * n, (-70, 48)) for n in range(5)]


def blinks(x: float, z: float, rate_hz: float, size: tuple[float, float]) -> Actor:
    return Actor(lambda t: (x, z) if (t * rate_hz) % 1 < 0.5 else None, size, 225, (-60, 45))


def _left_bags() -> Iterator[Staged]:
    comes = [person(walk((5, -8, 9), (9, 0, 9), (11, 0, 9), (16, 9, 9)))]
    kind, event = "abandoned_object", {"seconds": 30.0, "happens": (15.0, 30.0)}
    yield Staged("a bag is left", kind, [*comes, bag(0.5, 9, 10)], **event)
    yield Staged("a bag of the floor's grey", kind, [*comes, bag(0.5, 9, 10, grey=88)], **event)
    yield Staged(
        "a bag, small picture", kind, [*comes, bag(0.5, 9, 10)], street={"size": (320, 180)}, **event
    )
    yield Staged("nothing is left", kind, comes, 30)
    back = [
        person(walk((5, -8, 9), (9, 0, 9), (11, 0, 9), (13, 3, 9), (16, 0.3, 9), (17, 0.3, 9), (22, 9, 9)))
    ]
    yield Staged("fetched back", kind, [*back, bag(0.5, 9, 10, 16.5)], 30)
    yield Staged("a car parks", kind, [car(walk((5, -13, 12), (9, -3, 12), (1e6, -3, 12)))], 30)
    moved = [
        person(walk((5, -8, 9), (9, 0, 9), (26, 0.3, 9), (30, 5, 9))),
        bag(0.6, 9, 10, 18),
        bag(-0.8, 9.5, 18),
    ]
    yield Staged("its owner moves it and stays", kind, moved, 26)


def _intrusions() -> Iterator[Staged]:
    kind = "zone_intrusion"
    crosses = [person(walk((5, -8, 9), (13, 9, 9)))]
    inside = {"happens": (8.6, 13.0), "seconds": 18.0}
    yield Staged("somebody enters", kind, crosses, **inside)
    yield Staged("small picture", kind, crosses, street={"size": (320, 180)}, **inside)
    yield Staged("far away", kind, [person(walk((5, -8, 17), (15, 9, 17)))], 18, (10.0, 15.0))
    yield Staged("somebody stays beside it", kind, [person(walk((5, -8, 9), (9, -2, 9), (14, -9, 9)))], 18)
    drives = [car(walk((5, -16, 12), (13, 16, 12)))]
    counted = {"more": {"vehicles": 1}}
    yield Staged("a car enters where vehicles count", kind, drives, 18, (8.4, 13.0), **counted)
    yield Staged("a car enters where people count", kind, drives, 18)
    yield Staged("nobody", kind, [], 18)
    yield Staged("a bag stands there", kind, [bag(3, 9, 6)], 18)
    shade: dict[str, Any] = {"shade": lambda t: (-8 + 1.2 * t, 11.0, 2.6)}
    yield Staged("a shadow drifts through", kind, [], 20, street=shade)
    tall: dict[str, Any] = {"shade": lambda t: (-8 + 1.5 * t, 9.0, 0.9)}
    yield Staged("a small shadow drifts through", kind, [], 18, street=tall)


def _crowds() -> Iterator[Staged]:
    kind = "crowd_density"
    spots = [(-4.0 + 1.9 * n, 9 + 2.6 * (n % 3)) for n in range(5)] + [(-3 + 2.3 * n, 15.0) for n in range(4)]
    event = {"seconds": 24.0, "happens": (11.0, 20.0), "more": {"persons": 7}}
    yield Staged("nine stand there", kind, there(*spots, since=3, until=20), **event)
    yield Staged("three stand there", kind, there(*spots[:3]), 22, more={"persons": 7})
    yield Staged("five pass", kind, walking(5, 1.3, 2.0), 22, more={"persons": 7})


def _groups() -> Iterator[Staged]:
    kind = "people_grouping"
    near = [(-2.2, 10.0), (-0.7, 11.5), (0.8, 10.0), (2.3, 11.5), (0.2, 13.5)]
    event = {"seconds": 26.0, "happens": (12.0, 20.0), "more": {"people": 4, "radius_m": 3.5}}
    yield Staged("five stay together", kind, there(*near, until=24), **event)
    line = [(-3.0 + 1.5 * n, 12.0) for n in range(5)]
    yield Staged("five queue", kind, there(*line, until=24), **event)
    alone = {"people": 4, "radius_m": 3.5}
    yield Staged("three stay together", kind, there(*near[:3], until=22), 24, more=alone)
    yield Staged(
        "five far from one another",
        kind,
        there((-5, 12), (0, 9), (4.6, 9), (1, 19), (6.5, 16)),
        24,
        more=alone,
    )
    yield Staged("six walk past", kind, walking(6, 1.3, 1.5), 24, more=alone)


def _runs() -> Iterator[Staged]:
    kind = "crowd_movement"
    event = {"seconds": 18.0, "happens": (7.0, 14.0), "more": {"people": 4}}
    yield Staged("fourteen run", kind, walking(14, 4.0, 1.5), **event)
    yield Staged("ten run the other way", kind, [_mirrored(one) for one in walking(12, 3.6, 1.6)], **event)
    yield Staged("twelve walk", kind, walking(12, 1.3, 1.5), 20, more={"people": 4})
    two = [*walking(8, 1.3, 1.8), *walking(2, 4.0, 3.0, since=9, z=14)]
    yield Staged("two run among walkers", kind, two, 20, more={"people": 4})


def _mirrored(actor: Actor) -> Actor:
    where = actor.where
    return replace(actor, where=lambda t: (-spot[0], spot[1]) if (spot := where(t)) else None)


def _wrong_ways() -> Iterator[Staged]:
    kind, against = "wrong_way", {"crossing": "to_left"}
    right = [person(walk((5, -8, 10), (13, 8, 10)))]
    left = [_mirrored(right[0])]
    yield Staged("somebody against the way", kind, right, 17, (8.6, 13.0), more=against)
    drives = [car(walk((5, -16, 12), (10, 16, 12)))]
    yield Staged("a car against the way", kind, drives, 15, (7.2, 11.0), more=against)
    yield Staged("somebody with the way", kind, left, 17, more=against)
    yield Staged("a car with the way", kind, [_mirrored(drives[0])], 15, more=against)
    turns = [person(walk((5, -8, 10), (9, -0.8, 10), (14, -8, 10)))]
    yield Staged("somebody turns before the line", kind, turns, 17, more=against)


def _falls() -> Iterator[Staged]:
    kind = "person_down"
    event = {"seconds": 24.0, "happens": (10.0, 24.0)}
    yield Staged("somebody falls", kind, falls(0, 9, 10), **event)
    yield Staged("somebody falls, far", kind, falls(1, 13, 10), **event)
    gets_up = [*falls(0, 9, 10, 14), person(walk((14, 0, 9), (19, 9, 9)))]
    yield Staged("gets up again", kind, gets_up, 24)
    sits = [
        person(walk((4, -8, 9), (10, 0, 9))),
        Actor(lambda t: (0, 9) if t >= 10 else None, (0.6, 1.1), 50),
    ]
    yield Staged("somebody sits down", kind, sits, 24)
    yield Staged(
        "a bag is left", kind, [person(walk((4, -8, 9), (10, 0, 9), (15, 9, 9))), bag(0.4, 9, 10)], 24
    )
    parks = [person(walk((4, -8, 9), (12, 8, 9))), car(walk((7, -14, 12), (11, -3, 12), (1e6, -3, 12)))]
    yield Staged("a car parks behind somebody", kind, parks, 24)


def _fires() -> Iterator[Staged]:
    kind = "fire_start"
    event = {"seconds": 20.0, "happens": (8.0, 20.0)}
    yield Staged("something burns", kind, flames(0, 9, 8), **event)
    yield Staged("something burns, far", kind, flames(2, 15, 8), **event)
    lamp = Actor(lambda t: (0, 12) if t > 6 else None, (0.8, 0.8), 230, (-60, 45))
    yield Staged("a warm lamp is lit", kind, [lamp], 18)
    yield Staged("a light blinks", kind, [blinks(0, 12, 1.5, (0.4, 0.3))], 18)
    vest = [replace(person(walk((5, -8, 9), (13, 9, 9))), grey=200, hue=(-70, 40))]
    yield Staged("somebody in an orange vest", kind, vest, 18)


SCENES: dict[str, Callable[[], Iterator[Staged]]] = {
    "abandoned_object": _left_bags,
    "zone_intrusion": _intrusions,
    "crowd_density": _crowds,
    "people_grouping": _groups,
    "crowd_movement": _runs,
    "wrong_way": _wrong_ways,
    "person_down": _falls,
    "fire_start": _fires,
}


def scenes(kind: str, weather: tuple[str, ...] = tuple(WEATHER)) -> list[tuple[Staged, str]]:
    return [(scene, name) for scene in SCENES[kind]() for name in weather]


def truth_of(scene: Staged, weather: str, folder: Path) -> Path:
    """The scene as a clip with its truth, in the form `evaluate_detection` reads."""
    name = f"{scene.kind}, {scene.name}, {weather}"
    street = Street(scene.seconds, scene.actors, fps=FPS, **{"size": SIZE} | WEATHER[weather] | scene.street)
    clip(folder / f"{name}.mp4", street, group=6)
    told: dict[str, Any] = {"file": f"{name}.mp4", "zones": {}, "ground": GROUND, "events": [], "never": []}
    place: dict[str, Any] = {}
    if scene.kind == "wrong_way":
        told["lines"], place = {"line": ACROSS}, {"line": "line"}
    elif scene.kind in ("zone_intrusion", "crowd_density", "people_grouping"):
        told["zones"] = {"zone": RIGHT if scene.kind == "zone_intrusion" else WHOLE}
        place = {"zone": "zone"}
    if scene.kind in ("crowd_density", "abandoned_object"):
        del told["ground"]  # in numbers of people; metres from those who walk there
    watched = {"type": scene.kind, **place, **scene.more}
    if scene.kind in DELAYS:
        watched["delay"] = DELAYS[scene.kind]
    if scene.happens:
        told["events"] = [watched | {"start": scene.happens[0], "end": scene.happens[1]}]
    else:
        told["never"] = [watched]
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"clips": [told]}))
    return path
