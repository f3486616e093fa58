"""One day expires: the index rows and files of every camera, and the positions of every crew, gone and registered.

The floor, in the same run on copies of the same: `DROP TABLE` of both, `unlink` of every file and `rmdir` of every
folder, without register, check or clock. Then a quarter of an hour of steady running, in which files go one by one,
against bare `DELETE` and `unlink`. Meanwhile somebody presses buttons; what a press waits for a lock is read from
pg_locks. (By how much a file is older than its limit when it goes: bench overshoot.)

    make bench NAME=purge [ARGS="--cameras 400 --positions 8000000 --rounds 3"]

The figure of the issue takes 35 GB of disk: ARGS="--cameras 5000 --positions 100000000 --rounds 1".
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import django

from benches import report
from benches.emptied import emptied
from tests.servers import bench_centre

TABLES = ("footage_segment", "patrols_trackpoint")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cameras", type=int, default=400)
    parser.add_argument("--positions", type=int, default=8_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with (
        bench_centre("bench-purge") as centre,
        emptied(centre),
        tempfile.TemporaryDirectory(dir=centre.var, prefix="footage-") as root,
    ):
        os.environ.update(centre.env | {"FOOTAGE_ROOT": str(Path(root, "store"))})
        set_up()
        measure(options, Path(root))


def set_up() -> None:
    django.setup()
    logging.disable(logging.ERROR)


def measure(options: argparse.Namespace, root: Path) -> None:
    from benches import cast, expired

    needed = options.positions * expired.BYTES_A_POSITION + options.cameras * expired.BYTES_A_CAMERA
    if needed > (free := shutil.disk_usage(root).free):
        raise SystemExit(f"This takes {needed / 1e9:.0f} GB of disk; {free / 1e9:.0f} are free.")
    store, floor = root / "store", root / "floor"
    cast.cameras(options.cameras)
    cast.buttons(20)
    quiet = pressing(lambda: time.sleep(3))
    rounds = [one_day(store, floor, options, engine_first=n % 2 > 0) for n in range(options.rounds)]
    told = {
        name: statistics.median(one[name] for one in rounds) for name in ("seconds", "floor", "filled")
    } | {name: rounds[0][name] for name in ("rows", "files")}
    beside, busy = (worst([one[name] for one in rounds]) for name in ("beside", "busy"))
    report.table(
        ["one day", "seconds", "rows", "files"],
        [
            ["engine: register, files, rows, check", told["seconds"], told["rows"], told["files"]],
            ["floor: DROP TABLE and unlink", told["floor"], told["rows"], told["files"]],
        ],
    )
    some = steady(store, floor)
    print()
    report.table(
        ["a quarter of an hour", "seconds", "files"],
        [
            ["engine", some["seconds"], some["files"]],
            ["floor: DELETE and unlink", some["floor"], some["files"]],
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
    report.line(
        "purge",
        value=told["seconds"],
        floor=told["floor"],
        unit="s",
        rounds=[[round(one["seconds"], 2), round(one["floor"], 2)] for one in rounds],
        segments=told["files"],
        positions=options.positions,
        press_max_ms=round(busy[3], 2),
        quiet_press_max_ms=round(quiet[3], 2),
        lock_wait_max_ms=round(busy[4], 2),
        quarter_s=round(some["seconds"], 2),
        quarter_floor_s=round(some["floor"], 2),
        quarter_files=some["files"],
        late_rows=sum(one["late"] for one in rounds),
        filled_s=round(told["filled"]),
    )


def one_day(store: Path, floor: Path, options: argparse.Namespace, *, engine_first: bool) -> dict[str, Any]:
    """Made, and destroyed by both. The disk is never twice the same: who goes first alternates."""
    from django.db import connection

    from benches import expired

    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for table in TABLES:
            expired.fill(cursor, table, options.positions)
    names = expired.write_files(store, floor)
    told: dict[str, Any] = {"filled": time.perf_counter() - begun}

    def bare_one() -> None:
        expired.settle()
        told["beside"] = pressing(lambda: told.update(floor=bare(floor, names)))

    if not engine_first:
        bare_one()
    expired.settle()
    told["busy"] = pressing(lambda: told.update(purge(names)))
    if engine_first:
        bare_one()
    return told


def worst(rounds: list[list[float]]) -> list[float]:
    """Presses of all rounds; of the middle and the longest the worst round's."""
    count, *figures = zip(*rounds, strict=True)
    return [sum(count), *map(max, figures)]


def bare(store: Path, names: list[str]) -> float:
    """As lean as one process can be."""
    from django.db import connection

    files = [f"{store}/{name}" for name in names]
    folders = {folder for name in names for folder in Path(name).parents}
    ordered = [str(store / one) for one in sorted(folders, key=lambda one: -len(one.parts))]
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE bench_floor_{table}")
    unlink(files, ordered)
    return time.perf_counter() - began


def unlink(files: list[str], folders: list[str]) -> None:
    for file in files:
        os.unlink(file)  # noqa: PTH108
    for folder in folders:
        os.rmdir(folder)  # noqa: PTH106


def purge(names: list[str]) -> dict[str, Any]:
    from footage.models import Segment
    from patrols.models import TrackPoint
    from retention import engine
    from retention.keepers import hash_of
    from retention.models import Destruction, Lateness

    began = time.perf_counter()
    run = engine.purge()
    seconds = time.perf_counter() - began
    assert run is not None and not run.failures, run and run.failures
    assert not Segment.objects.exists() and not TrackPoint.objects.exists()
    entry = Destruction.objects.get(what="footage.Segment", run=run)
    assert entry.finished_at and entry.names_sha256 == hash_of(names)
    late = sum(Lateness.objects.values_list("items", flat=True))
    return {"seconds": seconds, "rows": run.rows, "files": run.files, "late": late}


def steady(store: Path, floor: Path) -> dict[str, Any]:
    """The pass of a quarter of an hour: the day goes on, so each row and each file goes by itself."""
    from django.db import connection

    from benches import expired
    from footage.models import Segment
    from retention import engine

    now = dt.datetime.now(dt.UTC)
    with connection.cursor() as cursor:
        expired.quarter(cursor, now - dt.timedelta(days=10))
        names = expired.write_files(store, floor)
        cursor.execute("CREATE TABLE bench_floor_quarter (LIKE footage_segment_rest INCLUDING ALL)")
        cursor.execute("INSERT INTO bench_floor_quarter SELECT * FROM footage_segment")
        expired.settle()
        began = time.perf_counter()
        cursor.execute("DELETE FROM bench_floor_quarter")
        folders = {name.rpartition("/")[0] for name in names}
        unlink([f"{floor}/{name}" for name in names], [f"{floor}/{name}" for name in folders])
        bare_seconds = time.perf_counter() - began
    began = time.perf_counter()
    run = engine.purge()
    seconds = time.perf_counter() - began
    assert run is not None and run.files == len(names) and not Segment.objects.exists()
    return {"seconds": seconds, "floor": bare_seconds, "files": len(names)}


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


if __name__ == "__main__":
    main()
