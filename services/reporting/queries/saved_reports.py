"""Saved reports that somebody sees: their own, shared ones, those that are shipped."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from libs.common.directory.finders import names_of
from libs.common.directory.tables import PEOPLE
from libs.common.errors import NotFound

Json = dict[str, Any]

_SEEN = "FROM saved_reports WHERE (owner_id = :owner_id OR is_shared)"
_LIST = text(f"SELECT * {_SEEN} ORDER BY is_shipped DESC, created_at, report_id")
_ONE = text(f"SELECT * {_SEEN} AND report_id = :report_id")


def list_saved_reports(session: Session, owner_id: UUID, language: str) -> Json:
    """The shipped ones first; one person has at most a hundred."""
    rows = session.execute(_LIST, {"owner_id": owner_id}).mappings().all()
    owners = [row["owner_id"] for row in rows if row["owner_id"] is not None]
    names = names_of(session, PEOPLE, owners)
    return {"items": [show_saved(row, owner_id, names, language) for row in rows]}


def get_saved_report(session: Session, owner_id: UUID, report_id: UUID, language: str) -> Json:
    """Raises NotFound for those of others that they keep to themselves."""
    given = {"owner_id": owner_id, "report_id": report_id}
    row = session.execute(_ONE, given).mappings().one_or_none()
    if row is None:
        raise NotFound("saved_report.unknown", "there is no such report")
    return present_saved(session, row, owner_id, language)


def present_saved(session: Session, row: RowMapping, asker: UUID, language: str) -> Json:
    """One with its owner's name."""
    owners = [row["owner_id"]] if row["owner_id"] is not None else []
    return show_saved(row, asker, names_of(session, PEOPLE, owners), language)


def show_saved(row: RowMapping, asker: UUID, names: dict[UUID, str], language: str) -> Json:
    """As REST shows it."""
    owner = row["owner_id"]
    name = row["name_en"] if language == "en" and row["name_en"] else row["name"]
    return {
        "report_id": str(row["report_id"]),
        "name": name,
        "owner": None if owner is None else {"person_id": str(owner), "name": names.get(owner, "")},
        "is_own": owner == asker,
        "is_shared": row["is_shared"],
        "is_shipped": row["is_shipped"],
        "definition": row["definition"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
        "version": row["version"],
    }
