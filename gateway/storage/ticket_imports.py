"""Imports of tickets and their rows, by statements."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from libs.common.crypto import KeyRing, field_context

_COLUMNS = (
    "import_id, person_id, person_name, name, state, total, ignored_columns, created_at, "
    "started_at, finished_at"
)
_INSERT = text(
    "INSERT INTO ticket_imports (import_id, person_id, person_name, name, state, total, "
    "ignored_columns, created_at) VALUES (:import_id, :person_id, :person_name, :name, 'draft', "
    ":total, :ignored, :now)"
)
_INSERT_ROWS = text(
    "INSERT INTO ticket_import_rows (import_id, row_number, state, content_sealed, errors) "
    "VALUES (:import_id, :row_number, :state, :sealed, CAST(:errors AS jsonb))"
)
_FIND = text(f"SELECT {_COLUMNS} FROM ticket_imports WHERE import_id = :import_id")
_LOCK = text(f"SELECT {_COLUMNS} FROM ticket_imports WHERE import_id = :import_id FOR UPDATE")
_LIST = text(
    f"SELECT {_COLUMNS} FROM ticket_imports "
    "WHERE (CAST(:at AS timestamptz) IS NULL OR (created_at, import_id) < (:at, :after)) "
    "ORDER BY created_at DESC, import_id DESC LIMIT :n"
)
_COUNT = text(
    "SELECT import_id, state, count(*) AS rows FROM ticket_import_rows "
    "WHERE import_id = ANY(:ids) GROUP BY import_id, state"
)
_ROWS = text(
    "SELECT row_number, state, content_sealed, errors, number FROM ticket_import_rows "
    "WHERE import_id = :import_id AND row_number > :after "
    "AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY row_number LIMIT :n"
)
_MOVE = text(
    "UPDATE ticket_imports SET state = :state, started_at = coalesce(:started, started_at), "
    "finished_at = coalesce(:finished, finished_at) WHERE import_id = :import_id"
)
# One at a time in the order of their starts; several replicas share the rows of it.
_RUNNING = text(
    "SELECT import_id, person_id, person_name FROM ticket_imports WHERE state = 'running' "
    "ORDER BY started_at LIMIT 1"
)
_TAKE = text(
    "SELECT row_number, content_sealed FROM ticket_import_rows "
    "WHERE import_id = :import_id AND state = 'ready' ORDER BY row_number LIMIT :n "
    "FOR UPDATE SKIP LOCKED"
)
_HAS_READY = text(
    "SELECT EXISTS (SELECT 1 FROM ticket_import_rows WHERE import_id = :import_id "
    "AND state = 'ready')"
)
_SETTLE = text(
    "UPDATE ticket_import_rows SET state = :state, number = :number, "
    "errors = CAST(:errors AS jsonb), "
    "content_sealed = CASE WHEN :state = 'done' THEN NULL ELSE content_sealed END "
    "WHERE import_id = :import_id AND row_number = :row_number"
)
_DELETE = text("DELETE FROM ticket_imports WHERE import_id = :import_id")
_FORGET = text(
    "DELETE FROM ticket_imports WHERE import_id IN (SELECT import_id FROM ticket_imports "
    "WHERE state <> 'running' AND created_at < :before ORDER BY created_at LIMIT 5)"
)


def row_context(import_id: UUID, row_number: int) -> str:
    """What the sealed content of a row is bound to."""
    return field_context("ticket_import_rows", "content", f"{import_id}:{row_number}")


def insert_import(session: Session, given: Mapping[str, Any]) -> None:
    """A new one, which nobody has started yet."""
    session.execute(_INSERT, dict(given))


def insert_rows(
    session: Session,
    ring: KeyRing,
    import_id: UUID,
    rows: Sequence[tuple[int, Mapping[str, Any], Mapping[str, list[str]]]],
) -> None:
    """Rows as (number, content, errors): those with errors are invalid."""
    if rows:
        session.execute(_INSERT_ROWS, [_row(ring, import_id, *row) for row in rows])


def _row(
    ring: KeyRing,
    import_id: UUID,
    row_number: int,
    content: Mapping[str, Any],
    errors: Mapping[str, list[str]],
) -> dict[str, Any]:
    plain = orjson.dumps(dict(content))
    return {
        "import_id": import_id,
        "row_number": row_number,
        "state": "invalid" if errors else "ready",
        "sealed": ring.encrypt(plain, row_context(import_id, row_number)),
        "errors": orjson.dumps(dict(errors)).decode(),
    }


def open_content(ring: KeyRing, import_id: UUID, row: Any) -> dict[str, Any] | None:
    """What a row says; None when it is done."""
    if row.content_sealed is None:
        return None
    context = row_context(import_id, row.row_number)
    opened: dict[str, Any] = orjson.loads(ring.decrypt(bytes(row.content_sealed), context))
    return opened


def find_import(session: Session, import_id: UUID, *, is_locked: bool = False) -> Row[Any] | None:
    """One, locked until the transaction ends if that is wanted."""
    statement = _LOCK if is_locked else _FIND
    return session.execute(statement, {"import_id": import_id}).first()


def list_imports(
    session: Session, limit: int, after: tuple[datetime, UUID] | None
) -> Sequence[Row[Any]]:
    """A page, the newest first."""
    at, import_id = after or (None, None)
    return session.execute(_LIST, {"at": at, "after": import_id, "n": limit}).all()


def count_rows(session: Session, import_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """How many rows of each are in which state."""
    counts: dict[UUID, dict[str, int]] = {import_id: {} for import_id in import_ids}
    for row in session.execute(_COUNT, {"ids": list(import_ids)}):
        counts[row.import_id][row.state] = row.rows
    return counts


def list_rows(
    session: Session, import_id: UUID, state: str | None, limit: int, after: int
) -> Sequence[Row[Any]]:
    """A page in the order of the file."""
    given = {"import_id": import_id, "state": state, "n": limit, "after": after}
    return session.execute(_ROWS, given).all()


def move_import(
    session: Session,
    import_id: UUID,
    state: str,
    *,
    started: datetime | None = None,
    finished: datetime | None = None,
) -> None:
    """Begun, done or given up."""
    given = {"import_id": import_id, "state": state, "started": started, "finished": finished}
    session.execute(_MOVE, given)


def find_running(session: Session) -> Row[Any] | None:
    """The one that was started first."""
    return session.execute(_RUNNING).first()


def take_rows(session: Session, import_id: UUID, limit: int) -> Sequence[Row[Any]]:
    """Rows that nobody else works on, locked until the transaction ends."""
    return session.execute(_TAKE, {"import_id": import_id, "n": limit}).all()


def has_ready_rows(session: Session, import_id: UUID) -> bool:
    """Whether anything is left to do, also by others."""
    return bool(session.scalar(_HAS_READY, {"import_id": import_id}))


def settle_row(
    session: Session,
    import_id: UUID,
    row_number: int,
    *,
    number: str | None = None,
    errors: Mapping[str, list[str]] | None = None,
) -> None:
    """Done with the number of its ticket, or failed with why."""
    given = {
        "import_id": import_id,
        "row_number": row_number,
        "state": "done" if number else "failed",
        "number": number,
        "errors": orjson.dumps(dict(errors or {})).decode(),
    }
    session.execute(_SETTLE, given)


def delete_import(session: Session, import_id: UUID) -> None:
    """With its rows."""
    session.execute(_DELETE, {"import_id": import_id})


def forget_imports(session: Session, before: datetime) -> int:
    """Some that are older and not running; returns how many."""
    done: Any = session.execute(_FORGET, {"before": before})
    return int(done.rowcount)
