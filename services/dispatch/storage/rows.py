"""Writes many rows by one statement with one parameter: a third of the time of VALUES lists."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Table, TextClause, text
from sqlalchemy.orm import Session

Row = Mapping[str, Any]


def row_of(table: Table, thing: Any) -> dict[str, Any]:
    """What the table keeps of an object whose attributes have the columns' names."""
    return {name: getattr(thing, name) for name in names_of(table)}


def insert_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """New rows."""
    _write(session, _insert(table), rows)


def put_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """New rows, or new values of those that are there; in the order given."""
    _write(session, _put(table), rows)


def change_rows(session: Session, table: Table, names: Iterable[str], rows: Sequence[Row]) -> None:
    """New values of the columns `names` in rows that are there."""
    _write(session, _change(table, tuple(names)), rows)


def _write(session: Session, statement: TextClause, rows: Sequence[Row]) -> None:
    if rows:
        session.execute(statement, {"rows": orjson.dumps(rows).decode()})


@cache
def names_of(table: Table) -> tuple[str, ...]:
    """The table's columns."""
    return tuple(str(column.name) for column in table.c)


@cache
def _insert(table: Table) -> TextClause:
    names = ", ".join(names_of(table))
    return text(f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {_given(table)}")


@cache
def _put(table: Table) -> TextClause:
    key, *others = names_of(table)
    changes = ", ".join(f"{name} = excluded.{name}" for name in others)
    return text(f"{_insert(table).text} ON CONFLICT ({key}) DO UPDATE SET {changes}")


@cache
def _change(table: Table, names: tuple[str, ...]) -> TextClause:
    key = names_of(table)[0]
    changes = ", ".join(f"{name} = given.{name}" for name in names)
    return text(
        f"UPDATE {table.name} SET {changes} FROM {_given(table)} AS given "
        f"WHERE {table.name}.{key} = given.{key}"
    )


def _given(table: Table) -> str:
    return f"json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"
