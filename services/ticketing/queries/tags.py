"""Known tags as clients see them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.naming import Named
from services.ticketing.domain.tagging import MOST
from services.ticketing.queries.shapes import show_instant
from services.ticketing.queries.uses import told_uses
from services.ticketing.queries.views import COUNTED_TO, counted
from services.ticketing.storage.tables import known_tags
from services.ticketing.storage.tag_rows import list_tags as list_rows
from services.ticketing.storage.tag_rows import tickets_having
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.storage.versioned_rows import find_row

Json = dict[str, Any]


def list_tags(uow: UnitOfWork, q: str, is_active: bool | None, limit: int) -> Json:
    """Those that begin so: {items, are_free}; `are_free` says whether others may be used, too."""
    if not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise field_error("limit", f"must be 1 to {MOST}", "filter.invalid")
    rows = list_rows(uow.session, q, is_active, limit)
    return {
        "items": [show_tag(row) | {"is_merging": row.is_merging} for row in rows],
        "are_free": read_settings(uow.session).allows_free_tags,
    }


def get_use(uow: UnitOfWork, actor: Actor, tag_id: UUID) -> Json:
    """Who would miss it: tickets to a thousand, and what names it; raises NotFound."""
    row = find_row(uow.session, known_tags, tag_id)
    if row is None:
        raise NotFound("tag.not_found", "there is no such tag")
    having = len(tickets_having(uow.session, row.name, COUNTED_TO + 1))
    return {"tickets": counted(having), **show_uses(uow, actor, row.name)}


def show_uses(uow: UnitOfWork, actor: Actor, name: str) -> Json:
    """{uses, named}: what names the tag."""
    return told_uses(uow.session, actor, Named(tags={name}))


def show_tag(row: Row[Any]) -> Json:
    """One of them; while `is_merging`, tickets still have an older name of it."""
    return {
        "tag_id": str(row.tag_id),
        "name": row.name,
        "color": row.color,
        "is_active": row.is_active,
        "updated_at": show_instant(row.updated_at),
        "version": row.version,
    }
