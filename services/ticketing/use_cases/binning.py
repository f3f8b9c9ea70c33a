"""The bin: tickets are deleted, restored, and purged for good. The shell commits."""

from datetime import datetime

from libs.common import scope
from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.families import open_children
from services.ticketing.storage.purging import drop_contents
from services.ticketing.use_cases.collaborations import end_collaborations
from services.ticketing.use_cases.finding import find_deleted, find_ticket
from services.ticketing.use_cases.keeping import keep
from services.ticketing.use_cases.supervising import keep_reminders


def delete_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Into the bin."""
    reason = checks.required_text("reason", reason, checks.REASON_LIMIT)
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    act = Act(actor, now, uuid7)
    ticket.delete(reason, act, _open_children(uow, actor, ticket))
    end_collaborations(uow, ticket, act)
    keep(uow, ticket)
    return ticket


def _open_children(uow: UnitOfWork, actor: Actor, ticket: Ticket) -> list[str]:
    """Numbers of those that the actor may know of."""
    if not ticket.open_children:
        return []
    children = open_children(uow.session, ticket.ticket_id)
    return [one.number for one in children if scope.allows(actor, one.scope())]


def restore_ticket(uow: UnitOfWork, actor: Actor, now: datetime, *, number: str) -> Ticket:
    """Out of the bin."""
    ticket, act = find_deleted(uow, actor, number), Act(actor, now, uuid7)
    ticket.restore(act)
    ticket.wait_for_children(act)
    keep(uow, ticket)
    return ticket


def purge_ticket(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, confirmation: str
) -> tuple[Ticket, list[str]]:
    """For good; also the keys of blobs that are nobody's now, to be deleted after the commit."""
    actor.demand("ticket.purge")
    ticket = find_deleted(uow, actor, number)
    if confirmation != number:
        raise field_error("confirmation", "must be the ticket's number", "confirmation.wrong")
    return ticket, purge(uow, ticket, Act(actor, now, uuid7))


def purge(uow: UnitOfWork, ticket: Ticket, act: Act) -> list[str]:
    """The ticket's row stays with its number; returns the keys of blobs that may go."""
    ticket.purge(act)
    keep_reminders(uow, ticket)
    keep(uow, ticket)
    return drop_contents(uow.session, ticket.ticket_id, ticket.created_at)
