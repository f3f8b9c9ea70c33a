"""What sla has promised for a ticket: of two states the one with the higher revision holds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

_NAMES = "ticket_id, revision, first_reply_due_at, resolution_due_at"
# A clock that is met or paused has no due time: what was promised stays so.
_KEEP = text(
    f"INSERT INTO promises ({_NAMES}) SELECT {_NAMES} "
    "FROM json_populate_recordset(NULL::promises, CAST(:rows AS json)) "
    "ON CONFLICT (ticket_id) DO UPDATE SET updated_at = now(), revision = excluded.revision, "
    "first_reply_due_at = coalesce(excluded.first_reply_due_at, promises.first_reply_due_at), "
    "resolution_due_at = coalesce(excluded.resolution_due_at, promises.resolution_due_at) "
    "WHERE promises.revision < excluded.revision"
)
_FIND = text(f"SELECT {_NAMES} FROM promises WHERE ticket_id = ANY(CAST(:ids AS uuid[]))")
_DROP = text(
    "DELETE FROM promises WHERE ticket_id IN (SELECT ticket_id FROM promises "
    "WHERE updated_at < :before LIMIT :limit) RETURNING ticket_id"
)
_RELEASE = text(
    "UPDATE deliveries SET next_at = :now WHERE ticket_id = ANY(CAST(:ids AS uuid[])) "
    "AND occasion = 'receipt' AND status = 'waiting' AND attempts = 0 "
    "AND next_at > :now AND next_at <= created_at + CAST(:patience AS interval)"
)


@dataclass(frozen=True)
class Promise:
    """Instants by which the customer is to have an answer and a solution."""

    first_reply_due_at: datetime | None
    resolution_due_at: datetime | None


def keep_promises(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Copy; several states of a ticket may be among them."""
    newest: dict[Any, Mapping[str, Any]] = {}
    for row in rows:
        known = newest.get(row["ticket_id"])
        if known is None or known["revision"] < row["revision"]:
            newest[row["ticket_id"]] = row
    if newest:
        # In one order, so that replicas wait for one another and do not deadlock.
        ordered = [newest[key] for key in sorted(newest)]
        session.execute(_KEEP, {"rows": orjson.dumps(ordered).decode()})


def find_promises(session: Session, tickets: Collection[UUID]) -> dict[UUID, Promise]:
    rows = session.execute(_FIND, {"ids": [str(one) for one in tickets]}) if tickets else ()
    return {row.ticket_id: Promise(row.first_reply_due_at, row.resolution_due_at) for row in rows}


def release_receipts(
    session: Session, tickets: Collection[UUID], now: datetime, patience: float
) -> None:
    """Receipts that wait for the time to promise (up to `patience` seconds) need not any more."""
    wanted = {"ids": [str(one) for one in tickets], "now": now, "patience": f"{patience} seconds"}
    session.execute(_RELEASE, wanted)


def drop_promises(session: Session, before: datetime, limit: int) -> int:
    """Delete some that are older; returns how many."""
    return len(session.scalars(_DROP, {"before": before, "limit": limit}).all())
