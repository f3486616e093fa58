"""The database of a test run: its migrations are applied once, and its tables emptied between tests by their rows."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone
from psycopg import sql

# What migrations and `post_migrate` write once and no test changes.
KEPT = ("django_migrations", "django_content_type", "auth_permission")
EMPTY = """
CREATE FUNCTION empty_tables(kept text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one record;
    held boolean;
    found regclass[] := '{}';
BEGIN
    -- A live centre may be writing: it waits, as it would for TRUNCATE.
    EXECUTE (SELECT format('LOCK TABLE ONLY %s IN EXCLUSIVE MODE',
                           string_agg(c.oid::regclass::text, ', ONLY ' ORDER BY c.oid))
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname != ALL (kept));
    FOR one IN SELECT c.oid::regclass AS name, c.oid
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname != ALL (kept)
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM ONLY %s)', one.name) INTO held;
        CONTINUE WHEN NOT held;
        found := found || one.name;
        IF EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = one.oid AND NOT t.tgisinternal) THEN
            EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', one.name);
        END IF;
    END LOOP;
    -- Keys between them are looked at when this commits.
    FOR one IN SELECT unnest(found) AS name LOOP
        EXECUTE format('DELETE FROM ONLY %s', one.name);
    END LOOP;
END $$;
CREATE FUNCTION refuse_again() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
    FOR one IN SELECT DISTINCT tgrelid::regclass AS name FROM pg_trigger
               WHERE NOT tgisinternal AND tgenabled = 'D'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', one.name);
    END LOOP;
END $$
"""


def prepare_to_empty() -> None:
    """Between transactional tests Django truncates every table, which takes a second for so many; rows of a test
    are few, and without triggers (the append-only log refuses both) they are deleted in milliseconds.
    """
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)


def empty(tries: int = 5) -> None:
    """Whoever of a live centre holds rows the other way round makes a deadlock: one of the two gives way."""
    for left in reversed(range(tries)):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT empty_tables(%s)", [list(KEPT)])
                cursor.execute("SELECT refuse_again()")
            return
        except (OperationalError, IntegrityError):
            if not left:
                raise
            time.sleep(0.2)


def migrated() -> str:
    """The name of the database that all migrations as they stand now have made, to be copied. They make the
    partitions of the days to come, so one of yesterday is not the same.
    """
    made = hashlib.sha256(f"{django.__version__} {timezone.now():%F}".encode())
    for app in apps.get_app_configs():
        for migration in sorted(Path(app.path, "migrations").glob("*.py")):
            made.update(b"%s %s %s" % (app.label.encode(), migration.name.encode(), migration.read_bytes()))
    return f"migrated_{made.hexdigest()[:16]}"


def is_kept(name: str) -> bool:
    with _server() as server:
        return server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).rowcount == 1


def keep(name: str) -> None:
    """Keep what the migrations made under this name, for the next run; what older ones made is forgotten."""
    current = connection.settings_dict["NAME"]
    connection.close()
    connection.close_pool()
    with _server() as server:
        old = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'migrated\\_%'").fetchall()
        for (other,) in old:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(other)))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copy.format(sql.Identifier(name), sql.Identifier(current)))


def _server() -> psycopg.Connection[tuple[str]]:
    values = connection.get_connection_params() | {"dbname": "postgres"}
    return psycopg.connect(
        **{name: values[name] for name in ("host", "port", "user", "password", "dbname") if name in values},
        autocommit=True,
    )
