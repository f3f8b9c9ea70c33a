"""One ticket with its timeline."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select

from libs.common import scope
from libs.common.actor import Actor
from libs.common.cursor import decode_cursor, encode_cursor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound, field_error
from services.ticketing.domain.ticket import Ticket
from services.ticketing.queries.scoping import TICKET_SCOPE
from services.ticketing.queries.shapes import show_entry, show_ticket
from services.ticketing.storage.tables import tickets, timeline_entries
from services.ticketing.storage.ticket_finders import numbers_of

_LIMIT = 100

_related = tickets.alias("related")
_followed = tickets.alias("followed")
_unread = {"search_text", "urgency_rank"}
_TICKET = (
    select(
        *(column for column in tickets.c if column.name not in _unread),
        _related.c.number.label("related_number"),
        _followed.c.number.label("followed_number"),
    )
    .outerjoin(_related, _related.c.ticket_id == tickets.c.possibly_related_to)
    .outerjoin(_followed, _followed.c.ticket_id == tickets.c.follows_up)
)


def get_ticket(
    uow: UnitOfWork, actor: Actor, number: str, timeline_limit: int = 50
) -> dict[str, Any]:
    """The ticket with the newest page of its timeline; NotFound outside the actor's scope."""
    visible = scope.visible(actor, TICKET_SCOPE)
    row = uow.session.execute(_TICKET.where(tickets.c.number == number, visible)).one_or_none()
    if row is None:
        raise NotFound("ticket.not_found", "there is no such ticket")
    numbers = {
        row.possibly_related_to: row.related_number,
        row.follows_up: row.followed_number,
    }
    timeline = _timeline(uow, row, timeline_limit, None)
    return show_ticket(row, actor, numbers) | {"timeline": timeline}


def show_changed(uow: UnitOfWork, ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """A ticket right after a command, as the actor sees it."""
    related: set[UUID] = {
        known for known in (ticket.possibly_related_to, ticket.follows_up) if known
    }
    return show_ticket(ticket, actor, numbers_of(uow.session, related))


def list_timeline(
    uow: UnitOfWork, actor: Actor, number: str, limit: int = 50, cursor: str | None = None
) -> dict[str, Any]:
    """A page of the timeline before `cursor`, ascending inside: {items, previous_cursor}."""
    before = int(decode_cursor(cursor, 1, int)[0]) if cursor else None
    statement = select(tickets.c.ticket_id, tickets.c.created_at).where(
        tickets.c.number == number, scope.visible(actor, TICKET_SCOPE)
    )
    row = uow.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("ticket.not_found", "there is no such ticket")
    return _timeline(uow, row, limit, before)


def _timeline(
    uow: UnitOfWork, ticket: RowMapping | Any, limit: int, before: int | None
) -> dict[str, Any]:
    if not isinstance(limit, int) or not 1 <= limit <= _LIMIT:
        raise field_error("limit", f"must be 1 to {_LIMIT}", "filter.invalid")
    entries = timeline_entries.c
    # No entry is older than its ticket: partitions before it need not be looked at.
    statement = select(timeline_entries).where(
        entries.ticket_id == ticket.ticket_id, entries.created_at >= ticket.created_at
    )
    if before is not None:
        statement = statement.where(entries.seq < before)
    statement = statement.order_by(entries.seq.desc()).limit(limit + 1)
    rows = uow.session.execute(statement).all()
    page = rows[:limit][::-1]
    return {
        "items": [show_entry(row) for row in page],
        "previous_cursor": encode_cursor([page[0].seq]) if len(rows) > limit else None,
    }
