"""One day expires: the index rows and files of every camera, and the positions of every crew, gone and registered.

The floor, in the same run on copies of the same: `DROP TABLE` of both, `unlink` of every file and `rmdir` of every
folder, without register, check or clock. During both somebody presses buttons; what a press waits for a lock is read
from pg_locks. Then a centre of two cameras lives twelve days, a pass every quarter of an hour: by how much is a file
older than its limit when it goes?

    make bench NAME=purge [ARGS="--cameras 200 --positions 1000000 --days 12"]

The figure of the issue: ARGS="--cameras 5000 --positions 100000000".
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import multiprocessing
import os
import shutil
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any
from unittest import mock

import django

from benches import report
from tests.servers import bench_centre

SEGMENTS_A_DAY = 144
TABLES = ("footage_segment", "patrols_trackpoint")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=12)
    options = parser.parse_args()
    with (
        bench_centre("bench-purge") as centre,
        tempfile.TemporaryDirectory(dir=centre.var, prefix="footage-") as root,
    ):
        os.environ.update(centre.env | {"FOOTAGE_ROOT": str(Path(root, "store"))})
        set_up()
        measure(options, Path(root))


def set_up() -> None:
    django.setup()
    logging.disable(logging.ERROR)


def measure(options: argparse.Namespace, root: Path) -> None:
    from benches import cast

    cast.cameras(options.cameras)
    cast.buttons(20)
    begun = time.perf_counter()
    days = {"footage_segment": 12, "patrols_trackpoint": 32}
    for table in TABLES:
        fill(table, days[table], options)
    names = write_files(root / "store")
    shutil.copytree(root / "store", root / "floor")
    filled = time.perf_counter() - begun

    quiet = pressing(lambda: time.sleep(3))
    told: dict[str, Any] = {}
    beside = pressing(lambda: told.update(floor=bare(root / "floor", names)))
    busy = pressing(lambda: told.update(purge()))
    floor, purged = told["floor"], told
    report.table(
        ["one day", "seconds", "rows", "files"],
        [
            ["engine: register, files, rows, check", purged["seconds"], purged["rows"], purged["files"]],
            ["floor: DROP TABLE and unlink", floor, options.positions + len(names), len(names)],
        ],
    )
    print()
    report.table(
        ["a press meanwhile", "presses", "p50 ms", "p95 ms", "max ms", "longest lock wait ms"],
        [
            [name, *pressed]
            for name, pressed in (("quiet", quiet), ("during the floor", beside), ("during the purge", busy))
        ],
    )
    over = live_through(options.days, root / "twelve")
    print()
    report.table(
        [
            "steady running",
            "passes",
            "files",
            "overshoot p50 min",
            "overshoot max min",
            "never destroyed too early",
        ],
        [
            [
                f"{options.days} days",
                over["passes"],
                over["files"],
                over["p50"],
                over["max"],
                over["early"] == 0,
            ]
        ],
    )
    report.line(
        "purge",
        value=purged["seconds"],
        floor=floor,
        unit="s",
        segments=len(names),
        positions=options.positions,
        press_max_ms=round(busy[3], 2),
        quiet_press_max_ms=round(quiet[3], 2),
        lock_wait_max_ms=round(busy[4], 2),
        overshoot_max_min=round(over["max"], 2),
        late_rows=purged["late"],
        filled_s=round(filled),
    )


def fill(table: str, days_ago: int, options: argparse.Namespace) -> None:
    """A whole day of rows, in its partition; and the same once more in a table of the floor's."""
    from django.db import connection

    from footage.lease import this_node
    from patrols.models import Unit
    from retention import partitions

    day = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)).date()
    partitions.make_ahead(day)
    part = partitions.name_of(table, day)
    with connection.cursor() as cursor:
        if table == "footage_segment":
            cursor.execute(
                f"""INSERT INTO {part} (id, camera_id, started_at, ended_at, seconds, path, bytes, fragments, codecs,
                        width, height, init_bytes, sha256, state, node, {extra(cursor, part)[0]})
                SELECT nextval(pg_get_serial_sequence('footage_segment', 'id')), c.id, t, t + interval '10 min', 600,
                       to_char(t, 'YYYY-MM-DD/HH24/') || c.code || to_char(t, '/HH24MISS') || '.mp4', 1, 1200,
                       'avc1.64001f', 1920, 1080, 900, repeat('0', 64), 'closed', %s, {extra(cursor, part)[1]}
                FROM cameras_camera c, generate_series(%s::timestamp, %s, interval '10 min') AS t""",
                [this_node(), day, dt.datetime.combine(day, dt.time(23, 50))],
            )
        else:
            unit = Unit.objects.create(call_sign="BENCH-1", exercise=True)
            cursor.execute(
                f"""INSERT INTO {part} (id, lat, lon, heading_deg, at, unit_id)
                SELECT nextval(pg_get_serial_sequence('patrols_trackpoint', 'id')), 43.7, 7.26, 90,
                       %s::timestamptz + n * interval '1 day' / %s, %s FROM generate_series(0, %s - 1) AS n""",
                [f"{day} 00:00:00+00", options.positions, unit.pk, options.positions],
            )
        cursor.execute(f"CREATE TABLE bench_floor_{table} (LIKE {part} INCLUDING ALL)")
        cursor.execute(f"INSERT INTO bench_floor_{table} SELECT * FROM {part}")
        cursor.execute(f"ANALYZE {part}")


KNOWN = {
    *("id", "camera_id", "started_at", "ended_at", "seconds", "path", "bytes", "fragments", "codecs"),
    *("width", "height", "init_bytes", "sha256", "state", "node"),
}


def extra(cursor: Any, part: str) -> tuple[str, str]:
    """Columns the bench does not know by name, each with an empty value of its type."""
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull",
        [part],
    )
    more = [(name, kind) for name, kind in cursor.fetchall() if name not in KNOWN]
    empty = {"boolean": "false", "jsonb": "'{}'"}
    columns = ", ".join(f'"{name}"' for name, _ in more)
    values = ", ".join(empty.get(kind, "''" if "char" in kind else "0") for _, kind in more)
    return columns, values


def write_files(store: Path) -> list[str]:
    from footage.models import Segment

    names = list(Segment.objects.values_list("path", flat=True).order_by("path"))
    for folder in {str(Path(name).parent) for name in names}:
        (store / folder).mkdir(parents=True)
    for name in names:
        (store / name).write_bytes(b"x")
    return names


def bare(store: Path, names: list[str]) -> float:
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE bench_floor_{table}")
    for name in names:
        (store / name).unlink()
    folders = {folder for name in names for folder in Path(name).parents}
    for folder in sorted(folders, key=lambda one: -len(one.parts)):
        (store / folder).rmdir()
    return time.perf_counter() - began


def purge() -> dict[str, Any]:
    from footage.models import Segment
    from patrols.models import TrackPoint
    from retention import engine
    from retention.models import Lateness

    began = time.perf_counter()
    run = engine.purge()
    seconds = time.perf_counter() - began
    assert run is not None and not run.failures, run and run.failures
    assert not Segment.objects.exists() and not TrackPoint.objects.exists()
    late = sum(Lateness.objects.values_list("items", flat=True))
    return {"seconds": seconds, "rows": run.rows, "files": run.files, "late": late}


def pressing(act: Any) -> list[float]:
    """Presses, and the longest any of them waited for a lock, while this process does something."""
    spawn = multiprocessing.get_context("spawn")
    stop, ready, answers = spawn.Event(), spawn.Event(), spawn.Queue()
    watching = spawn.Process(target=watch, args=(stop, answers))
    presses = spawn.Process(target=press, args=(stop, ready, answers))
    watching.start()
    presses.start()
    ready.wait(60)
    act()
    stop.set()
    told = dict(answers.get(timeout=60) for _ in range(2))
    for process in (watching, presses):
        process.join(30)
    spread = report.spread(told["presses"])
    return [len(told["presses"]), spread["p50"], spread["p95"], spread["max"], told["waited"]]


def press(stop: Event, ready: Event, answers: Any) -> None:
    set_up()
    from django.db import connection

    from alerts.actions import receive_press
    from alerts.models import AlertDevice

    devices, latencies, n = list(AlertDevice.objects.all()), [], 0
    receive_press(device=devices[0])
    with connection.cursor() as cursor:
        cursor.execute("SET application_name = 'bench-press'")
    ready.set()
    while not stop.is_set():
        began = time.perf_counter()
        receive_press(device=devices[n % len(devices)])
        latencies.append((time.perf_counter() - began) * 1000)
        n += 1
        time.sleep(0.02)
    answers.put(("presses", latencies))


def watch(stop: Event, answers: Any) -> None:
    """The longest a press was seen waiting for a lock, in milliseconds; looked at 200 times a second."""
    set_up()
    from django.db import connection

    longest = 0.0
    while not stop.is_set():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)) * 1000, 0)::float"
                " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                " WHERE NOT l.granted AND a.application_name = 'bench-press'"
            )
            longest = max(longest, cursor.fetchone()[0])
        time.sleep(0.005)
    answers.put(("waited", longest))


def live_through(days: int, store: Path) -> dict[str, Any]:
    """Real files, real passes, the engine's own clock; the time of day is ours."""
    from django.conf import settings
    from django.utils import timezone

    from cameras.models import Camera
    from footage.models import Segment
    from retention import clock, engine, lateness
    from retention.models import Run
    from tests.retention.travel import record

    Run.objects.update(boot="")
    eyes = list(Camera.objects.order_by("pk")[:2])
    now = [timezone.now().replace(minute=7, second=0, microsecond=0) - dt.timedelta(days=days)]
    ends = now[0] + dt.timedelta(days=days)
    quarter, limit = dt.timedelta(minutes=15), dt.timedelta(days=10)
    made: dict[str, dt.datetime] = {}
    overs, passes, early, uptime = [], 0, 0, [0.0]
    video = {"footage.Segment": engine.rules()["footage.Segment"]}
    settings.FOOTAGE_ROOT = str(store)
    with (
        mock.patch.object(timezone, "now", lambda: now[0]),
        mock.patch.object(clock, "uptime_s", lambda: uptime[0]),
        mock.patch.object(engine, "rules", lambda: video),
        mock.patch.object(lateness, "rules", lambda: video),
        mock.patch.object(engine, "sync", list),
    ):
        store.mkdir()
        recorded = now[0] - limit
        while now[0] < ends:
            while recorded < now[0] - limit + dt.timedelta(days=min(days, 2)):
                for eye in eyes:
                    made[record(store, eye, recorded).path] = recorded
                recorded += dt.timedelta(minutes=10)
            before = set(made)
            engine.purge()
            passes += 1
            there = set(Segment.objects.values_list("path", flat=True))
            for name in before - there:
                over = now[0] - made.pop(name) - limit
                overs.append(over.total_seconds() / 60)
                early += over < dt.timedelta(0)
                assert not (store / name).exists()
            now[0] += quarter
            uptime[0] += quarter.total_seconds()
    return {
        "passes": passes,
        "files": len(overs),
        "p50": report.percentile(overs, 50),
        "max": max(overs, default=0.0),
        "early": early,
    }


if __name__ == "__main__":
    main()
