"""Rows with what people wrote: a dataclass each, its `words` plain or, where wanted, sealed."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context
from services.ticketing.storage.sealed_texts import open_bytes, sealing_keys
from services.ticketing.storage.tables import tickets

Thing = TypeVar("Thing")


def add_row(session: Session, table: Table, thing: Any) -> None:
    """Insert what the dataclass holds."""
    session.execute(insert(table).values(row_of(session, table, thing)))


def keep_row(session: Session, table: Table, thing: Any) -> None:
    """Write it back; the caller has locked it."""
    row = row_of(session, table, thing)
    key = _key(table)
    session.execute(update(table).where(table.c[key] == row.pop(key)).values(row))


def read_row(session: Session, table: Table, row: Any, kind: type[Thing]) -> Thing:
    """The dataclass of a row, with its words opened."""
    named = (one.name for one in fields(kind))  # type: ignore[arg-type]
    known = {name: getattr(row, name) for name in named if name != "words"}
    found: Thing = kind(**known, words=open_words(session, table, row))  # type: ignore[call-arg]
    return found


def open_words(session: Session, table: Table, row: Any) -> dict[str, Any]:
    """What people wrote; empty where no key opens it."""
    if row.sealed is None:
        return dict(row.words or {})
    opened = open_bytes(session, row.sealed, words_context(table.name, getattr(row, _key(table))))
    words: dict[str, Any] = orjson.loads(opened) if opened else {}
    return words


def words_columns(
    table: Table, key: UUID, words: Mapping[str, Any], keys: KeyRing | None
) -> dict[str, Any]:
    """The columns that hold them: `words`, or with keys `sealed`."""
    if keys:
        return {"words": None, "sealed": seal_words(keys, table.name, key, words)}
    return {"words": dict(words), "sealed": None}


def keys_for(session: Session, ticket_id: UUID) -> KeyRing | None:
    """The keys for what is written beside a ticket: ask before any other row is locked.

    Whoever makes the ticket confidential at this moment is waited for, or waits.
    """
    return sealing_keys(session, is_confidential=hold_ticket(session, ticket_id))


def hold_ticket(session: Session, ticket_id: UUID) -> bool:
    """Whether it is confidential, which it stays until the transaction ends.

    Before a row beside it is locked: whoever makes it confidential locks the ticket, then those
    rows, and the other way round each would wait for the other.
    """
    held = select(tickets.c.is_confidential).where(tickets.c.ticket_id == ticket_id)
    return bool(session.scalar(held.with_for_update(read=True)))


def seal_words(keys: KeyRing, table: str, key: UUID, words: Mapping[str, Any]) -> bytes:
    """The words of one row, sealed."""
    return keys.encrypt(orjson.dumps(words), words_context(table, key))


def words_context(table: str, key: UUID) -> str:
    """What sealed words are bound to."""
    return field_context(table, "sealed", key)


def row_of(session: Session, table: Table, thing: Any) -> dict[str, Any]:
    """The columns of what the dataclass holds."""
    known = {one.name: getattr(thing, one.name) for one in fields(thing) if one.name != "words"}
    key: UUID = getattr(thing, _key(table))
    return known | words_columns(table, key, thing.words, keys_for(session, thing.ticket_id))


def _key(table: Table) -> str:
    [column] = table.primary_key.columns
    return str(column.name)
