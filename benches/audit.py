"""Consultations written before the picture, with their chain; and reading the chain back.

Writers are processes, as the web's are; each opens looks at one tile as a door does (the person read, everything
checked, the row chained, the token made). The floor, in the same run: as many bare one-row inserts, each its own
commit, without person, check, chain or token. Then the log is filled to `--entries` rows and verified; the floor
of that is reading the same rows.

    make bench NAME=audit [ARGS="--looks 2000 --writers 4 --entries 200000"]
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import multiprocessing
import os
import resource
import time
from typing import Any

import django

from benches import report
from tests.servers import bench_centre


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=2000)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--entries", type=int, default=200_000)
    options = parser.parse_args()
    with bench_centre("bench-audit") as centre:
        os.environ.update(centre.env)
        set_up()
        measure(options.looks, options.writers, options.entries)


def set_up() -> None:
    django.setup()
    logging.disable(logging.INFO)


def measure(looks: int, writers: int, entries: int) -> None:
    from django.db import connection

    people = cast(writers)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_floor (LIKE legal_consultation INCLUDING DEFAULTS INCLUDING INDEXES)"
        )
        cursor.execute("CREATE SEQUENCE bench_floor_id")
    with multiprocessing.get_context("spawn").Pool(writers, set_up) as pool:
        few = min(300, looks)
        for act in ("look", "insert"):
            timed(pool, act, people, 10 * writers)
        alone, alone_floor = timed(pool, "look", people[:1], few), timed(pool, "insert", people[:1], few)
        together_floor, together = timed(pool, "insert", people, looks), timed(pool, "look", people, looks)
        wall = timed(pool, "wall", people, max(writers, looks // 9))
    head = ["opening a look", "per second", "p50 ms", "p95 ms", "p99 ms"]
    report.table(
        head,
        [
            ["one writer", *line_of(alone)],
            ["one writer, bare insert", *line_of(alone_floor)],
            [f"{writers} writers", *line_of(together)],
            [f"{writers} writers, bare insert", *line_of(together_floor)],
            [f"{writers} writers, 9 tiles a call", *line_of(wall, tiles=TILES)],
        ],
    )
    fill(people[0][0], entries)
    verified, read = verifying()
    print()
    report.table(
        ["reading the log back", "rows", "seconds", "rows/s"],
        [
            ["verify_audit", entries, verified, entries / verified],
            ["the same rows, read only", entries, read, entries / read],
        ],
    )
    rate, floor = (len(done[0]) / done[1] for done in (together, together_floor))
    report.line(
        "audit",
        value=rate,
        floor=floor,
        unit="consultations/s",
        writers=writers,
        added_ms_p50=round(report.percentile(alone[0], 50) - report.percentile(alone_floor[0], 50), 2),
        open_ms_p95=round(report.percentile(together[0], 95), 2),
        nine_tiles_ms_p95=round(report.percentile(wall[0], 95), 2),
        verify_rows_s=round(entries / verified),
        verify_ratio=round(verified / read, 2),
        entries=entries,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


Timed = tuple[list[float], float]


def line_of(measured: Timed, tiles: int = 1) -> list[object]:
    latencies, seconds = measured
    spread = report.spread(latencies)
    return [len(latencies) * tiles / seconds, spread["p50"], spread["p95"], spread["p99"]]


def cast(count: int) -> list[tuple[Any, str]]:
    """So many habilitated operators, each with a session."""
    from tests.cast import habilitated, person
    from tests.legal.people import session_of

    people = []
    for n in range(count):
        user = person("operator", f"bench{n}")
        habilitated(user)
        people.append((user, session_of(user)))
    return people


def timed(pool: Any, act: str, people: list[tuple[Any, str]], count: int) -> Timed:
    """Milliseconds of each act, and seconds of all, by one process for each of these people."""
    each = max(1, count // len(people))
    started = time.perf_counter()
    parts = pool.starmap(ACTS[act], [(user.pk, session, each) for user, session in people], chunksize=1)
    return [ms for part in parts for ms in part], time.perf_counter() - started


def open_walls(user_id: int, session: str, count: int) -> list[float]:
    return open_looks(user_id, session, count, TILES)


def open_looks(user_id: int, session: str, count: int, tiles: int = 1) -> list[float]:
    from accounts.models import User
    from legal import looks
    from legal.gate import Looked
    from legal.masked import AT_ALL_TIMES

    cameras = [
        Looked(f"C{n:03d}", "NORTH", authorised=True, purpose=5, masked=AT_ALL_TIMES) for n in range(tiles)
    ]
    latencies = []
    for _ in range(count):
        before = time.perf_counter()
        # As at a door: the person is read with each request, so rights are asked anew.
        opened = looks.open_looks(
            actor=User.objects.get(pk=user_id),
            cameras=cameras,
            kind="live",
            reason="incident",
            reference="2026-0412",
            session_key=session,
        )
        latencies.append((time.perf_counter() - before) * 1000)
        assert len(opened.looks) == tiles
    return latencies


def insert(user_id: int, session: str, count: int) -> list[float]:
    from django.db import connection
    from django.utils import timezone

    latencies = []
    for _ in range(count):
        before = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_floor (id, layout, begun_at, user_id, user_label, act, camera_code, sector_code,"
                " kind, reason, reference, reason_text, ground, workstation, recipients, exercise, correlation, hash)"
                " VALUES (nextval('bench_floor_id'), 1, %s, %s, 'Operator', 'Mayor · 2026-17', 'C000', 'NORTH',"
                " 'live', 'incident', '2026-0412', '', 'CSI L251-2, 5°', '', 'self', false, '', %s)",
                [timezone.now(), user_id, "0" * 64],
            )
        latencies.append((time.perf_counter() - before) * 1000)
    return latencies


TILES = 9
ACTS = {"look": open_looks, "wall": open_walls, "insert": insert}


def fill(user: Any, entries: int) -> None:
    """Rows by the thousand through the chain itself."""
    from django.db import transaction

    from legal import chain
    from legal.actions import sign_heads
    from legal.models import Consultation

    begun = dt.datetime.now(dt.UTC)
    while (there := chain.tip(Consultation)[0]) < entries:
        rows = [
            Consultation(
                begun_at=begun + dt.timedelta(milliseconds=n),
                user=user,
                user_label=user.label,
                act="Mayor · 2026-17",
                camera_code=f"C{n % 5000:04d}",
                sector_code="NORTH",
                kind="live",
                reason="incident",
                reference="2026-0412",
                ground="CSI L251-2, 5°",
                workstation="poste-3",
            )
            for n in range(there, min(there + 5000, entries))
        ]
        with transaction.atomic():
            chain.append(Consultation, rows)
    sign_heads()


def verifying() -> tuple[float, float]:
    from django.db import connection, transaction

    from legal.models import Consultation
    from legal.verify import verify

    started = time.perf_counter()
    walk = verify(Consultation.CHAIN)
    verified = time.perf_counter() - started
    assert not walk.findings, walk.findings[:3]
    started = time.perf_counter()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT * FROM legal_consultation ORDER BY id")
        while cursor.fetchmany(5000):
            pass
    return verified, time.perf_counter() - started


if __name__ == "__main__":
    main()
