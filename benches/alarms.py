"""20 alarms in 10 s in one district that share 12 domes: what each waits for, and that every decision says why.

Value: how long one alarm waits for its answer (p95, ms): an order, or the word that it waits, committed. The
floor, in the same run: the same number of alarms each with a camera of its own, nobody to share with. Then leases
run out one after the other (their ends are set back, nothing sleeps), until every alarm has had its picture.

    make bench NAME=alarms [ARGS="--alarms 20 --cameras 12 --seconds 10"]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import threading
import time
from typing import Any

import django

from benches import report
from tests.servers import bench_centre

CENTRE = (43.7035, 7.2654)
SEED = 885
MOST_LEASES = 12


def district(cameras: int, *, apart_m: float, prefix: str) -> None:
    """Domes of the exercise city around one square, or each far from the others."""
    from cameras.models import Camera
    from places.geometry import Point, destination

    centre = Point(*CENTRE)
    for n in range(cameras):
        where = (
            destination(centre, n * 360 / cameras, 40)
            if not apart_m
            else destination(centre, 90, apart_m * (n + 1))
        )
        Camera.objects.create(
            code=f"{prefix}{n:03d}", name=f"Camera {n}", kind="dome", lat=where.lat, lon=where.lon, height_m=6,
            hfov_deg=60, hfov_tele_deg=3, range_m=200, state="live", exercise=True,
        )  # fmt: skip


def storm(places: list[Any], seconds: float, prefix: str, urgencies: list[int]) -> list[float]:
    """Press after press, each in a thread of its own as web processes would; ms until each has its answer."""
    from django.db import connection

    from cameras.actions import steer_towards

    took = [0.0] * len(places)

    def press(n: int) -> None:
        start = time.perf_counter()
        try:
            steer_towards(
                point=places[n],
                cause=f"{prefix}:{n + 1}",
                label=f"School {n + 1}",
                urgency=urgencies[n],
                exercise=True,
            )
        finally:
            took[n] = (time.perf_counter() - start) * 1000
            connection.close()

    threads = [threading.Thread(target=press, args=[n]) for n in range(len(places))]
    for thread in threads:
        thread.start()
        time.sleep(seconds / len(places))
    for thread in threads:
        thread.join()
    return took


def turns(causes: set[str]) -> tuple[int, set[str]]:
    """Let leases run out until everybody had a camera: how many leases, and who never had one."""
    from django.utils import timezone

    from cameras.models import CameraLock
    from cameras.steering import returning

    def holders() -> set[str]:
        return set(CameraLock.objects.held().values_list("cause", flat=True))

    served = holders()
    for lease in range(MOST_LEASES):
        if causes <= served:
            return lease, set()
        CameraLock.objects.held().update(until=timezone.now() - dt.timedelta(seconds=1))
        returning.sweep()
        served |= holders()
    return MOST_LEASES, causes - served


def unexplained() -> int:
    """Changes of hands and cameras left out without a reason in words."""
    from cameras.models import Steering
    from events.models import Event

    facts = Event.objects.filter(kind="cameras.lock_taken").values_list("data", flat=True)
    changes = [lock for data in facts for lock in data["locks"]]
    left_out = [out for steering in Steering.objects.all() for out in steering.left_out]
    return sum(not one["why"] for one in [*changes, *left_out])


def measure(alarms: int, cameras: int, seconds: float) -> None:
    from cameras.models import CameraLock, Steering
    from places.geometry import Point, destination

    chance = random.Random(SEED)
    centre = Point(*CENTRE)
    district(alarms, apart_m=600, prefix="F")
    alone = [destination(centre, 90, 600 * (n + 1) + 30) for n in range(alarms)]
    floor = storm(alone, seconds, "alone", [1] * alarms)
    CameraLock.objects.all().delete()
    Steering.objects.all().delete()

    district(cameras, apart_m=0, prefix="D")
    places = [destination(centre, chance.uniform(0, 360), chance.uniform(0, 60)) for _ in range(alarms)]
    urgencies = [1 if n == alarms - 1 else 2 for n in range(alarms)]
    took = storm(places, seconds, "incident", urgencies)
    with_picture = CameraLock.objects.held().values("cause").distinct().count()
    urgent = CameraLock.objects.filter(cause=f"incident:{alarms}").count()
    waiting = Steering.objects.waiting().count()
    leases, never = turns({f"incident:{n + 1}" for n in range(alarms)})
    report.table(
        ["ms", "p50", "p95", "max"],
        [
            [name, *(report.spread(spans)[p] for p in ("p50", "p95", "max"))]
            for name, spans in (("sharing", took), ("a camera each", floor))
        ],
    )
    report.line(
        "alarms",
        value=report.percentile(took, 95),
        floor=report.percentile(floor, 95),
        unit="ms",
        alarms=alarms,
        cameras=cameras,
        pictures_at_once=with_picture,
        cameras_of_the_most_urgent=urgent,
        waited=waiting,
        leases_until_all_had_one=leases,
        never=len(never),
        unexplained=unexplained(),
    )


def main() -> None:
    """Needs nothing: servers, database and estate are its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alarms", type=int, default=20)
    parser.add_argument("--cameras", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=10)
    asked = parser.parse_args()
    with bench_centre("bench-alarms") as centre:
        os.environ.update(centre.env)
        django.setup()
        measure(asked.alarms, asked.cameras, asked.seconds)


if __name__ == "__main__":
    main()
