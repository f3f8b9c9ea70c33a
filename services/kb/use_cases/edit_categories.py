"""The tree of categories."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound, field_error
from libs.common.ids import uuid7
from services.kb.domain.categories import MOST, check_place
from services.kb.domain.reading import Reading
from services.kb.storage import categories as rows
from services.kb.use_cases.finding import check_version

_FIELDS = ("name_zh", "name_en", "parent_id")


def create_category(uow: UnitOfWork, values: Mapping[str, Any]) -> RowMapping:
    """Behind its siblings. Raises InvalidInput, or Conflict where it cannot stand."""
    known = rows.lock_categories(uow.session)
    if len(known) >= MOST:
        raise Conflict("category.too_many", f"there are at most {MOST} categories")
    read = _read({"parent_id": None, **values})
    check_place(_parents(known), None, read["parent_id"])
    return rows.put_category(uow.session, uuid7(), **read)


def edit_category(
    uow: UnitOfWork, category_id: UUID, version: int | None, changes: Mapping[str, Any]
) -> tuple[RowMapping, RowMapping]:
    """Another name or place; returns it before and after."""
    known = rows.lock_categories(uow.session)
    before = _find(known, category_id, version)
    read = _read({**{name: before[name] for name in _FIELDS}, **changes})
    check_place(_parents(known), category_id, read["parent_id"])
    return before, rows.put_category(uow.session, category_id, **read)


def remove_category(uow: UnitOfWork, category_id: UUID, version: int | None) -> RowMapping:
    """Refused while anything is in it; returns what it was."""
    known = rows.lock_categories(uow.session)
    before = _find(known, category_id, version)
    has_children = any(row["parent_id"] == category_id for row in known)
    if has_children or rows.is_used(uow.session, category_id):
        raise Conflict("category.in_use", "there are articles or categories in it")
    rows.delete_category(uow.session, category_id)
    return before


def order_categories(
    uow: UnitOfWork, parent_id: UUID | None, ids: Sequence[UUID]
) -> tuple[Sequence[RowMapping], Sequence[RowMapping]]:
    """Siblings in another order; returns all categories before and after."""
    before = rows.lock_categories(uow.session)
    siblings = {row["category_id"] for row in before if row["parent_id"] == parent_id}
    if set(ids) != siblings or len(ids) != len(siblings):
        raise field_error("category_ids", "must name every category of the parent once")
    rows.order_categories(uow.session, ids)
    return before, rows.all_categories(uow.session)


def _read(raw: Mapping[str, Any]) -> dict[str, Any]:
    reading = Reading()
    reading.only(raw, _FIELDS)
    read: dict[str, Any] = {
        name: reading.line(raw.get(name), name, 60) for name in ("name_zh", "name_en")
    }
    parent = raw.get("parent_id")
    try:
        read["parent_id"] = parent if parent is None or isinstance(parent, UUID) else UUID(parent)
    except (ValueError, TypeError, AttributeError):
        reading.wrong("parent_id", "must be a UUID")
    reading.conclude()
    return read


def _find(known: Sequence[RowMapping], category_id: UUID, version: int | None) -> RowMapping:
    found = next((row for row in known if row["category_id"] == category_id), None)
    if found is None:
        raise NotFound("category.unknown", "there is no such category")
    check_version(found["version"], version)
    return found


def _parents(known: Sequence[RowMapping]) -> dict[UUID, UUID | None]:
    return {row["category_id"]: row["parent_id"] for row in known}
