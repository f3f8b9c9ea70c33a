"""Imports are kept as drafts first, so that people see what is wrong before anything happens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from gateway.storage import ticket_imports as stored
from gateway.ticket_import.columns import Columns
from gateway.ticket_import.rows import Row
from libs.common.crypto import KeyRing
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import Conflict, InvalidInput, NotFound
from libs.common.ids import uuid7

STATES = ("draft", "running", "done", "cancelled")
ROW_STATES = ("ready", "invalid", "done", "failed")


def keep_import(
    session: Session,
    ring: KeyRing,
    now: datetime,
    *,
    person: tuple[UUID, str],
    name: str,
    columns: Columns,
    rows: Sequence[Row],
) -> dict[str, Any]:
    """A draft of what the file holds."""
    if not rows:
        message = "holds nothing below its first row"
        raise InvalidInput("file.empty", message, {"errors": {"file": [message]}})
    import_id = uuid7()
    given = {
        "import_id": import_id,
        "person_id": person[0],
        "person_name": person[1],
        "name": name,
        "total": len(rows),
        "ignored": columns.ignored,
        "now": now,
    }
    stored.insert_import(session, given)
    told = [(row.number, row.content, row.errors) for row in rows]
    stored.insert_rows(session, ring, import_id, told)
    return show_import(session, import_id)


def show_import(session: Session, import_id: UUID) -> dict[str, Any]:
    """One with its counts; raises NotFound."""
    found = _find(session, import_id)
    return _show(found, stored.count_rows(session, [import_id])[import_id])


def list_imports(session: Session, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page, the newest first: {items, next_cursor}."""
    after = decode_cursor(cursor, 2, datetime, UUID) if cursor else None
    rows = stored.list_imports(session, limit + 1, (after[0], after[1]) if after else None)
    counts = stored.count_rows(session, [row.import_id for row in rows[:limit]])
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [_show(row, counts[row.import_id]) for row in rows[:limit]],
        "next_cursor": encode_cursor([last.created_at, last.import_id]) if last else None,
    }


def list_rows(
    session: Session,
    ring: KeyRing,
    import_id: UUID,
    state: str | None,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    """A page of rows in the order of the file: {items, next_cursor}; raises NotFound."""
    _find(session, import_id)
    after = int(decode_cursor(cursor, 1, int)[0]) if cursor else 0
    rows = stored.list_rows(session, import_id, state, limit + 1, after)
    return {
        "items": [_show_row(ring, import_id, row) for row in rows[:limit]],
        "next_cursor": encode_cursor([rows[limit - 1].row_number]) if len(rows) > limit else None,
    }


def start_import(
    session: Session, import_id: UUID, now: datetime, *, skips_errors: bool
) -> dict[str, Any]:
    """Let the job begin. Raises Conflict for one that is begun, or has errors nobody accepts."""
    found = _find(session, import_id, is_locked=True)
    if found.state != "draft":
        raise Conflict("ticket_import.not_draft", f"the import is {found.state}")
    counts = stored.count_rows(session, [import_id])[import_id]
    if counts.get("invalid") and not skips_errors:
        raise Conflict("ticket_import.has_errors", f"{counts['invalid']} rows are wrong")
    if not counts.get("ready"):
        raise Conflict("ticket_import.nothing_ready", "no row can be imported")
    stored.move_import(session, import_id, "running", started=now)
    return show_import(session, import_id)


def cancel_import(session: Session, import_id: UUID, now: datetime) -> dict[str, Any]:
    """What is not done stays undone; what is done stays."""
    found = _find(session, import_id, is_locked=True)
    if found.state not in ("draft", "running"):
        raise Conflict("ticket_import.finished", f"the import is {found.state}")
    stored.move_import(session, import_id, "cancelled", finished=now)
    return show_import(session, import_id)


def remove_import(session: Session, import_id: UUID) -> str:
    """Forget the file and what it held; returns its name. Tickets stay."""
    found = _find(session, import_id, is_locked=True)
    if found.state == "running":
        raise Conflict("ticket_import.running", "the import is running")
    stored.delete_import(session, import_id)
    return str(found.name)


def _find(session: Session, import_id: UUID, *, is_locked: bool = False) -> Any:
    found = stored.find_import(session, import_id, is_locked=is_locked)
    if found is None:
        raise NotFound("ticket_import.unknown", "there is no such import")
    return found


def _show(row: Any, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "import_id": row.import_id,
        "name": row.name,
        "state": row.state,
        "total": row.total,
        "counts": {state: counts.get(state, 0) for state in ROW_STATES},
        "ignored_columns": list(row.ignored_columns),
        "created_by": {"person_id": row.person_id, "name": row.person_name},
        "created_at": row.created_at,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }


def _show_row(ring: KeyRing, import_id: UUID, row: Any) -> dict[str, Any]:
    content = stored.open_content(ring, import_id, row) or {}
    return {
        "row_number": row.row_number,
        "state": row.state,
        "subject": content.get("subject"),
        "customer_name": content.get("customer_name"),
        "errors": row.errors,
        "number": row.number,
    }
