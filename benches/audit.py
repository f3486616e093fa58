"""Consultations written before the picture, with their chain; and reading the chain back.

Writers are processes, as the web's are; each opens looks at one tile as a door does (the person read, everything
checked, the row chained, the token made). The floor, in the same run: as many bare one-row inserts, each its own
commit, without person, check, chain or token. Then the log is filled to `--entries` rows and verified by as many
processes as there are cores; the floor of that is reading the same rows. One process alone reads a part of it.

    make bench NAME=audit [ARGS="--looks 2000 --writers 4 --entries 500000"]

The figure of the issue, some 6 GB of disk and half an hour: ARGS="--entries 10000000".
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
from benches.emptied import emptied
from tests.servers import bench_centre


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=2000)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--entries", type=int, default=500_000)
    options = parser.parse_args()
    with bench_centre("bench-audit") as centre, emptied(centre):
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
    began = time.perf_counter()
    fill(people[0][0], entries)
    filled = time.perf_counter() - began
    count = min(4, os.cpu_count() or 1)
    (part, alone_s), verified, read = verifying(count)
    named = naming()
    print()
    report.table(
        ["reading the log back", "rows", "seconds", "rows/s", "s a million"],
        [
            [what, rows, seconds, rows / seconds, seconds / rows * 1e6]
            for what, rows, seconds in (
                (f"verify_audit, {count} processes", entries, verified),
                ("one process, a part of it", part, alone_s),
                ("one row altered: named", entries, named),
                ("the same rows, read only", entries, read),
            )
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
        verify_s=round(verified, 1),
        named_s=round(named, 1),
        verify_rows_s=round(entries / verified),
        verify_s_a_million=round(verified / entries * 1e6, 1),
        verify_ratio=round(verified / read, 2),
        one_process_rows_s=round(part / alone_s),
        entries=entries,
        filled_s=round(filled),
        # The largest of these processes and of those that verified: the same for a log ten times as long.
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        peak_child_mb=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
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


TILES, PART = 9, 500_000
ACTS = {"look": open_looks, "wall": open_walls, "insert": insert}


def fill(user: Any, entries: int) -> None:
    """By COPY, chained as the centre chains; verifying afterwards says whether it was done right."""
    from django.db import connection

    from legal import chain
    from legal.actions import sign_heads
    from legal.models import Consultation

    begun, (number, previous) = dt.datetime.now(dt.UTC).replace(microsecond=0), chain.tip(Consultation)
    with connection.cursor() as cursor:
        # Keys that only a search needs: verifying reads by number.
        for index in ("begun", "person", "camera"):
            cursor.execute(f"DROP INDEX legal_consultation_{index}")
    fixed = {
        **{"user_id": user.pk, "user_label": user.label, "act": "Mayor · 2026-17", "sector_code": "NORTH"},
        **{"kind": "live", "reason": "incident", "reference": "2026-0412", "ground": "CSI L251-2, 5°"},
        **{"workstation": "poste-3", "recipients": "self", "exercise": False, "layout": 1},
        **{"reason_text": "", "correlation": "", "period_from": None, "period_to": None},
    }
    changing = ("id", "begun_at", "camera_code", "hash")
    names = ", ".join([*fixed, *changing])
    told = "\t".join("\\N" if value is None else str(value) for value in fixed.values())
    while number < entries:
        until = min(number + 50_000, entries)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY legal_consultation ({names}) FROM STDIN") as copy,
        ):
            for number in range(number + 1, until + 1):  # noqa: B020
                at, code = begun + dt.timedelta(milliseconds=number), f"C{number % 5000:04d}"
                row = fixed | {"id": number, "begun_at": at, "camera_code": code}
                previous = chain.digest(previous, chain.canonical(row))
                copy.write(f"{told}\t{number}\t{at.isoformat()}\t{code}\t{previous}\n")
    sign_heads()


def verifying(processes: int) -> tuple[tuple[int, float], float, float]:
    """Rows and seconds of one process, seconds of all of it by these processes, and of reading the same rows."""
    from django.db import connection, transaction

    from legal.models import Consultation
    from legal.verify import verify

    rows = Consultation.objects.order_by("pk")
    # Rows lie a millisecond apart: a part begins at the time of one.
    since = rows.filter(pk__gt=Consultation.objects.count() - PART).values_list("begun_at", flat=True).first()
    seconds, read = [], []
    for count, start in ((1, since), (processes, None)):
        started = time.perf_counter()
        walk = verify(Consultation.CHAIN, processes=count, start=start)
        seconds.append(time.perf_counter() - started)
        assert not walk.findings, walk.findings[:3]
        read.append(walk.rows)
    assert read[1] == Consultation.objects.count()
    started = time.perf_counter()
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT * FROM legal_consultation ORDER BY id")
        while cursor.fetchmany(5000):
            pass
    return (read[0], seconds[0]), seconds[1], time.perf_counter() - started


def naming() -> float:
    """Seconds until one altered row in the middle is named, by somebody who owns the tables."""
    from django.db import connection

    from legal.models import Consultation
    from legal.verify import verify

    middle = Consultation.objects.count() // 2
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE legal_consultation DISABLE TRIGGER USER")
        cursor.execute("UPDATE legal_consultation SET camera_code = 'C-OTHER' WHERE id = %s", [middle])
    started = time.perf_counter()
    (finding,) = verify(Consultation.CHAIN, processes=os.cpu_count() or 1).findings
    assert (finding.first, finding.last) == (middle, middle)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
