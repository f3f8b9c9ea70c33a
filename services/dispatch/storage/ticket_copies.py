"""The copy of tickets' headers: of two states of a ticket the one with the higher seq holds.

Whoever changes a ticket's assignment or place in a waiting list holds its row here. Rows are
locked in the order of their ids, and before any row of `loads`.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.dispatch.domain.settling import Header
from services.dispatch.storage.rows import Row, names_of
from services.dispatch.storage.tables import dues, tickets

_NAMES = ", ".join(names_of(tickets))
_LOCK = text(
    "SELECT ticket_id FROM tickets WHERE ticket_id = ANY(:ids) ORDER BY ticket_id FOR UPDATE"
)
_READ = text(f"SELECT {_NAMES} FROM tickets WHERE ticket_id = ANY(:ids) ORDER BY ticket_id")
_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in names_of(tickets)[1:])
_KEEP = text(
    f"INSERT INTO tickets ({_NAMES}) SELECT {_NAMES} "
    "FROM json_populate_recordset(NULL::tickets, CAST(:rows AS json)) "
    f"ON CONFLICT (ticket_id) DO UPDATE SET {_CHANGES} WHERE tickets.seq < excluded.seq"
)
_BY_NUMBER = text(f"SELECT {_NAMES} FROM tickets WHERE number = :number FOR UPDATE")
_KEEP_DUES = text(
    "INSERT INTO dues (ticket_id, revision, next_due_at, unaccepted_epoch) "
    "SELECT ticket_id, revision, next_due_at, unaccepted_epoch "
    "FROM json_populate_recordset(NULL::dues, CAST(:rows AS json)) "
    "ON CONFLICT (ticket_id) DO UPDATE SET "
    "next_due_at = CASE WHEN dues.revision < excluded.revision "
    "THEN excluded.next_due_at ELSE dues.next_due_at END, "
    "revision = greatest(dues.revision, excluded.revision), "
    "unaccepted_epoch = greatest(dues.unaccepted_epoch, excluded.unaccepted_epoch)"
)


def lock_tickets(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Hold these rows until the transaction ends; returns those that are there."""
    return set(session.scalars(_LOCK, {"ids": sorted(ids)})) if ids else set()


def read_headers(session: Session, ids: Collection[UUID]) -> list[Header]:
    """The copies, in the order of ids."""
    return [header_of(row) for row in session.execute(_READ, {"ids": list(ids)})] if ids else []


def lock_by_number(session: Session, number: str) -> Header | None:
    """One ticket, held."""
    row = session.execute(_BY_NUMBER, {"number": number}).one_or_none()
    return None if row is None else header_of(row)


def header_of(row: Any) -> Header:
    """From a row that has the table's columns first, in their order."""
    return Header(*row[: len(names_of(tickets))])


def keep_headers(session: Session, rows: Iterable[Row]) -> None:
    """Copy, one row a ticket."""
    _put(session, _KEEP, sorted(rows, key=lambda row: row["ticket_id"]))


def keep_dues(session: Session, rows: Iterable[Row]) -> None:
    """Copy what sla told; one row a ticket."""
    _put(session, _KEEP_DUES, sorted(rows, key=lambda row: row["ticket_id"]))


def unaccepted_epochs(session: Session, ids: Collection[UUID]) -> dict[UUID, int]:
    """Of tickets whose assignment was not accepted in time, the epoch of the last such one."""
    statement = dues.select().where(
        dues.c.ticket_id.in_(list(ids)), dues.c.unaccepted_epoch.is_not(None)
    )
    return {row.ticket_id: row.unaccepted_epoch for row in session.execute(statement)}


def _put(session: Session, statement: Any, rows: Sequence[Row]) -> None:
    if rows:
        session.execute(statement, {"rows": orjson.dumps(rows).decode()})
