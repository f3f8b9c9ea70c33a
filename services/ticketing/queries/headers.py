"""Tickets as their events tell them, so that copies can be compared with the truth."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, bindparam, select

from libs.common.contracts.ticketing import TicketEvent
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from services.ticketing.domain.statuses import UNFINISHED
from services.ticketing.queries.scoping import scope_of
from services.ticketing.storage.category_rows import path_of
from services.ticketing.storage.tables import tickets

# A page stays below what a message may hold, with all custom fields that tickets may have.
LIMIT = 100

_COLUMNS = [tickets.c[name] for name in TicketEvent._declared_fields if name in tickets.c]
_ALL = select(
    *_COLUMNS,
    tickets.c.fields,
    path_of(),
    tickets.c.updated_at,
    tickets.c.department_id,
    tickets.c.region_id,
    tickets.c.cc,
    tickets.c.collaborators,
    tickets.c.is_confidential,
).order_by(tickets.c.ticket_id)
_UNFINISHED = _ALL.where(
    tickets.c.ticket_id > bindparam("after"),
    tickets.c.status_category.in_(UNFINISHED),
).limit(bindparam("limit", type_=Integer))
_THESE = _ALL.where(tickets.c.ticket_id.in_(bindparam("ids", expanding=True)))
_SHAPE = TicketEvent()


def find_headers(uow: UnitOfWork, ids: Sequence[UUID]) -> dict[str, Any]:
    """These tickets, finished or not, as far as there are such: {items}."""
    if len(ids) > LIMIT:
        raise field_error("ticket_ids", f"at most {LIMIT}", "filter.invalid")
    rows = uow.session.execute(_THESE, {"ids": list(ids)}).all() if ids else []
    return {"items": [_header(row) for row in rows]}


def list_headers(uow: UnitOfWork, limit: int = 50, cursor: str | None = None) -> dict[str, Any]:
    """A page of the unfinished in the order of ids: {items, next_cursor}.

    `epoch` is `assignment_epoch`.
    """
    if not isinstance(limit, int) or not 1 <= limit <= LIMIT:
        raise field_error("limit", f"must be 1 to {LIMIT}", "filter.invalid")
    after = decode_cursor(cursor, 1, UUID)[0] if cursor else UUID(int=0)
    rows = uow.session.execute(_UNFINISHED, {"after": after, "limit": limit + 1}).all()
    page = rows[:limit]
    more = encode_cursor([page[-1].ticket_id]) if len(rows) > limit else None
    return {"items": [_header(row) for row in page], "next_cursor": more}


def _header(row: Any) -> dict[str, Any]:
    """What `ticket.*` carries, without an actor: nobody did anything."""
    told = {
        **{column.name: getattr(row, column.name) for column in _COLUMNS},
        "custom_fields": row.fields,
        "category_path": row.category_path or [],
        "occurred_at": row.updated_at,
        "scope": _scope(row),
    }
    header: dict[str, Any] = _SHAPE.dump(told)
    return header | {"epoch": row.assignment_epoch}


def _scope(row: Any) -> dict[str, Any]:
    return scope_of(row) | {"pool": None, "confidential": row.is_confidential}
