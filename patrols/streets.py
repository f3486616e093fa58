"""The drawn streets as a network one can drive: crossings joined by stretches. Read once, pure afterwards."""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from places.geometry import Point, angle_between_deg, bearing_deg, distance_m

Corner = tuple[float, float]  # longitude, latitude, rounded to five decimals (a metre)
DRIVEN = frozenset({"promenade", "avenue", "street"})
SHORTEST_M = 3.0


@dataclass(frozen=True)
class Stretch:
    """A piece of street between two crossings, in one direction."""

    points: tuple[Point, ...]
    kind: str
    length_m: float

    @property
    def start(self) -> Corner:
        return _corner(self.points[0])

    @property
    def end(self) -> Corner:
        return _corner(self.points[-1])

    def at(self, along_m: float) -> tuple[Point, float]:
        """The point so many metres from its start, and the heading there."""
        left = along_m
        for a, b in itertools.pairwise(self.points):
            step = distance_m(a, b)
            if left <= step and step > 0:
                share = left / step
                return (
                    Point(a.lat + (b.lat - a.lat) * share, a.lon + (b.lon - a.lon) * share),
                    bearing_deg(a, b),
                )
            left -= step
        return self.points[-1], bearing_deg(self.points[-2], self.points[-1])

    def backwards(self) -> Stretch:
        return Stretch(self.points[::-1], self.kind, self.length_m)


@dataclass
class Network:
    """Every stretch by the crossing it leaves from."""

    leaving: dict[Corner, list[Stretch]] = field(default_factory=lambda: defaultdict(list))

    @property
    def stretches(self) -> list[Stretch]:
        return [stretch for leaving in self.leaving.values() for stretch in leaving]

    def after(self, stretch: Stretch, rng: random.Random) -> Stretch:
        """Where to go on at its end: rather straight on, back only from a dead end."""
        ways = [way for way in self.leaving[stretch.end] if way.points != stretch.points[::-1]]
        if not ways:
            return stretch.backwards()
        heading = bearing_deg(stretch.points[-2], stretch.points[-1])
        turns = [abs(angle_between_deg(heading, bearing_deg(way.points[0], way.points[1]))) for way in ways]
        return rng.choices(ways, [1.1 - turn / 180 for turn in turns])[0]


def network(collection: dict[str, Any]) -> Network:
    """Cut the named streets of a GeoJSON collection where they meet; keep the largest connected part."""
    kinds: dict[str, list[shapely.LineString]] = defaultdict(list)
    for feature in collection["features"]:
        if feature["properties"]["class"] in DRIVEN:
            kinds[feature["properties"]["class"]].append(
                shapely.LineString(feature["geometry"]["coordinates"])
            )
    lines_by_kind = {kind: shapely.MultiLineString(lines) for kind, lines in kinds.items()}
    found = Network()
    pieces = shapely.unary_union(list(lines_by_kind.values()))  # cut wherever two streets meet
    for piece in shapely.get_parts(pieces):
        middle = piece.interpolate(0.5, normalized=True)
        _add(found, piece, min(lines_by_kind, key=lambda kind: lines_by_kind[kind].distance(middle)))
    return _largest(found)


def read(path: Path) -> Network:
    return network(json.loads(path.read_text(encoding="utf-8")))


def _add(found: Network, piece: shapely.LineString, kind: str) -> None:
    points = tuple(Point(lat, lon) for lon, lat in piece.coords)
    length_m = sum(distance_m(a, b) for a, b in itertools.pairwise(points))
    if length_m < SHORTEST_M:
        return
    there = Stretch(points, kind, length_m)
    for way in (there, there.backwards()):
        if all(way.points != known.points for known in found.leaving[way.start]):
            found.leaving[way.start].append(way)


def _largest(found: Network) -> Network:
    """Leave out stretches one could not drive away from."""
    unseen, best = set(found.leaving), set[Corner]()
    while unseen:
        part, edge = set[Corner](), [unseen.pop()]
        while edge:
            corner = edge.pop()
            part.add(corner)
            fresh = {way.end for way in found.leaving[corner]} - part
            edge.extend(fresh)
        unseen -= part
        best = max(best, part, key=len)
    return Network(defaultdict(list, {corner: found.leaving[corner] for corner in best}))


def _corner(point: Point) -> Corner:
    return (round(point.lon, 5), round(point.lat, 5))
