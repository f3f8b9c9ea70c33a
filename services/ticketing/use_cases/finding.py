"""Finds the ticket that an actor wants to change, as far as the actor may know of it."""

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Forbidden, NotFound
from services.ticketing.domain.statuses import DELETED
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.ticket_finders import lock_by_number, read_by_number


def find_ticket(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The ticket, locked; NotFound too where it is outside the actor's scope.

    Raises Forbidden for whoever only watches it.
    """
    return handled(actor, find_watched(uow, actor, number))


def find_watched(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The same for what whoever watches the ticket may do as well."""
    ticket = lock_by_number(uow.session, number)
    if ticket is None or ticket.deleted_at or not scope.allows(actor, ticket.scope()):
        raise NotFound("ticket.not_found", "there is no such ticket")
    return ticket


def read_ticket(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The same to look at: not locked, for what is never committed."""
    ticket = read_by_number(uow.session, number)
    if ticket is None or ticket.deleted_at or not scope.allows(actor, ticket.scope()):
        raise NotFound("ticket.not_found", "there is no such ticket")
    return ticket


def read_for_work(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The same to see what work on it would do; raises Forbidden for whoever only watches it."""
    return handled(actor, read_ticket(uow, actor, number))


def find_deleted(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The same among what is in the bin."""
    ticket = lock_by_number(uow.session, number)
    if ticket is None or ticket.status != DELETED or not scope.handles(actor, ticket.scope()):
        raise NotFound("ticket.not_found", "there is no such ticket in the bin")
    return ticket


def find_for_taking(uow: UnitOfWork, actor: Actor, number: str) -> Ticket:
    """The same for somebody who wants it: whoever comes second is told that it is taken.

    Only who could have been first is told, and only until the first has confirmed. Told is all:
    whoever may assign what is in scope must not take what has left it.
    """
    ticket = lock_by_number(uow.session, number)
    scopes = [ticket.scope(), ticket.scope_while_free()] if ticket and not ticket.deleted_at else []
    if ticket is None or not any(scope.allows(actor, known) for known in scopes if known):
        raise NotFound("ticket.not_found", "there is no such ticket")
    if not scope.handles(actor, ticket.scope()):
        raise ticket.already_assigned()
    return ticket


def handled(actor: Actor, ticket: Ticket) -> Ticket:
    """A ticket that the actor sees, to be worked on; raises Forbidden if it is only watched."""
    if not scope.handles(actor, ticket.scope()):
        raise Forbidden("ticket.watched_only", "you may read this ticket, not work on it")
    return ticket
