"""Timelines of tickets that have become part of another: read by whoever sees that one."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.queries.confidential import COLUMNS
from services.ticketing.queries.scoping import SCOPE_COLUMNS, scope_of
from services.ticketing.queries.ticket_pages import show_timeline
from services.ticketing.storage.tables import tickets

# What it was merged into, and what that was merged into, and so on: never many.
_CHAIN = text(
    "WITH RECURSIVE chain AS (SELECT merged_into, 1 AS step FROM tickets WHERE ticket_id = :id "
    "UNION ALL SELECT t.merged_into, step + 1 FROM tickets t JOIN chain ON "
    "t.ticket_id = chain.merged_into WHERE step < 50) "
    "SELECT merged_into FROM chain WHERE merged_into IS NOT NULL"
)
_ORIGIN = select(
    tickets.c.ticket_id, tickets.c.number, tickets.c.created_at, *COLUMNS, *SCOPE_COLUMNS
)


def list_merged_timeline(
    uow: UnitOfWork,
    actor: Actor,
    number: str,
    source: str,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, Any]:
    """A page of the timeline of `source`, which has become part of this ticket."""
    rows = uow.session.execute(_ORIGIN.where(tickets.c.number.in_((number, source))))
    known: dict[str, Any] = {row.number: row for row in rows}
    target = known.get(number)
    if target is None or not scope.allows(actor, scope_of(target)):
        raise NotFound("ticket.not_found", "there is no such ticket")
    if source not in known or target.ticket_id not in merged_chain(uow, known[source].ticket_id):
        raise NotFound("merge.not_found", "no such ticket is merged into this one")
    return show_timeline(uow, actor, known[source], limit, cursor)


def merged_chain(uow: UnitOfWork, ticket_id: UUID) -> set[UUID]:
    """All that a ticket has become part of."""
    return set(uow.session.scalars(_CHAIN, {"id": ticket_id}))


def sees_part(uow: UnitOfWork, actor: Actor, ticket_id: UUID) -> bool:
    """Whether the actor sees a ticket that this one has become part of."""
    chain = merged_chain(uow, ticket_id)
    if not chain:
        return False
    rows = uow.session.execute(select(*SCOPE_COLUMNS).where(tickets.c.ticket_id.in_(chain)))
    return any(scope.allows(actor, scope_of(row)) for row in rows)
