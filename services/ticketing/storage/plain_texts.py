"""Seals the texts of entries that were written plainly, and with them the tickets' solutions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing
from services.ticketing.storage.sealed_columns import PLAIN_ENTRIES
from services.ticketing.storage.sealed_texts import seal_entry, seal_solution
from services.ticketing.storage.search_due import note_due

# In the index's order: the planner, who knows no better, would read the whole table.
_LOCK_ENTRIES = text(
    "SELECT entry_id, created_at, ticket_id, text, html, event FROM timeline_entries "
    f"WHERE {PLAIN_ENTRIES.condition} ORDER BY kind LIMIT :limit FOR NO KEY UPDATE SKIP LOCKED"
)
_LOCK_SOLUTIONS = text(
    "SELECT ticket_id, solution FROM tickets WHERE ticket_id = ANY(CAST(:ids AS uuid[])) "
    "AND solution IS NOT NULL ORDER BY ticket_id FOR NO KEY UPDATE"
)
_WRITE_ENTRIES = text(
    "UPDATE timeline_entries AS old "
    "SET text = NULL, html = NULL, event = new.event, sealed = new.sealed "
    "FROM json_populate_recordset(NULL::timeline_entries, CAST(:rows AS json)) AS new "
    "WHERE old.entry_id = new.entry_id AND old.created_at = new.created_at"
)
_WRITE_SOLUTIONS = text(
    "UPDATE tickets AS old SET solution = NULL, sealed_solution = new.sealed_solution "
    "FROM json_populate_recordset(NULL::tickets, CAST(:rows AS json)) AS new "
    "WHERE old.ticket_id = new.ticket_id"
)


def seal_some(session: Session, keys: KeyRing, limit: int) -> int:
    """Up to `limit` entries that nobody else has locked; returns how many.

    What was found by their words is so no longer.
    """
    found = session.execute(_LOCK_ENTRIES, {"limit": limit}).mappings()
    entries = [dict(entry) for entry in found]
    write_entries(session, [seal_entry(keys, entry) for entry in entries])
    _seal_solutions(session, keys, {one["ticket_id"] for one in entries if _solves(one)})
    note_due(session, {one["ticket_id"] for one in entries})
    return len(entries)


def _solves(entry: Mapping[str, Any]) -> bool:
    return bool(entry["event"]) and entry["event"]["type"] == "ticket.solved"


def _seal_solutions(session: Session, keys: KeyRing, ticket_ids: Iterable[UUID]) -> None:
    ids = [str(ticket_id) for ticket_id in ticket_ids]
    rows = session.execute(_LOCK_SOLUTIONS, {"ids": ids}).mappings().all() if ids else []
    _write(session, _WRITE_SOLUTIONS, [seal_solution(keys, dict(row)) for row in rows])


def write_entries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """The rows of entries in their sealed form."""
    _write(session, _WRITE_ENTRIES, rows)


def _write(session: Session, statement: TextClause, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(statement, {"rows": orjson.dumps(rows).decode()})
