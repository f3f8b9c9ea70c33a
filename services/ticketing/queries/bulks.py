"""Bulk work as whoever ordered it sees it: how far it is, and what became of each ticket."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.bulks import STATES
from services.ticketing.queries.shapes import show_instant
from services.ticketing.storage.bulk_rows import wanted_of

Json = dict[str, Any]

LIMIT = 100

_ONE = text("SELECT * FROM ticket_bulks WHERE bulk_id = :bulk_id AND owner_id = :owner_id")
_LIST = (
    "SELECT * FROM ticket_bulks WHERE owner_id = :owner_id {after}"
    "ORDER BY created_at DESC, bulk_id DESC LIMIT :n"
)
_NEWEST = text(_LIST.format(after=""))
_OLDER = text(_LIST.format(after="AND (created_at, bulk_id) < (:created_at, :before) "))
_COUNTS = text(
    "SELECT bulk_id, state, count(*) AS n FROM ticket_bulk_items "
    "WHERE bulk_id = ANY(:ids) GROUP BY bulk_id, state"
)
_ITEMS = text(
    "SELECT position, number, state, code, message, settled_at FROM ticket_bulk_items "
    "WHERE bulk_id = :bulk_id AND position > :after "
    "AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY position LIMIT :n"
)


def list_bulks(
    session: Session, owner_id: UUID | None, limit: int = 25, cursor: str | None = None
) -> Json:
    """A person's own, the newest first: {items, next_cursor}."""
    _check_limit(limit)
    given: Json = {"owner_id": owner_id, "n": limit + 1}
    if cursor:
        created_at, before = decode_cursor(cursor, 2)
        given |= {"created_at": created_at, "before": before}
    rows = session.execute(_OLDER if cursor else _NEWEST, given).mappings().all()
    page = rows[:limit]
    last = page[-1] if len(rows) > limit else None
    return {
        "items": _show_all(session, page),
        "next_cursor": encode_cursor([last["created_at"], last["bulk_id"]]) if last else None,
    }


def get_bulk(session: Session, owner_id: UUID | None, bulk_id: UUID) -> Json:
    """One of a person's own; raises NotFound."""
    given = {"owner_id": owner_id, "bulk_id": bulk_id}
    row = session.execute(_ONE, given).mappings().one_or_none()
    if row is None:
        raise NotFound("bulk.unknown", "there is no such work")
    [shown] = _show_all(session, [row])
    return shown


def list_items(
    session: Session,
    owner_id: UUID | None,
    bulk_id: UUID,
    state: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> Json:
    """What became of the tickets, in their order: {items, next_cursor}."""
    _check_limit(limit)
    if state is not None and state not in STATES:
        raise field_error("state", f"must be one of {', '.join(STATES)}", "filter.invalid")
    get_bulk(session, owner_id, bulk_id)
    after = int(decode_cursor(cursor, 1, int)[0]) if cursor else -1
    given = {"bulk_id": bulk_id, "after": after, "state": state, "n": limit + 1}
    rows = session.execute(_ITEMS, given).mappings().all()
    page = rows[:limit]
    return {
        "items": [{**row, "settled_at": show_instant(row["settled_at"])} for row in page],
        "next_cursor": encode_cursor([page[-1]["position"]]) if len(rows) > limit else None,
    }


def _show_all(session: Session, rows: Iterable[RowMapping]) -> list[Json]:
    rows = list(rows)
    counts: dict[UUID, Json] = {row["bulk_id"]: dict.fromkeys(STATES, 0) for row in rows}
    for row in session.execute(_COUNTS, {"ids": list(counts)}):
        counts[row.bulk_id][row.state] = row.n
    return [_show(session, row, counts[row["bulk_id"]]) for row in rows]


def _show(session: Session, row: RowMapping, counts: Json) -> Json:
    wanted = wanted_of(session, row)
    return {
        "bulk_id": str(row["bulk_id"]),
        "title": row["title"],
        "status": _status(row, counts),
        "total": row["total"],
        **counts,
        "actions": list(wanted.actions),
        "macro_id": str(wanted.macro_id) if wanted.macro_id else None,
        "problem": wanted.problem,
        "created_at": show_instant(row["created_at"]),
        "finished_at": show_instant(row["finished_at"]),
    }


def _status(row: RowMapping, counts: Json) -> str:
    if row["cancelled_at"] is not None:
        return "cancelled"
    if row["finished_at"] is not None or not counts["waiting"]:
        return "done"
    return "waiting" if counts["waiting"] == row["total"] else "running"


def _check_limit(limit: int) -> None:
    if not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise field_error("limit", f"must be 1 to {LIMIT}", "filter.invalid")
