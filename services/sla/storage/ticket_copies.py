"""The copy of tickets: the header with the highest seq, and what the clocks say of each ticket.

Whoever changes a ticket's facts or clocks has locked its row here first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.rows import put_rows

_HEADER = (
    "number", "seq", "subject", "kind", "urgency", "status", "status_category", "customer_id",
    "assignee_id", "group_id", "department_id", "region_id", "created_at", "header",
)  # fmt: skip
_NAMES = ("ticket_id", *_HEADER, "facts_from", "revision", "book_revision", "is_overdue")
# A row is locked even where its header is newer than what arrived.
_KEEP = (
    "ON CONFLICT (ticket_id) DO UPDATE SET "
    + ", ".join(
        f"{name} = CASE WHEN tickets.seq < excluded.seq "
        f"THEN excluded.{name} ELSE tickets.{name} END"
        for name in _HEADER
    )
    + ", facts_from = least(tickets.facts_from, excluded.facts_from) "
    "RETURNING ticket_id, number, header, revision, book_revision, facts_from, "
    "next_due_at, is_overdue, next_step_at"
)
_SELECT = (
    "SELECT ticket_id, number, header, revision, book_revision, facts_from, "
    "next_due_at, is_overdue, next_step_at FROM tickets "
)
_TRY = text(_SELECT + "WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE SKIP LOCKED")
_STALE = text(
    _SELECT + "WHERE book_revision < :revision "
    "AND status_category IN ('new', 'open', 'pending', 'on_hold') "
    "ORDER BY book_revision, ticket_id LIMIT :n FOR UPDATE SKIP LOCKED"
)
_BY_ID = text(_SELECT + "WHERE ticket_id = :id")
_SUMMARY = ("revision", "book_revision", "next_due_at", "is_overdue", "next_step_at")
_MARK = text(
    "UPDATE tickets SET book_revision = 0 WHERE ticket_id IN ("
    "SELECT ticket_id FROM tickets WHERE customer_id = ANY(:customers) "
    "AND status_category IN ('new', 'open', 'pending', 'on_hold') "
    "ORDER BY ticket_id FOR UPDATE)"
)
_SEQS = text("SELECT ticket_id, seq FROM tickets WHERE ticket_id = ANY(:ids)")


@dataclass
class TicketCopy:
    """A ticket as sla knows it. `revision` counts the changes that sla has told of it."""

    ticket_id: UUID
    number: str
    header: dict[str, Any]
    revision: int
    book_revision: int
    facts_from: datetime
    next_due_at: datetime | None
    is_overdue: bool
    next_step_at: datetime | None


def keep_headers(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[TicketCopy]:
    """Copy each ticket's header (one row a ticket), and lock all of them in the order of ids."""
    fresh = {"revision": 0, "book_revision": 0, "is_overdue": False}
    kept: Any = put_rows(
        session, "tickets", _NAMES, [{**fresh, **row} for row in rows], _KEEP, "ticket_id"
    )
    return [TicketCopy(*row) for row in kept]


def try_lock(session: Session, ids: Collection[UUID]) -> list[TicketCopy]:
    """Those of the tickets that nobody else holds just now, locked."""
    return [TicketCopy(*row) for row in session.execute(_TRY, {"ids": list(ids)})]


def lock_stale(session: Session, revision: int, limit: int) -> list[TicketCopy]:
    """Some unfinished tickets whose clocks were computed with an older book, locked."""
    rows = session.execute(_STALE, {"revision": revision, "n": limit})
    return [TicketCopy(*row) for row in rows]


def find_ticket(session: Session, ticket_id: UUID) -> TicketCopy | None:
    """A ticket, not locked."""
    row = session.execute(_BY_ID, {"id": ticket_id}).first()
    return None if row is None else TicketCopy(*row)


def seqs_of(session: Session, ids: Collection[UUID]) -> dict[UUID, int]:
    """The highest seq that is known of each of the tickets."""
    return {row[0]: row[1] for row in session.execute(_SEQS, {"ids": list(ids)})}


def mark_stale(session: Session, customers: Collection[UUID]) -> None:
    """Have the unfinished tickets of these customers computed anew."""
    if customers:
        session.execute(_MARK, {"customers": list(customers)})


def keep_summaries(session: Session, copies: Iterable[TicketCopy]) -> None:
    """Write what the clocks say; the tickets are locked."""
    rows = [
        {"ticket_id": copy.ticket_id, **{name: getattr(copy, name) for name in _SUMMARY}}
        for copy in copies
    ]
    if rows:
        session.execute(_WRITE, {"rows": orjson.dumps(rows).decode()})


_WRITE = text(
    f"UPDATE tickets SET {', '.join(f'{name} = given.{name}' for name in _SUMMARY)} "
    "FROM json_populate_recordset(NULL::tickets, CAST(:rows AS json)) AS given "
    "WHERE tickets.ticket_id = given.ticket_id"
)
