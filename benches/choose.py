"""The best four of 10,000 cameras for a place, with the reason of each choice and of each refusal.

What may be used by law is asked too: a prefect's order in force, masks that were checked, for each that sees it.

The floor, in the same run and for the same places: one bare SQL query for what lies in the box around the place,
and the distance to all 10,000 points in numpy with the four nearest taken out.

    make bench NAME=choose [ARGS="--cameras 10000 --places 1000"]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import time
from collections.abc import Callable

import django
import numpy as np

from benches import report
from tests.servers import bench_centre

CENTRE = (43.7035, 7.2654)
BOX_M = 150.0
SEED = 885


def estate(count: int) -> None:
    """A city's cameras: most around a hundred squares, the others along streets; a few see for kilometres."""
    from django.utils import timezone

    from cameras.models import Camera, MaskCheck
    from legal.models import PrefecturalAuthorisation
    from places.geometry import Point, destination

    chance = random.Random(SEED)
    centre = Point(*CENTRE)
    squares = [destination(centre, chance.uniform(0, 360), abs(chance.gauss(0, 3500))) for _ in range(100)]
    rows = []
    for n in range(count):
        around, spread = (chance.choice(squares), 400) if chance.random() < 0.6 else (centre, 5000)
        where = destination(around, chance.uniform(0, 360), abs(chance.gauss(0, spread)))
        kind = chance.choices(["dome", "fixed", "panoramic", "thermal"], [50, 40, 9, 1])[0]
        far = n % 500 == 0
        hfov = {"dome": 60, "fixed": 80, "panoramic": 360, "thermal": 24}[kind]
        rows.append(
            Camera(
                code=f"C{n:05d}",
                name=f"Camera {n}",
                kind=kind,
                lat=where.lat,
                lon=where.lon,
                height_m=chance.uniform(4, 12),
                mounting_azimuth_deg=chance.uniform(0, 359.9),
                hfov_deg=hfov,
                hfov_tele_deg=3 if kind == "dome" else hfov,
                width_px=3840 if kind == "panoramic" else 1920,
                range_m=4000 if far else chance.uniform(60, 250),
                state=chance.choices(["live", "lost", "maintenance"], [95, 3, 2])[0],
                authorisation_reference="2026-118",
            )
        )
    made = Camera.objects.bulk_create(rows, batch_size=2000)
    now = timezone.now()
    checks = [MaskCheck(camera=one, result=MaskCheck.Result.NOTHING, holds_from=now) for one in made]
    MaskCheck.objects.bulk_create(checks, batch_size=2000)
    PrefecturalAuthorisation.objects.create(
        number="2026-118",
        signed_on=now.date() - dt.timedelta(days=30),
        expires_on=now.date() + dt.timedelta(days=300),
        purposes=list(range(1, 12)),
        max_retention_days=10,
        all_cameras=True,
    )


def timed(work: Callable[[int], object], count: int) -> list[float]:
    """Milliseconds of each call, after some unmeasured ones."""
    for n in range(50):
        work(n % count)
    spans = []
    for n in range(count):
        start = time.perf_counter()
        work(n)
        spans.append((time.perf_counter() - start) * 1000)
    return spans


def measure(places: int) -> None:
    from django.db import connection

    from cameras import choosing, lawful
    from cameras.models import Camera
    from places.geometry import Point, box_around, destination

    connection.cursor().execute("ANALYZE cameras_camera; ANALYZE cameras_maskcheck")
    chance = random.Random(SEED + 1)
    points = list(Camera.objects.order_by("code").values_list("lat", "lon"))
    asked = [
        destination(Point(*chance.choice(points)), chance.uniform(0, 360), chance.uniform(0, 120))
        for _ in range(places)
    ]
    lat, lon = (np.radians(np.array(column)) for column in zip(*points, strict=True))
    boxes = [box_around(place, BOX_M) for place in asked]
    found: list[int] = []
    named: list[int] = []
    candidates = [Camera.objects.in_service().reaching(place).count() for place in asked]

    def ours(n: int) -> None:
        aims, left_out = lawful.aims(asked[n], "")
        chosen, passed_over = choosing.pick(aims, choosing.AT_MOST)
        found.append(len(chosen))
        named.append(len(left_out) + len(passed_over))

    def bare_sql(n: int) -> None:
        box = boxes[n]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, lat, lon FROM cameras_camera"
                " WHERE lat BETWEEN %s AND %s AND lon BETWEEN %s AND %s",
                [box.south, box.north, box.west, box.east],
            )
            cursor.fetchall()

    def bare_numpy(n: int) -> None:
        here_lat, here_lon = np.radians(asked[n])
        h = np.sin((lat - here_lat) / 2) ** 2
        h += np.cos(here_lat) * np.cos(lat) * np.sin((lon - here_lon) / 2) ** 2
        np.argpartition(np.arcsin(np.sqrt(h)), 4)[:4]

    def floor(n: int) -> None:
        bare_sql(n)
        bare_numpy(n)

    spans = {
        "choice with reasons": timed(ours, places),
        "bare SQL box": timed(bare_sql, places),
        "bare numpy distance": timed(bare_numpy, places),
        "floor: both": timed(floor, places),
    }
    report.table(
        ["ms", "p50", "p95", "p99", "max"],
        [[name, *(report.spread(s)[p] for p in ("p50", "p95", "p99", "max"))] for name, s in spans.items()],
    )
    value, least = (report.percentile(spans[name], 95) for name in ("choice with reasons", "floor: both"))
    report.line(
        "choose",
        value=value,
        floor=least,
        unit="ms",
        cameras=len(points),
        places=places,
        chosen_mean=round(sum(found) / len(found), 2),
        left_out_mean=round(sum(named) / len(named), 2),
        candidates_p50=report.percentile(candidates, 50),
        candidates_p95=report.percentile(candidates, 95),
    )


def main() -> None:
    """Needs nothing: servers, database and estate are its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=10_000)
    parser.add_argument("--places", type=int, default=1_000)
    asked = parser.parse_args()
    with bench_centre("bench-choose") as centre:
        os.environ.update(centre.env)
        django.setup()
        estate(asked.cameras)
        measure(asked.places)


if __name__ == "__main__":
    main()
