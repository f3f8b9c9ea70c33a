"""Tickets as far as scope and lists need them; whoever changes figures has locked their rows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.database.rows import changes, put_rows

_HEADER = (
    "number", "seq", "status", "status_category", "customer_id", "assignee_id", "group_id",
    "department_id", "region_id", "score", "created_at",
)  # fmt: skip
_NAMES = ("ticket_id", "facts_from", "missing", *_HEADER)
# A row is locked even where its header is newer than what arrived.
_KEEP = (
    "ON CONFLICT (ticket_id) DO UPDATE SET "
    + ", ".join(
        f"{name} = CASE WHEN coalesce(tickets.seq, 0) < coalesce(excluded.seq, 0) "
        f"THEN excluded.{name} ELSE tickets.{name} END"
        for name in _HEADER
    )
    + ", facts_from = least(tickets.facts_from, excluded.facts_from) "
    "RETURNING ticket_id, facts_from, customer_id, created_at, seq, missing"
)
_LOCK = text(
    "SELECT ticket_id, facts_from, customer_id, created_at, seq, missing FROM tickets "
    "WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE"
)
_OF_CUSTOMERS = text(
    "SELECT ticket_id, customer_id, created_at FROM tickets WHERE customer_id = ANY(:ids)"
)
_MISSING = text(
    "UPDATE tickets SET missing = given.missing, "
    "missing_since = CASE WHEN given.missing = 0 THEN NULL ELSE now() END "
    "FROM json_populate_recordset(NULL::tickets, CAST(:rows AS json)) AS given "
    "WHERE tickets.ticket_id = given.ticket_id"
)
_TELL = text(
    "UPDATE tickets SET missing_since = NULL WHERE ticket_id IN ("
    "SELECT ticket_id FROM tickets WHERE missing_since < now() - make_interval(secs => :seconds) "
    "ORDER BY ticket_id LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING missing"
)


@dataclass(frozen=True)
class Known:
    """A locked ticket; customer and creation are unknown until one of its own events has come."""

    ticket_id: UUID
    facts_from: datetime
    customer_id: UUID | None
    created_at: datetime | None
    seq: int | None
    missing: int


def keep_headers(session: Session, rows: Iterable[Mapping[str, Any]]) -> list[Known]:
    """Copy each ticket's header (one row a ticket), and lock all of them in the order of ids."""
    given = [{"missing": 0, **row} for row in rows]
    if not given:
        return []
    kept: Any = put_rows(session, "tickets", _NAMES, given, _KEEP, "ticket_id")
    return [Known(*row) for row in kept]


def renew_headers(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write headers anew that are at least as new as what is there."""
    given = [{"missing": 0, **row} for row in rows]
    ending = (
        f"ON CONFLICT (ticket_id) DO UPDATE SET {changes(_HEADER)}, "
        "facts_from = least(tickets.facts_from, excluded.facts_from) "
        "WHERE coalesce(tickets.seq, 0) <= coalesce(excluded.seq, 0)"
    )
    if given:
        put_rows(session, "tickets", _NAMES, given, ending, "ticket_id")


def lock_tickets(session: Session, ids: Collection[UUID]) -> list[Known]:
    """Those of the tickets that are known, locked."""
    return [Known(*row) for row in session.execute(_LOCK, {"ids": list(ids)})]


def tickets_of(session: Session, customers: Collection[UUID]) -> list[Any]:
    """Id, customer and creation of all tickets of these customers."""
    return list(session.execute(_OF_CUSTOMERS, {"ids": list(customers)}))


def note_missing(session: Session, missing: Mapping[UUID, int]) -> None:
    """How many events are missing now of tickets where that has changed."""
    if missing:
        rows = [{"ticket_id": key, "missing": missing[key]} for key in sorted(missing)]
        session.execute(_MISSING, {"rows": orjson.dumps(rows).decode()})


def take_gaps(session: Session, seconds: float) -> int:
    """How many events have been missing for so long and were not told of yet; told of then."""
    return sum(session.scalars(_TELL, {"seconds": seconds}))
