"""The tree of categories, and what a category is used for."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text

from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.domain.statuses import UNFINISHED
from services.ticketing.queries.views import COUNTED_TO, counted
from services.ticketing.storage.category_rows import ids_below, list_rows, tree_of
from services.ticketing.storage.tables import categories, tickets

Json = dict[str, Any]

_NAMING = text(
    "SELECT (SELECT count(*) FROM views WHERE condition::text LIKE :id) AS views, "
    "(SELECT count(*) FROM rules WHERE condition::text LIKE :id) AS rules"
)


def list_categories(uow: UnitOfWork) -> Json:
    """All, siblings in their order; `defaults` are each one's own, `inherited` what holds."""
    rows = list_rows(uow.session)
    tree = tree_of(rows)
    return {
        "items": [
            show_category(row) | {"inherited": tree.defaults(row.category_id)} for row in rows
        ]
    }


def get_use(uow: UnitOfWork, category_id: UUID) -> Json:
    """What would be left without it: tickets in it and below, to a thousand, and who asks for it.

    Whoever keeps the tree is told how many there are, whatever they may see of them.
    """
    known = select(categories.c.category_id).where(categories.c.category_id == category_id)
    if uow.session.scalar(known) is None:
        raise NotFound("category.unknown", "there is no such category")
    inside = tickets.c.category_id.in_(ids_below([category_id]))
    unfinished = tickets.c.status_category.in_(UNFINISHED)
    naming = uow.session.execute(_NAMING, {"id": f"%{category_id}%"}).one()
    return {
        "tickets": _count(uow, inside, tickets.c.deleted_at.is_(None)),
        "unfinished": _count(uow, inside, unfinished),
        "views": naming.views,
        "rules": naming.rules,
    }


def _count(uow: UnitOfWork, *conditions: Any) -> Json:
    some = select(tickets.c.ticket_id).where(*conditions).limit(COUNTED_TO + 1)
    return counted(len(uow.session.execute(some).all()))


def show_category(row: Row[Any]) -> Json:
    """As clients see it; its names from the top down stand in `names`."""
    return {
        "category_id": str(row.category_id),
        "parent_id": row.parent_id and str(row.parent_id),
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "path": [str(one) for one in row.path],
        "names": {"zh": row.names_zh, "en": row.names_en},
        "position": row.position,
        "is_active": row.is_active,
        "defaults": row.defaults,
        "version": row.version,
    }
