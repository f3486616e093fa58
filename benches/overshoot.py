"""A centre of two cameras lives twelve days with real files, a pass every quarter of an hour, in time of our own.

By how much is a recording older than its limit when its file is gone? Between two passes the door that lists a day is
asked, too: does it ever show what is past its limit and not yet destroyed? The floor is the quarter of an hour between
two passes: nothing that looks so often can be sooner in the worst case.

    make bench NAME=overshoot [ARGS="--days 12"]
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import django

from benches import report
from tests.servers import bench_centre

QUARTER, STEP, LIMIT = dt.timedelta(minutes=15), dt.timedelta(minutes=10), dt.timedelta(days=10)
VIDEO = "footage.Segment"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=12)
    options = parser.parse_args()
    with (
        bench_centre("bench-overshoot") as centre,
        tempfile.TemporaryDirectory(dir=centre.var, prefix="footage-") as root,
    ):
        os.environ.update(centre.env | {"FOOTAGE_ROOT": root})
        django.setup()
        logging.disable(logging.ERROR)
        measure(options.days, Path(root))


def measure(days: int, store: Path) -> None:
    from benches import cast

    cast.cameras(2)
    began = time.perf_counter()
    lived = live_through(days, store)
    seconds = time.perf_counter() - began
    overs = report.spread(lived["overs"])
    report.table(
        ["steady running", "passes", "destroyed", "p50 min late", "max min late", "early", "shown too old"],
        [
            [
                f"{days} days",
                lived["passes"],
                len(lived["overs"]),
                overs["p50"],
                overs["max"],
                sum(over < 0 for over in lived["overs"]),
                lived["shown"],
            ]
        ],
    )
    report.line(
        "overshoot",
        value=overs["max"],
        floor=QUARTER.total_seconds() / 60,
        unit="min",
        p50=round(overs["p50"], 2),
        destroyed=len(lived["overs"]),
        early=sum(over < 0 for over in lived["overs"]),
        shown_past_limit=lived["shown"],
        asked=lived["asked"],
        left_late=lived["late"],
        passes=lived["passes"],
        seconds=round(seconds),
    )


def live_through(days: int, store: Path) -> dict[str, Any]:
    """Real files, real passes, the engine's own clock; the time of day is ours."""
    from django.utils import timezone

    from cameras.models import Camera
    from retention import clock, engine, lateness
    from retention.models import Lateness, Run
    from retention.rules import rules
    from tests.retention.travel import record

    Run.objects.update(boot="")
    eyes = list(Camera.objects.order_by("pk"))
    now = [timezone.now().replace(minute=7, second=0, microsecond=0) - dt.timedelta(days=days)]
    ends, uptime, recorded = now[0] + dt.timedelta(days=days), [0.0], now[0] - LIMIT
    made: dict[str, dt.datetime] = {}
    told: dict[str, Any] = {"overs": [], "passes": 0, "shown": 0, "asked": 0, "late": 0}
    video = {VIDEO: rules()[VIDEO]}
    with (
        mock.patch.object(timezone, "now", lambda: now[0]),
        mock.patch.object(clock, "uptime_s", lambda: uptime[0]),
        mock.patch.object(engine, "rules", lambda: video),
        mock.patch.object(lateness, "rules", lambda: video),
        mock.patch.object(engine, "sync", list),
    ):
        while now[0] < ends:
            # Two days of recordings lie ahead of what expires: older ones are gone, younger ones change nothing.
            while recorded < now[0] - LIMIT + dt.timedelta(days=2):
                for eye in eyes:
                    made[record(store, eye, recorded, seconds=600).path] = recorded
                recorded += STEP
            engine.purge()
            told["passes"] += 1
            told["late"] += sum(Lateness.objects.values_list("items", flat=True))
            for name in [name for name in made if not (store / name).exists()]:
                told["overs"].append((now[0] - made.pop(name) - LIMIT).total_seconds() / 60)
            # Just before the next pass most is past its limit and still there.
            now[0] += QUARTER - dt.timedelta(seconds=1)
            told["shown"] += shown_too_old(eyes, now[0])
            told["asked"] += 1
            now[0] += dt.timedelta(seconds=1)
            uptime[0] += QUARTER.total_seconds()
    return told


def shown_too_old(eyes: list[Any], now: dt.datetime) -> int:
    """How many stretches of pictures past the limit the list of the oldest day tells of."""
    from footage.replay.day import of_day

    told = of_day(eyes, now - LIMIT - dt.timedelta(days=1), now - LIMIT + dt.timedelta(days=1))
    spans = [span for camera in told["cameras"] for span in camera["ranges"]]
    assert spans, "nothing was listed at all"
    return sum(begins < now - LIMIT for begins, _ in spans)


if __name__ == "__main__":
    main()
