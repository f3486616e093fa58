"""Larger estates for benches: cameras, sites and units strewn along the drawn streets. The same ones each time."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from alerts.models import Site
from nice_supervision.demo.files import Row, table
from patrols import streets
from patrols.models import Unit
from places import areas
from places.geometry import Point, destination
from places.models import Sector

# Twenty cameras: the mix of a city.
MIX = ["dome"] * 9 + ["fixed"] * 7 + ["panoramic"] * 2 + ["thermal", "third_party"]
STATES = ["lost", "maintenance"] + ["live"] * 48
OPTICS = ("height_m", "tilt_deg", "hfov_deg", "hfov_tele_deg", "width_px", "height_px", "range_m")


def cameras(count: int) -> Iterator[Row]:
    """So many more cameras, C10001 and on."""
    rng = random.Random(5)  # noqa: S311 - a drawing, not a secret
    models = {row["kind"]: row for row in reversed(table("cameras.csv"))}
    for number, (spot, sector) in enumerate(_spots(count, rng), 1):
        kind = MIX[number % len(MIX)]
        like = models[kind]
        yield {
            "code": f"C{10_000 + number}",
            "name": f"Caméra d’essai {number}",
            "kind": kind,
            "owner": "Exploitant (exercice)" if kind == "third_party" else "",
            "lat": f"{spot.lat:.6f}",
            "lon": f"{spot.lon:.6f}",
            **{name: like[name] for name in OPTICS},
            "mounting_azimuth_deg": str(rng.randrange(360)),
            "purpose": "5",
            "objective": "Estate for a bench.",
            "sector": sector,
            "state": STATES[number % len(STATES)],
            "exercise": "true",
        }


def sites(count: int) -> Iterator[Row]:
    """So many more sites, ESS-00001 and on."""
    rng = random.Random(6)  # noqa: S311 - a drawing, not a secret
    kinds = itertools.cycle(Site.Kind.values)
    for number, (spot, sector) in enumerate(_spots(count, rng), 1):
        yield {
            "code": f"ESS-{number:05d}",
            "kind": next(kinds),
            "name": f"Site d’essai {number}",
            "address": f"{number} voie d’essai, 06000 Nice",
            "lat": f"{spot.lat:.6f}",
            "lon": f"{spot.lon:.6f}",
            "phone": f"04 65 71 {number // 100 % 100:02d} {number % 100:02d}",
            "people": "",
            "access_notes": "",
            "sector_code": sector,
        }


def buttons(sites: list[Row]) -> list[Row]:
    return [{"code": f"BTN-{site['code']}", "site": site["code"], "label": "accueil"} for site in sites]


def units(count: int) -> Iterator[Row]:
    """So many more units, E001 and on."""
    kinds = itertools.cycle([Unit.Kind.CAR] * 6 + [Unit.Kind.MOTO] * 2 + [Unit.Kind.BIKE, Unit.Kind.FOOT])
    for number in range(1, count + 1):
        yield {"call_sign": f"E{number:03d}", "kind": next(kinds).value, "crew_size": "2"}


def _spots(count: int, rng: random.Random) -> Iterator[tuple[Point, str]]:
    """Points beside the streets, as many per metre everywhere, each with the sector it lies in."""
    network = streets.read(Path(settings.BASE_DIR, "static", "basemap", "streets.geojson"))
    stretches = network.stretches
    lengths = [stretch.length_m for stretch in stretches]
    drawn = [(sector.code, sector.area) for sector in Sector.objects.exclude(area=None)]
    for stretch in rng.choices(stretches, lengths, k=count):
        on_street, heading = stretch.at(rng.uniform(0, stretch.length_m))
        spot = destination(on_street, heading + rng.choice((90, -90)), rng.uniform(4, 9))
        inside = (code for code, area in drawn if area and areas.contains(area, spot))
        yield spot, next(inside, "")
