"""Rows of what people keep, private or shared: canned replies and macros; `table` says which."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, RowMapping, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from services.ticketing.storage.macro_tables import canned_replies, macros

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    """What is kept: its table, its noun in errors, and who may change what is shared."""

    table: Table
    noun: str
    manages: str


CANNED_REPLY = Kind(canned_replies, "canned_reply", "canned_reply.manage")
MACRO = Kind(macros, "macro", "macro.manage")


def key_of(table: Table) -> Column[UUID]:
    """The primary key."""
    [key] = table.primary_key.columns
    return key


def find_kept(session: Session, table: Table, kept_id: UUID) -> RowMapping | None:
    """One, whoever may see it."""
    statement = select(table).where(key_of(table) == kept_id)
    return session.execute(statement).mappings().one_or_none()


def lock_kept(session: Session, table: Table, kept_id: UUID) -> RowMapping | None:
    """The same, locked until the transaction ends."""
    statement = select(table).where(key_of(table) == kept_id).with_for_update()
    return session.execute(statement).mappings().one_or_none()


def add_kept(session: Session, table: Table, values: Values, now: datetime) -> RowMapping:
    """A new one; returns its row."""
    row = {"usage_count": 0, "version": 1, "created_at": now, "updated_at": now, **values}
    return session.execute(insert(table).values(row).returning(table)).mappings().one()


def change_kept(
    session: Session, table: Table, kept_id: UUID, values: Values, now: datetime
) -> RowMapping:
    """As it is from now on."""
    changed = {**values, "version": table.c.version + 1, "updated_at": now}
    statement = update(table).where(key_of(table) == kept_id).values(changed).returning(table)
    return session.execute(statement).mappings().one()


def drop_kept(session: Session, table: Table, kept_id: UUID) -> None:
    """It is no more."""
    session.execute(delete(table).where(key_of(table) == kept_id))


def count_use(session: Session, table: Table, kept_id: UUID, now: datetime, times: int = 1) -> None:
    """It has been used; its version stays."""
    used = {"usage_count": table.c.usage_count + times, "last_used_at": now}
    session.execute(update(table).where(key_of(table) == kept_id).values(used))
