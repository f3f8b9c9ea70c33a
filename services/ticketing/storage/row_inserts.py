"""Inserts many rows by one statement with one parameter: a third of the time of VALUES lists."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import LargeBinary, Table, TextClause, text
from sqlalchemy.orm import Session

from services.ticketing.domain.confidential import split_fields
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Entry
from services.ticketing.storage import tables
from services.ticketing.storage.sealed_texts import (
    seal_entry,
    seal_fields,
    seal_solution,
    sealing_keys,
)
from services.ticketing.storage.search_due import NOTE_BESIDE
from services.ticketing.storage.worker_rows import WORK_BESIDE


def insert_entries(
    session: Session, entries: Sequence[Entry], confidential: Collection[UUID] = ()
) -> None:
    """Append to timelines; remember which messages are thereby filed, and who has worked on what.

    Those of `confidential` tickets are sealed whatever the option says.

    Search learns of it: whatever changes what a ticket says has an entry.
    """
    rows = _rows(tables.timeline_entries, entries)
    rows = [_sealed_entry(session, row, row["ticket_id"] in confidential) for row in rows]
    _insert(session, tables.timeline_entries, rows, beside=f"{NOTE_BESIDE}, {WORK_BESIDE}")
    filed = [entry for entry in entries if entry.message_id]
    _insert(session, tables.received_messages, _rows(tables.received_messages, filed))


def insert_tickets(session: Session, tickets: Sequence[Ticket]) -> None:
    """New tickets; they are not watched for later changes."""
    rows = _rows(tables.tickets, tickets)
    rows = [_sealed_ticket(session, *one) for one in zip(rows, tickets, strict=True)]
    _insert(session, tables.tickets, rows)


def _sealed_entry(session: Session, row: dict[str, Any], is_confidential: bool) -> dict[str, Any]:
    keys = sealing_keys(session, is_confidential=is_confidential)
    return seal_entry(keys, row, is_confidential=is_confidential) if keys else row


def _sealed_ticket(session: Session, row: dict[str, Any], ticket: Ticket) -> dict[str, Any]:
    keys = sealing_keys(session, is_confidential=ticket.is_confidential)
    if keys is None:
        return row
    plain, secret = split_fields(
        ticket.fields, ticket.template, is_confidential=ticket.is_confidential
    )
    sealed = seal_fields(keys, ticket.ticket_id, secret)
    kept = {"fields": plain, "sealed_fields": sealed and f"\\x{sealed.hex()}"}
    return seal_solution(keys, row | kept)


def adopt_attachments(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Take over files that another service stored; one that is known already stays as it is."""
    _insert(session, tables.attachments, rows, " ON CONFLICT DO NOTHING")


def _rows(table: Table, things: Iterable[Any]) -> list[dict[str, Any]]:
    """What the table keeps of them in the open."""
    names = _open_names(table)
    return [{name: getattr(thing, name) for name in names} for thing in things]


def _insert(
    session: Session,
    table: Table,
    rows: Sequence[dict[str, Any]],
    ending: str = "",
    beside: str = "",
) -> None:
    """A column that a row does not name is null. `beside`: what else is written of `new` rows."""
    if rows:
        statement = _statement(table, ending, beside)
        session.execute(statement, {"rows": orjson.dumps(rows).decode()})


@cache
def _open_names(table: Table) -> tuple[str, ...]:
    sealed = [column.name for column in table.c if isinstance(column.type, LargeBinary)]
    return tuple(name for name in _names(table) if name not in sealed)


@cache
def _names(table: Table) -> tuple[str, ...]:
    return tuple(str(column.name) for column in table.c if column.computed is None)


@cache
def _statement(table: Table, ending: str, beside: str) -> TextClause:
    names = ", ".join(f'"{name}"' for name in _names(table))
    source = f"json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"
    if beside:
        beside, source = f"WITH new AS (SELECT * FROM {source}), {beside} ", "new"
    return text(f"{beside}INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}{ending}")
