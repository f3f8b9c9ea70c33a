"""Writes many rows by one statement with one parameter."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Result, TextClause, text
from sqlalchemy.orm import Session


def put_rows(
    session: Session,
    table: str,
    names: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    ending: str = "",
    order: str = "",
) -> Result[Any]:
    """Insert `names` of the rows; `ending` says what happens to those that are there already.

    `order` by a key where existing rows are locked: replicas then wait and do not deadlock.
    """
    statement = _statement(table, tuple(names), ending, order)
    return session.execute(statement, {"rows": orjson.dumps(rows, default=str).decode()})


@cache
def _statement(table: str, names: tuple[str, ...], ending: str, order: str) -> TextClause:
    listed = ", ".join(names)
    return text(
        f"INSERT INTO {table} ({listed}) SELECT {listed} "
        f"FROM json_populate_recordset(NULL::{table}, CAST(:rows AS json)) "
        f"{f'ORDER BY {order} ' if order else ''}{ending}"
    )


def changes(names: Sequence[str]) -> str:
    """The assignments of an upsert."""
    return ", ".join(f"{name} = excluded.{name}" for name in names)
