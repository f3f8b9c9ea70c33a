"""The tree of categories, and what a category is used for."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.domain.naming import Named
from services.ticketing.domain.rules import KINDS as RULES
from services.ticketing.domain.statuses import UNFINISHED
from services.ticketing.queries.uses import told_uses
from services.ticketing.queries.views import COUNTED_TO, counted
from services.ticketing.storage.category_rows import ids_below, list_rows, tree_of
from services.ticketing.storage.tables import categories, tickets

Json = dict[str, Any]


def list_categories(uow: UnitOfWork) -> Json:
    """All, siblings in their order; `defaults` are each one's own, `inherited` what holds."""
    rows = list_rows(uow.session)
    tree = tree_of(rows)
    return {
        "items": [
            show_category(row) | {"inherited": tree.defaults(row.category_id)} for row in rows
        ]
    }


def get_use(uow: UnitOfWork, actor: Actor, category_id: UUID) -> Json:
    """What would be left without it: tickets in it and below, to a thousand, and who asks for it.

    Whoever keeps the tree is told how many there are, whatever they may see of them. `uses` are
    those that name it or what lies below it.
    """
    known = select(categories.c.category_id).where(categories.c.category_id == category_id)
    if uow.session.scalar(known) is None:
        raise NotFound("category.unknown", "there is no such category")
    inside = tickets.c.category_id.in_(ids_below([category_id]))
    unfinished = tickets.c.status_category.in_(UNFINISHED)
    told = uses_of_category(uow, actor, category_id)
    uses = told["uses"]
    return {
        "tickets": _count(uow, inside, tickets.c.deleted_at.is_(None)),
        "unfinished": _count(uow, inside, unfinished),
        "views": sum(1 for use in uses if use["kind"] == "view"),
        "rules": sum(1 for use in uses if use["kind"] in RULES),
        **told,
    }


def uses_of_category(uow: UnitOfWork, actor: Actor, category_id: UUID) -> Json:
    """{uses, named}: what names it or a category below it."""
    ids = frozenset(str(one) for one in uow.session.scalars(ids_below([category_id])))
    return told_uses(uow.session, actor, Named(categories=ids))


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
