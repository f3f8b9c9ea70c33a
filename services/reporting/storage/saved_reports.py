"""Rows of saved reports."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

_ADD = text(
    "INSERT INTO saved_reports (report_id, owner_id, name, definition, is_shared, created_at, "
    "updated_at) VALUES (:report_id, :owner_id, :name, :definition, :is_shared, :now, :now) "
    "RETURNING *"
).bindparams(bindparam("definition", type_=JSONB))
_LOCK = text("SELECT * FROM saved_reports WHERE report_id = :report_id FOR UPDATE")
_CHANGE = text(
    "UPDATE saved_reports SET "
    "name = CASE WHEN name_en = CAST(:name AS text) THEN name ELSE CAST(:name AS text) END, "
    "name_en = CASE WHEN CAST(:name AS text) IN (name, name_en) THEN name_en END, "
    "definition = :definition, "
    "is_shared = :is_shared, version = version + 1, updated_at = :now "
    "WHERE report_id = :report_id RETURNING *"
).bindparams(bindparam("definition", type_=JSONB))
_DROP = text("DELETE FROM saved_reports WHERE report_id = :report_id")
_COUNT = text("SELECT count(*) FROM saved_reports WHERE owner_id = :owner_id")


def add_saved(session: Session, row: Mapping[str, Any]) -> RowMapping:
    """A new one of somebody's."""
    return session.execute(_ADD, row).mappings().one()


def lock_saved(session: Session, report_id: UUID) -> RowMapping | None:
    """Whosever it is."""
    found = session.execute(_LOCK, {"report_id": report_id})
    return found.mappings().one_or_none()


def change_saved(session: Session, row: Mapping[str, Any]) -> RowMapping:
    """With the next version; the name in either language stays both, a new one has no other."""
    return session.execute(_CHANGE, row).mappings().one()


def drop_saved(session: Session, report_id: UUID) -> None:
    """For good."""
    session.execute(_DROP, {"report_id": report_id})


def count_saved(session: Session, owner_id: UUID) -> int:
    """How many somebody has."""
    return int(session.scalar(_COUNT, {"owner_id": owner_id}) or 0)
