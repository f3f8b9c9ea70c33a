"""Links two tickets, or takes a link away. The shell commits."""

from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, NotFound
from libs.common.ids import uuid7
from services.ticketing.domain.act import Act
from services.ticketing.domain.links import MOST_LINKS
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage import link_rows
from services.ticketing.storage.ticket_finders import ids_of
from services.ticketing.use_cases.finding_several import find_several, find_these
from services.ticketing.use_cases.keeping import keep


def link_tickets(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, other: str, relation: str
) -> Ticket:
    """Both must be visible to whoever links them; both tell it."""
    ticket, [linked] = find_several(uow, actor, number, [other], "number")
    act = Act(actor, now, uuid7)
    link = ticket.link(linked, relation, act)
    for one in (ticket, linked):
        if link_rows.count_links(uow.session, one.ticket_id) >= MOST_LINKS:
            raise Conflict("link.too_many", f"{one.number} has {MOST_LINKS} links already")
    if not link_rows.add_link(uow.session, uuid7(), link, actor, now):
        raise Conflict("link.exists", "the tickets are linked so already")
    keep(uow, ticket, linked)
    return ticket


def unlink_tickets(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, link_id: UUID
) -> Ticket:
    """Remove a link of this ticket to another that the actor may see, too."""
    link = link_rows.find_link(uow.session, link_id)
    ids = set(ids_of(uow.session, [number]).values())
    tickets = find_these(uow, actor, ids | ({link.from_id, link.to_id} if link else set()))
    if not ids & tickets.keys():
        raise NotFound("ticket.not_found", "there is no such ticket")
    # Exactly those of the link, of which this is one.
    is_whole = link is not None and tickets.keys() == {link.from_id, link.to_id}
    if link is None or not is_whole or not link_rows.drop_link(uow.session, link_id):
        raise NotFound("link.not_found", "there is no such link")
    ticket = tickets[ids.pop()]
    _, other_id = link.seen_from(ticket.ticket_id)
    ticket.unlink(tickets[other_id], link, Act(actor, now, uuid7))
    keep(uow, *tickets.values())
    return ticket
