"""Exports as their owners see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.errors import Gone, NotFound
from services.reporting.domain import exports as words

Json = dict[str, Any]

_SHOWN = (
    *("export_id", "kind", "what", "name", "language", "status", "progress", "rows", "size"),
    *("error", "arguments", "created_at", "started_at", "finished_at", "expires_at"),
)
_OWN = "FROM exports WHERE owner_id = :owner_id AND status <> 'removed'"
_ORDER = "ORDER BY created_at DESC, export_id DESC LIMIT :n"
_FIRST = text(f"SELECT * {_OWN} {_ORDER}")
_NEXT = text(f"SELECT * {_OWN} AND (created_at, export_id) < (:after_at, :after_id) {_ORDER}")
_ONE = text(f"SELECT * {_OWN} AND export_id = :export_id")
MEDIA_TYPES = {
    words.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    words.CSV: "text/csv; charset=utf-8",
}


def list_exports(session: Session, owner_id: UUID, cursor: str | None, limit: int) -> Json:
    """The newest first."""
    given: Json = {"owner_id": owner_id, "n": limit + 1}
    if cursor is not None:
        given["after_at"], given["after_id"] = decode_cursor(cursor, 2, datetime, UUID)
    rows = session.execute(_FIRST if cursor is None else _NEXT, given).mappings().all()
    last = rows[limit - 1] if len(rows) > limit else None
    return {
        "items": [show_export(row) for row in rows[:limit]],
        "next_cursor": encode_cursor([last["created_at"], last["export_id"]]) if last else None,
    }


def get_export(session: Session, owner_id: UUID, export_id: UUID) -> Json:
    """One of one's own; raises NotFound."""
    return show_export(_find(session, owner_id, export_id))


def get_export_file(session: Session, owner_id: UUID, export_id: UUID) -> Json:
    """Where its file is; raises NotFound before there is one, Gone after."""
    row = _find(session, owner_id, export_id)
    if row["status"] == words.EXPIRED:
        raise Gone("export.expired", "the file was kept for seven days and is gone")
    if row["status"] != words.DONE:
        raise NotFound("export.unfinished", "there is no file", {"status": row["status"]})
    stamp = f"{row['finished_at']:%Y%m%d-%H%M%S}"
    return {
        "name": words.file_name(row["name"], stamp, row["kind"]),
        "media_type": MEDIA_TYPES[row["kind"]],
        "size": row["size"],
        "rows": row["rows"],
        "blob_key": row["blob_key"],
    }


def show_export(row: RowMapping) -> Json:
    """As REST shows it."""
    shown = {name: row[name] for name in _SHOWN}
    return {**shown, "export_id": str(row["export_id"])}


def _find(session: Session, owner_id: UUID, export_id: UUID) -> RowMapping:
    given = {"owner_id": owner_id, "export_id": export_id}
    row = session.execute(_ONE, given).mappings().one_or_none()
    if row is None:
        raise NotFound("export.unknown", "there is no such export")
    return row
