"""Land, water, green and paved surfaces, built from the hand-entered shore."""

from __future__ import annotations

from shapely import make_valid, unary_union
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from tools.basemap import shore
from tools.basemap.plane import line, points, rounded

BEACH_WIDTH_M = 70.0


def promenade() -> LineString:
    return line(shore.PROMENADE_DES_ANGLAIS, curved=True)


def seafront() -> LineString:
    """The promenade and the quays that follow it, as one line along the beach."""
    drawn = points(shore.PROMENADE_DES_ANGLAIS) + points(shore.QUAI_DES_ETATS_UNIS)[1:]
    return LineString(rounded(drawn))


def shoreline() -> list[tuple[float, float]]:
    beach = seafront().offset_curve(-BEACH_WIDTH_M, join_style="round")
    carras = points("43.6700 7.2270")[0]
    waterline = [(x, y) for x, y in beach.coords if x > carras[0]]
    return [
        *rounded(points(shore.WEST_COAST)),
        *points(shore.AIRPORT_PLATFORM),
        *waterline,
        *points(shore.PORT_AND_EAST_COAST),
    ]


def mainland() -> Polygon:
    coast = Polygon([*shoreline(), *points(shore.LAND_BEYOND)])
    moles = [line(text).buffer(9, cap_style="round") for text in (shore.JETTY, shore.EAST_MOLE)]
    valid = make_valid(unary_union([coast, *moles]))
    parts = valid.geoms if hasattr(valid, "geoms") else [valid]
    return max((part for part in parts if isinstance(part, Polygon)), key=lambda part: part.area)


def rivers() -> dict[str, BaseGeometry]:
    return {
        "Var": line(shore.VAR, curved=True).buffer(shore.VAR_WIDTH_M / 2, cap_style="flat"),
        "Paillon": line(shore.PAILLON, curved=True).buffer(shore.PAILLON_WIDTH_M / 2, cap_style="flat"),
        "Magnan": line(shore.MAGNAN, curved=True).buffer(shore.MAGNAN_WIDTH_M / 2, cap_style="flat"),
    }


def beaches(land: BaseGeometry) -> BaseGeometry:
    strip = seafront().buffer(-BEACH_WIDTH_M - 4, single_sided=True)
    return strip.difference(seafront().buffer(24)).intersection(land)


def airport() -> Polygon:
    inland = points(
        "43.6706 7.2240, 43.6680 7.2196, 43.6660 7.2150, 43.6638 7.2100, 43.6612 7.2052, 43.6590 7.2000"
    )
    return Polygon([*points(shore.AIRPORT_PLATFORM), *inland])


def runways() -> list[BaseGeometry]:
    return [line(text).buffer(24, cap_style="flat") for text in shore.RUNWAYS]


def parks() -> dict[str, Polygon]:
    return {name: Polygon(rounded([*ring, ring[0]], 3)) for name, ring in _rings(shore.PARKS)}


def squares() -> dict[str, Polygon]:
    return {name: Polygon(ring) for name, ring in _rings(shore.SQUARES)}


def _rings(drawn: dict[str, str]) -> list[tuple[str, list[tuple[float, float]]]]:
    return [(name, points(text)) for name, text in drawn.items()]
