"""One ticket with its timeline."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Row, Select, bindparam, select

from libs.common import scope
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.ticket import Ticket
from services.ticketing.queries.scoping import SCOPE_COLUMNS, TICKET_SCOPE, scope_of
from services.ticketing.queries.shapes import show_entry, show_ticket
from services.ticketing.storage.sealed_texts import open_entry, open_solution
from services.ticketing.storage.tables import tickets, timeline_entries
from services.ticketing.storage.ticket_finders import numbers_of

_LIMIT = 100

_unread = {"search_text", "urgency_rank"}
# Statements are made once: building one takes longer than its execution.
_TICKET = select(*(column for column in tickets.c if column.name not in _unread)).where(
    tickets.c.number == bindparam("number")
)
_ORIGIN = select(tickets.c.ticket_id, tickets.c.created_at, *SCOPE_COLUMNS).where(
    tickets.c.number == bindparam("number")
)
# No entry is older than its ticket: partitions before it need not be looked at.
_NEWEST = (
    select(timeline_entries)
    .where(
        timeline_entries.c.ticket_id == bindparam("ticket_id"),
        timeline_entries.c.created_at >= bindparam("created_at"),
    )
    .order_by(timeline_entries.c.seq.desc())
    .limit(bindparam("limit", type_=Integer))
)
_OLDER = _NEWEST.where(timeline_entries.c.seq < bindparam("before"))


def get_ticket(
    uow: UnitOfWork, actor: Actor, number: str, timeline_limit: int = 50
) -> dict[str, Any]:
    """The ticket with the newest page of its timeline; NotFound outside the actor's scope."""
    row = _find(uow, actor, _TICKET, number)
    numbers = _numbers_beside(uow, actor, row)
    timeline = _timeline(uow, row, timeline_limit, None)
    solution = open_solution(uow.session, row)
    return show_ticket(row, actor, numbers) | solution | {"timeline": timeline}


def show_changed(uow: UnitOfWork, ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """A ticket right after a command, as the actor sees it."""
    return show_ticket(ticket, actor, _numbers_beside(uow, actor, ticket))


def _numbers_beside(uow: UnitOfWork, actor: Actor, ticket: Any) -> dict[UUID, str]:
    """Numbers of the tickets that this one may belong to, as far as the actor may know of them."""
    ids = {one for one in (ticket.possibly_related_to, ticket.follows_up) if one}
    return numbers_of(uow.session, ids, scope.visible(actor, TICKET_SCOPE)) if ids else {}


def list_timeline(
    uow: UnitOfWork, actor: Actor, number: str, limit: int = 50, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the timeline before `cursor`, ascending inside: {items, previous_cursor}."""
    before = int(decode_cursor(cursor, 1, int)[0]) if cursor else None
    return _timeline(uow, _find(uow, actor, _ORIGIN, number), limit, before)


def _find(uow: UnitOfWork, actor: Actor, statement: Select[Any], number: str) -> Row[Any]:
    row = uow.session.execute(statement, {"number": number}).one_or_none()
    if row is None or not scope.allows(actor, scope_of(row)):
        raise NotFound("ticket.not_found", "there is no such ticket")
    return row


def _timeline(uow: UnitOfWork, ticket: Row[Any], limit: int, before: int | None) -> dict[str, Any]:
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    wanted = {
        "ticket_id": ticket.ticket_id,
        "created_at": ticket.created_at,
        "limit": limit + 1,
    }
    if before is None:
        rows = uow.session.execute(_NEWEST, wanted).all()
    else:
        rows = uow.session.execute(_OLDER, wanted | {"before": before}).all()
    page = rows[:limit][::-1]
    return {
        "items": [show_entry(row) | open_entry(uow.session, row) for row in page],
        "previous_cursor": encode_cursor([page[0].seq]) if len(rows) > limit else None,
    }
