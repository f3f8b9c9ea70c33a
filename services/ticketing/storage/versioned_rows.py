"""Rows that people write and that have versions: found, added, changed, removed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Table, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from libs.common.errors import Stale

_TURN = text("SELECT pg_advisory_xact_lock(hashtext('ticketing.' || :of))")


def take_turn(session: Session, of: str) -> None:
    """Wait until nobody else is changing things of this kind; until the transaction ends."""
    session.execute(_TURN, {"of": of})


def find_row(session: Session, table: Table, key: UUID) -> Row[Any] | None:
    """The row with this id; whoever changes it takes a turn first."""
    return session.execute(select(table).where(_key(table) == key)).one_or_none()


def add_row(session: Session, table: Table, values: Mapping[str, Any]) -> Row[Any]:
    """Insert; returns the row with what the database filled in."""
    return session.execute(insert(table).values(dict(values)).returning(*table.c)).one()


def change_row(session: Session, table: Table, key: UUID, changes: Mapping[str, Any]) -> Row[Any]:
    """Update; returns the row, which has its next version."""
    values = {**changes, "version": table.c.version + 1, "updated_at": func.now()}
    changed = update(table).where(_key(table) == key).values(values)
    return session.execute(changed.returning(*table.c)).one()


def remove_row(session: Session, table: Table, key: UUID) -> None:
    """Delete."""
    session.execute(delete(table).where(_key(table) == key))


def demand_version(version: int | None, row: Row[Any]) -> None:
    """Raise Stale where somebody has changed the thing since `version` was read."""
    if version is not None and version != row.version:
        raise Stale("version.stale", "somebody else has changed this", {"version": row.version})


def _key(table: Table) -> Column[Any]:
    key: Column[Any] = next(iter(table.primary_key.columns))
    return key
