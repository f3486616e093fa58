"""Unnamed streets, grown between the named ones: believable, repeatable, and not a survey."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import TypeAlias

from shapely import segmentize, transform, unary_union, voronoi_polygons
from shapely.affinity import rotate
from shapely.geometry import LineString, MultiLineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import linemerge, polygonize, split

from tools.basemap.fabric_seeds import SEEDS, Seed
from tools.basemap.plane import Coordinates, to_plane

SMALL_FACE_M2 = 70_000.0
SHORTEST_M = 22.0
SIMPLIFY_M = 2.2

Quarter: TypeAlias = tuple[Polygon, Seed]


def polygons_of(shape: BaseGeometry) -> list[Polygon]:
    parts = getattr(shape, "geoms", [shape])
    return [part for part in parts if isinstance(part, Polygon) and part.area > 900]


def lines_of(shape: BaseGeometry) -> list[LineString]:
    parts = getattr(shape, "geoms", [shape])
    return [part for part in parts if isinstance(part, LineString) and part.length > 1]


def quarters(frame: Polygon, walls: list[BaseGeometry], kept_clear: BaseGeometry) -> list[Quarter]:
    """Cuts the town into what lies between named streets, each piece with its nearest seed."""
    sites = [to_plane(seed.lat, seed.lon) for seed in SEEDS]
    cells = polygons_of(voronoi_polygons(MultiPoint(sites), extend_to=frame))
    found: list[Quarter] = []
    for face in polygonize(unary_union([frame.exterior, *walls])):
        open_ground = face.difference(kept_clear)
        for piece in polygons_of(open_ground):
            if piece.area < SMALL_FACE_M2:
                found.append((piece, _nearest(piece.representative_point().coords[0], sites)))
                continue
            for cell in cells:
                seed = _nearest(cell.representative_point().coords[0], sites, within=cell)
                found += [(part, seed) for part in polygons_of(piece.intersection(cell))]
    return found


def _nearest(at: tuple[float, ...], sites: list[tuple[float, float]], within: Polygon | None = None) -> Seed:
    if within is not None:
        inside = [i for i, site in enumerate(sites) if within.covers(MultiPoint([site]))]
        return SEEDS[inside[0]]
    return SEEDS[min(range(len(sites)), key=lambda i: math.dist(at[:2], sites[i]))]


def streets_in(quarter: Quarter) -> list[LineString]:
    piece, seed = quarter
    if seed.kind == "none" or piece.area < (seed.block_m**2) * 1.1:
        return []
    dice = random.Random(round(piece.area) + round(piece.length))
    if seed.kind == "grid":
        drawn = _grid(piece, seed.block_m, dice)
    else:
        drawn = _lots(piece, seed.block_m, dice, wild=seed.kind == "hill")
        bend = 26.0 if seed.kind == "hill" else 7.0
        drawn = [_bent(each, piece, bend) for each in drawn]
    merged = linemerge(MultiLineString(drawn)) if len(drawn) > 1 else MultiLineString(drawn)
    simple = merged.simplify(SIMPLIFY_M * (2.5 if seed.kind == "hill" else 1))
    return [each for each in lines_of(simple) if each.length > SHORTEST_M]


def _main_direction(piece: Polygon) -> float:
    """The bearing most of the outline follows, folded to a quarter turn."""
    ring = list(piece.exterior.simplify(12).coords)
    x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        length = math.hypot(x2 - x1, y2 - y1)
        turn = 4 * math.atan2(y2 - y1, x2 - x1)
        x, y = x + length * math.cos(turn), y + length * math.sin(turn)
    return math.degrees(math.atan2(y, x)) / 4


def _grid(piece: Polygon, block: float, dice: random.Random) -> list[LineString]:
    angle = _main_direction(piece)
    centre = piece.centroid
    flat = rotate(piece, -angle, origin=centre)
    left, bottom, right, top = flat.bounds
    columns = _evenly(left, right, block * dice.uniform(0.95, 1.25), dice)
    rows = _evenly(bottom, top, block * dice.uniform(0.9, 1.1), dice)
    drawn: list[BaseGeometry] = []
    for x in columns:
        drawn += _run([(x, y) for y in (bottom - 9, *rows, top + 9)], dice)
    for y in rows:
        drawn += _run([(x, y) for x in (left - 9, *columns, right + 9)], dice)
    turned = [rotate(each, angle, origin=centre).intersection(piece) for each in drawn]
    return [part for each in turned for part in lines_of(each)]


def _evenly(start: float, end: float, step: float, dice: random.Random) -> list[float]:
    count = round((end - start) / step)
    if count < 2:
        return []
    width = (end - start) / count
    return [start + width * i + dice.uniform(-0.07, 0.07) * width for i in range(1, count)]


def _run(stops: list[tuple[float, float]], dice: random.Random) -> list[BaseGeometry]:
    """A street between crossings, now and then interrupted."""
    legs = [LineString(leg) for leg in pairwise(stops) if dice.random() > 0.1]
    return [linemerge(MultiLineString(legs))] if len(legs) > 1 else list(legs)


def _lots(piece: Polygon, block: float, dice: random.Random, *, wild: bool) -> list[LineString]:
    """Halves the ground again and again across its long side until blocks have the right size."""
    drawn: list[LineString] = []
    waiting = [piece]
    target = block * block * 1.25
    while waiting:
        ground = waiting.pop()
        if ground.area < target * dice.uniform(0.9, 1.9):
            continue
        cut = _cut(ground, dice, 24 if wild else 10)
        halves = polygons_of(split(ground, cut))
        if len(halves) < 2:
            continue
        waiting += halves
        if wild and ground.area < target * 3 and dice.random() < 0.3:
            continue
        drawn += lines_of(cut.intersection(ground))
    return drawn


def _cut(ground: Polygon, dice: random.Random, sway: float) -> LineString:
    around = ground.minimum_rotated_rectangle
    box = (
        list(around.exterior.coords) if isinstance(around, Polygon) else list(ground.envelope.boundary.coords)
    )
    first, second = math.dist(box[0], box[1]), math.dist(box[1], box[2])
    a, b, c, d = (box[0], box[1], box[2], box[3]) if first > second else (box[1], box[2], box[3], box[0])
    share = dice.uniform(0.42, 0.58)
    start = (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
    end = (d[0] + (c[0] - d[0]) * share, d[1] + (c[1] - d[1]) * share)
    across = LineString([start, end])
    reach = max(first, second) * 0.2
    dx, dy = (end[0] - start[0]) / across.length * reach, (end[1] - start[1]) / across.length * reach
    longer = LineString([(start[0] - dx, start[1] - dy), (end[0] + dx, end[1] + dy)])
    return rotate(longer, dice.uniform(-sway, sway), origin=across.centroid)


def _bent(street: LineString, piece: Polygon, by_m: float) -> LineString:
    """Sways a straight cut like a lane on a slope, but not where it meets a named street."""
    edge = piece.exterior
    dense = segmentize(street, 40.0)

    def sway(xy: Coordinates) -> Coordinates:
        moved = xy.copy()
        for i, (x, y) in enumerate(xy):
            calm = min(1.0, edge.distance(LineString([(x, y), (x, y + 0.01)])) / 70.0)
            moved[i, 0] += calm * by_m * (math.sin(y / 83 + x / 210) + 0.3 * math.sin(y / 41))
            moved[i, 1] += calm * by_m * (math.sin(x / 89 - y / 190) + 0.3 * math.sin(x / 43))
        return moved

    bent = transform(dense, sway)
    inside = lines_of(bent.intersection(piece))
    return max(inside, key=lambda part: part.length) if inside else street
