"""Categories, all at once: there are few."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from libs.common.errors import Conflict

_COLUMNS = "category_id, parent_id, name_zh, name_en, position, version"
_ALL = text(f"SELECT {_COLUMNS} FROM categories ORDER BY position, name_zh")
# Whoever changes the tree sees all of it: two moves could make a circle.
_LOCK = text("LOCK TABLE categories IN SHARE ROW EXCLUSIVE MODE")
_PUT = text(
    f"INSERT INTO categories ({_COLUMNS}) VALUES (:category_id, :parent_id, :name_zh, :name_en, "
    "(SELECT coalesce(max(position), 0) + 1 FROM categories), 1) "
    "ON CONFLICT (category_id) DO UPDATE SET parent_id = excluded.parent_id, "
    "name_zh = excluded.name_zh, name_en = excluded.name_en, version = categories.version + 1 "
    f"RETURNING {_COLUMNS}"
)
_DELETE = text("DELETE FROM categories WHERE category_id = :id")
_ORDER = text(
    "UPDATE categories SET position = given.position "
    "FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS given (category_id, position) "
    "WHERE categories.category_id = given.category_id"
)
_USED = text("SELECT EXISTS (SELECT 1 FROM versions WHERE category_id = :id)")


def all_categories(session: Session) -> Sequence[RowMapping]:
    """Siblings in their order."""
    return session.execute(_ALL).mappings().all()


def lock_categories(session: Session) -> Sequence[RowMapping]:
    """The same, before a change."""
    session.execute(_LOCK)
    return all_categories(session)


def put_category(
    session: Session, category_id: UUID, parent_id: UUID | None, name_zh: str, name_en: str
) -> RowMapping:
    """Add behind the others, or change. Raises Conflict for a sibling's name."""
    values = {"category_id": category_id, "parent_id": parent_id}
    try:
        with session.begin_nested():
            named = {**values, "name_zh": name_zh, "name_en": name_en}
            return session.execute(_PUT, named).mappings().one()
    except IntegrityError as error:
        if "uq_categories_name" not in str(error.orig):
            raise
        raise Conflict("category.name_taken", "a category beside it has this name") from None


def delete_category(session: Session, category_id: UUID) -> None:
    session.execute(_DELETE, {"id": category_id})


def is_used(session: Session, category_id: UUID) -> bool:
    """Whether any version of an article is in it."""
    return bool(session.scalar(_USED, {"id": category_id}))


def order_categories(session: Session, ids: Sequence[UUID]) -> None:
    session.execute(_ORDER, {"ids": list(ids)})
