"""Finds the ticket that an actor wants to change, as far as the actor may know of it."""

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.ticket_finders import lock_by_number


def find_ticket(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The ticket, locked; NotFound too where it is outside the actor's scope."""
    ticket = lock_by_number(uow.session, number)
    if ticket is None or not scope.allows(actor, ticket.scope()):
        raise NotFound("ticket.not_found", "there is no such ticket")
    return ticket


def find_for_taking(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The same for somebody who wants it: whoever comes second is told that it is taken.

    Only who could have been first is told, and only until the first has confirmed. Told is all:
    whoever may assign what is in scope must not take what has left it.
    """
    ticket = lock_by_number(uow.session, number)
    scopes = [ticket.scope(), ticket.scope_while_free()] if ticket else []
    if ticket is None or not any(scope.allows(actor, known) for known in scopes if known):
        raise NotFound("ticket.not_found", "there is no such ticket")
    if not scope.allows(actor, ticket.scope()):
        raise ticket.already_assigned()
    return ticket
