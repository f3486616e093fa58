"""A whole day of recordings and tracks that has expired, made by PostgreSQL; and the same once more for the floor."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

from footage.lease import this_node
from footage.models import Segment
from patrols.models import Unit
from retention import partitions

SEGMENTS, TRACKS = "footage_segment", "patrols_trackpoint"
DAYS_AGO = {SEGMENTS: 12, TRACKS: 32}
# A row with its keys, and the same for the floor; a file of one byte and the folders above it, twice.
BYTES_A_POSITION, BYTES_A_CAMERA = 2 * 125, 2 * (144 * 4096 + 25 * 4096 + 144 * 700)
FLOOR = "bench_floor_"

_SEGMENTS = """
INSERT INTO {part} (id, camera_id, started_at, ended_at, seconds, path, bytes, fragments, codecs, width, height,
                    init_bytes, sha256, state, node, {columns})
SELECT nextval(pg_get_serial_sequence('footage_segment', 'id')), c.id, t, t + interval '10 min', 600,
       to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD/HH24/') || c.code
           || to_char(t AT TIME ZONE 'UTC', '/HH24MISS') || '.mp4',
       1, 1200, 'avc1.64001f', 1920, 1080, 900, repeat('0', 64), 'closed', %s, {values}
FROM generate_series(%s::timestamptz, %s::timestamptz, interval '10 min') AS t, cameras_camera c
"""
_TRACKS = """
INSERT INTO {part} (id, lat, lon, heading_deg, at, unit_id)
SELECT n + 1, 43.7, 7.26, 90, %s::timestamptz + n * interval '1 day' / %s, %s FROM generate_series(0, %s - 1) AS n
"""
_KNOWN = {
    *("id", "camera_id", "started_at", "ended_at", "seconds", "path", "bytes", "fragments", "codecs"),
    *("width", "height", "init_bytes", "sha256", "state", "node"),
}


def fill(cursor: Any, table: str, positions: int) -> None:
    """In its partition, as a month of autovacuum leaves it; keys are made last, which is quicker."""
    day = (dt.datetime.now(dt.UTC) - dt.timedelta(days=DAYS_AGO[table])).date()
    begins, ends = (f"{one} 00:00:00+00" for one in (day, day + dt.timedelta(days=1)))
    part = partitions.name_of(table, day)
    clock = partitions.split_tables()[table]
    cursor.execute(
        f"CREATE TABLE {part} (LIKE {table}_rest INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY,"
        f" CHECK ({clock} >= '{begins}' AND {clock} < '{ends}'))"
    )
    if table == SEGMENTS:
        columns, values = more(cursor, part)
        cursor.execute(
            _SEGMENTS.format(part=part, columns=columns, values=values),
            [this_node(), begins, f"{day} 23:50:00+00"],
        )
        cursor.execute(f"CREATE UNIQUE INDEX ON {part} (path)")
    else:
        unit = Unit.objects.get_or_create(call_sign="BENCH-1", defaults={"exercise": True})[0]
        cursor.execute(_TRACKS.format(part=part), [begins, positions, unit.pk, positions])
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, positions])
    cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM ('{begins}') TO ('{ends}')")
    copy(cursor, part, FLOOR + table)
    for one in (part, FLOOR + table):
        cursor.execute(f"VACUUM (ANALYZE) {one}")


def copy(cursor: Any, part: str, name: str) -> None:
    """The same rows and keys, in no partitioned table and without a log of their making."""
    cursor.execute(f"CREATE UNLOGGED TABLE {name} (LIKE {part})")
    cursor.execute(f"INSERT INTO {name} SELECT * FROM {part}")
    cursor.execute("SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
                   " WHERE indrelid = %s::regclass", [part])  # fmt: skip
    for number, (index, made) in enumerate(cursor.fetchall()):
        cursor.execute(made.replace(index, f"{name}_{number}", 1).replace(f"public.{part}", name, 1))


def more(cursor: Any, part: str) -> tuple[str, str]:
    """Columns the bench does not know by name, each with an empty value of its type."""
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attnotnull",
        [part],
    )
    found = [(name, kind) for name, kind in cursor.fetchall() if name not in _KNOWN]
    empty = {"boolean": "false", "jsonb": "'{}'"}
    columns = ", ".join(f'"{name}"' for name, _ in found)
    return columns, ", ".join(empty.get(kind, "''" if "char" in kind else "0") for _, kind in found)


def quarter(cursor: Any, ends: dt.datetime) -> None:
    """What expires in the quarter of an hour before that moment: every camera closed its file at its own second."""
    columns, values = more(cursor, f"{SEGMENTS}_rest")
    cursor.execute(
        f"""INSERT INTO footage_segment (camera_id, started_at, ended_at, seconds, path, bytes, fragments,
                codecs, width, height, init_bytes, sha256, state, node, {columns})
        SELECT c.id, t, t + interval '10 min', 600, to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD/HH24/') || c.code
               || to_char(t AT TIME ZONE 'UTC', '/HH24MISS') || '.mp4', 1, 1200, 'avc1.64001f', 1920, 1080, 900,
               repeat('0', 64), 'closed', %s, {values}
        FROM cameras_camera c, LATERAL generate_series(
            %s::timestamptz - (c.id %% 600 + 1) * interval '1 s', %s::timestamptz - interval '15 min',
            interval '-10 min') AS t""",
        [this_node(), ends, ends],
    )


def write_files(*stores: Path) -> list[str]:
    """A byte for every row there is, the same in each of these folders at the same time."""
    names = list(Segment.objects.order_by("path").values_list("path", flat=True))
    for store in stores:
        for folder in {name.rpartition("/")[0] for name in names}:
            Path(store, folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        for store in stores:
            fd = os.open(f"{store}/{name}", os.O_WRONLY | os.O_CREAT)
            os.write(fd, b"x")
            os.close(fd)
    return names


def settle() -> None:
    """What making all this left to write is written before anything is measured."""
    os.sync()
