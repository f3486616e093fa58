"""Writes the drawn base of Nice into static/basemap/."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from shapely import segmentize, transform, unary_union
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box, mapping
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from tools.basemap import ground, rails
from tools.basemap.fabric import Quarter, quarters, streets_in
from tools.basemap.places import PLACES
from tools.basemap.plane import Coordinates, line, to_degrees, to_plane
from tools.basemap.streets_east import EAST_OF_JEAN_MEDECIN
from tools.basemap.streets_west import THROUGH, WEST

logger = logging.getLogger("basemap")

TARGET = Path(__file__).resolve().parents[2] / "static" / "basemap"
FRAME = box(*to_plane(43.640, 7.120), *to_plane(43.752, 7.345))
SHEET = box(*to_plane(43.560, 7.030), *to_plane(43.850, 7.450))
SNAP_M = 45.0

Feature: TypeAlias = dict[str, Any]
NamedLine: TypeAlias = tuple[dict[str, str], LineString]


def feature(shape: BaseGeometry, **properties: Any) -> Feature:
    return {"type": "Feature", "properties": properties, "geometry": mapping(to_degrees(shape))}


def write(name: str, features: list[Feature]) -> None:
    collection = {"type": "FeatureCollection", "features": features}
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
    (TARGET / name).write_text(text + "\n", encoding="utf-8")
    logger.info("%s: %d features, %d kB", name, len(features), len(text) // 1000)


def named_streets() -> list[NamedLine]:
    drawn: list[NamedLine] = [
        ({"name": "Promenade des Anglais", "class": "promenade"}, ground.promenade()),
        *(
            ({"name": street.name, "class": street.kind}, line(street.drawn, curved=street.curved))
            for street in (*THROUGH, *WEST, *EAST_OF_JEAN_MEDECIN)
        ),
    ]
    return [(about, _joined(i, drawn)) for i, (about, _) in enumerate(drawn)]


def _joined(index: int, drawn: list[NamedLine]) -> LineString:
    """Moves an end that stops just short of another street onto it."""
    about, street = drawn[index]
    if about["class"] in {"motorway", "express", "tunnel"}:
        return street
    joinable = {"promenade", "avenue", "street"}
    others = unary_union([s for i, (a, s) in enumerate(drawn) if i != index and a["class"] in joinable])
    corners = list(street.coords)
    for end in (0, -1):
        at = Point(corners[end])
        if 0 < at.distance(others) < SNAP_M:
            corners[end] = nearest_points(others, at)[0].coords[0]
    return LineString(corners)


def kept_clear(land: Polygon, streets: list[NamedLine]) -> BaseGeometry:
    wide = [shape.buffer(20) for about, shape in streets if about["class"] in {"motorway", "express"}]
    tracks = [line(rail.drawn).buffer(14) for rail in rails.RAILS if rail.kind == "railway"]
    surfaces = [*ground.parks().values(), *ground.squares().values(), *ground.rivers().values()]
    seaside = [ground.beaches(land), ground.airport()]
    return unary_union([*wide, *tracks, *surfaces, *seaside, SHEET.difference(land.buffer(-8))])


def town(land: Polygon, streets: list[NamedLine]) -> list[Quarter]:
    walls = [shape for about, shape in streets if about["class"] != "tunnel"]
    return quarters(FRAME, [*walls, land.exterior], kept_clear(land, streets))


def softened(shape: BaseGeometry, by_m: float) -> BaseGeometry:
    """An outline without straight cuts: where a town thins out there is no line on the ground."""

    def wander(xy: Coordinates) -> Coordinates:
        x, y = xy[:, 0], xy[:, 1]
        aside = np.column_stack(
            [np.sin(y / 181) + 0.4 * np.sin(y / 71), np.sin(x / 193) + 0.4 * np.sin(x / 79)]
        )
        moved: Coordinates = xy + aside * by_m
        return moved

    round_off = shape.buffer(60).buffer(-140).buffer(80)
    drawn: BaseGeometry = transform(segmentize(round_off, 45), wander)
    return drawn.buffer(0)


def ground_features(land: Polygon, built: list[Quarter]) -> list[Feature]:
    sheet_land = land.intersection(SHEET).simplify(1.5)
    dense = unary_union([piece.buffer(14) for piece, seed in built if seed.kind in {"grid", "organic"}])
    loose = unary_union([piece.buffer(14) for piece, seed in built if seed.kind == "hill"])
    water = {name: shape.intersection(SHEET).simplify(2) for name, shape in ground.rivers().items()}
    clear = unary_union([*water.values(), ground.airport(), ground.beaches(land)])
    soft = [
        ("suburb", softened(unary_union([loose, dense]), 70).union(dense)),
        ("built", softened(dense, 34)),
    ]
    return [
        feature(sheet_land, kind="land"),
        *(feature(s.intersection(sheet_land).difference(clear).simplify(4), kind=kind) for kind, s in soft),
        *(
            feature(shape.intersection(sheet_land), kind="park", name=n)
            for n, shape in ground.parks().items()
        ),
        *(feature(shape, kind="square", name=n) for n, shape in ground.squares().items()),
        feature(ground.beaches(land).simplify(1), kind="beach"),
        feature(ground.airport(), kind="airport"),
        *(feature(shape, kind="runway") for shape in ground.runways()),
        *(feature(shape, kind="water", name=name) for name, shape in water.items()),
    ]


def fabric_features(built: list[Quarter]) -> list[Feature]:
    features = []
    for quarter in built:
        drawn = streets_in(quarter)
        if drawn:
            features.append(feature(MultiLineString(drawn), kind=quarter[1].kind))
    return features


def place_features() -> list[Feature]:
    return [
        feature(Point(to_plane(place.lat, place.lon)), name=place.name, kind=place.kind, rank=place.rank)
        for place in PLACES
    ]


def rail_features() -> list[Feature]:
    curves = [
        feature(line(r.drawn, curved=True).simplify(1.5), name=r.name, kind=r.kind) for r in rails.RAILS
    ]
    stops = [feature(Point(to_plane(s.lat, s.lon)), name=s.name, kind=s.kind) for s in rails.STOPS]
    return curves + stops


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    TARGET.mkdir(parents=True, exist_ok=True)
    land = ground.mainland()
    streets = named_streets()
    built = town(land, streets)
    write("ground.geojson", ground_features(land, built))
    write("streets.geojson", [feature(shape.simplify(1.2), **about) for about, shape in streets])
    write("fabric.geojson", fabric_features(built))
    write("rails.geojson", rail_features())
    write("places.geojson", place_features())


if __name__ == "__main__":
    main()
