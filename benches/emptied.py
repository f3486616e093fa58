"""What a large bench made is gone when it ends: gigabytes would be missing to whatever runs next."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
from psycopg import sql

from tests.servers import Centre


@contextlib.contextmanager
def emptied(centre: Centre) -> Iterator[None]:
    try:
        yield
    finally:
        with psycopg.connect(centre.database_url, autocommit=True, dbname="postgres") as connection:
            # Whoever is still connected is a pool of this bench.
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier("nice"))
            )
