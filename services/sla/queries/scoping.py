"""Where the shared scope predicate finds what it needs in this service's tables."""

from sqlalchemy import select

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from libs.common.scope import ScopeColumns, visible
from services.sla.storage.tables import tickets
from services.sla.storage.ticket_copies import TicketCopy, find_ticket

TICKET_SCOPE = ScopeColumns(
    tickets.c.assignee_id,
    tickets.c.group_id,
    tickets.c.department_id,
    tickets.c.region_id,
    tickets.c.customer_id,
)


def find_visible(uow: UnitOfWork, actor: Actor, number: str) -> TicketCopy:
    """The ticket with this number; raises NotFound for one that the actor may not know of."""
    statement = select(tickets.c.ticket_id).where(
        tickets.c.number == number, visible(actor, TICKET_SCOPE)
    )
    ticket_id = uow.session.execute(statement).scalar()
    copy = find_ticket(uow.session, ticket_id) if ticket_id else None
    if copy is None:
        raise NotFound("ticket.not_found", "there is no such ticket")
    return copy
