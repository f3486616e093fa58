"""Statements written out by hand, for what an alarm waits for: planned once by the server, read in binary."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

import psycopg
from django.db import connection, models

Model = TypeVar("Model", bound=models.Model)


def prepared(statement: str, told: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Its rows. Django binds on this side, so the server would plan it anew each time."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        psycopg.Cursor(cursor.connection) as quick,
    ):
        quick.execute(statement.encode(), told, prepare=True, binary=True)
        return quick.fetchall() if quick.description else []


def columns(model: type[models.Model], alias: str, only: Collection[str] = ()) -> str:
    """What is read of a table, in the order `made` takes it."""
    return ", ".join(f'{alias}."{field.column}"' for field in _fields(model, only))


def made(model: type[Model], row: Sequence[Any], only: Collection[str] = ()) -> Model:
    """The object of such a row; what was not read is read when somebody asks for it."""
    return model.from_db(connection.alias, [field.attname for field in _fields(model, only)], row)


def width(model: type[models.Model], only: Collection[str] = ()) -> int:
    return len(_fields(model, only))


class Into(NamedTuple):
    """Where a new row goes: the table with its columns, a place for each value, and whose values they are."""

    table: str
    places: str
    names: tuple[str, ...]


def into(model: type[models.Model], *, first: str) -> Into:
    """An INSERT into `model` whose `first` column is written in the statement; its key is the server's."""
    rest = [
        field for field in model._meta.concrete_fields if not field.primary_key and field.attname != first
    ]
    columns = ", ".join(f'"{name}"' for name in [first, *(field.column for field in rest)])
    places = ", ".join(["%s"] * len(rest))
    return Into(f'"{model._meta.db_table}" ({columns})', places, tuple(field.attname for field in rest))


def next_of_year(series: type[models.Model]) -> str:
    """Adds one to the row of a year (the statement's parameter), which stays locked from there to the commit."""
    return (
        f"INSERT INTO {series._meta.db_table} AS series (year, last) VALUES (%s, 1)"  # noqa: S608
        " ON CONFLICT (year) DO UPDATE SET last = series.last + 1 RETURNING year, last"
    )


def number_of_year(letter: str, digits: int, source: str) -> str:
    """Such as A-2026-000042, of what `next_of_year` gave. lpad() cuts what is longer than asked."""
    padded = f"lpad(last::text, greatest({digits}, length(last::text)), '0')"
    return f"(SELECT '{letter}-' || year || '-' || {padded} FROM {source})"  # noqa: S608


def values(row: models.Model, target: Into) -> list[Any]:
    return [getattr(row, name) for name in target.names]


@cache
def _known(model: type[models.Model], only: frozenset[str]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not only or field.attname in only]


def _fields(model: type[models.Model], only: Collection[str]) -> list[Any]:
    return _known(model, frozenset(only))
