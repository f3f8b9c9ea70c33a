"""Ends of tickets: closed as something, withdrawn, confirmed by the customer. The shell commits."""

from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.ids import uuid7
from libs.common.scope import allows, requester_of
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.closing import NORMAL, Closing
from services.ticketing.domain.statuses import OwnStatuses, find_status
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.ticket_finders import find_by_number
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.use_cases.collaborations import end_collaborations
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep
from services.ticketing.use_cases.supervising import keep_reminders


def closing_of(
    uow: UnitOfWork, actor: Actor, kind: str | None = None, duplicate_of: str | None = None
) -> Closing:
    """As what a ticket is to be closed; raises InvalidInput for an unknown other ticket."""
    needs = read_settings(uow.session).needs_confirmation
    other = _other(uow, actor, duplicate_of) if duplicate_of else None
    return Closing(kind or NORMAL, other, needs)


def closing_by_reply(
    uow: UnitOfWork, actor: Actor, status: str | None, own: OwnStatuses
) -> Closing | None:
    """As what a reply closes the ticket, if it goes with a status that does."""
    if status is None or find_status("status", status, own).base != "closed":
        return None
    return closing_of(uow, actor)


def _other(uow: UnitOfWork, actor: Actor, number: str) -> tuple[UUID, str]:
    found = find_by_number(uow.session, number)
    if found is None or not allows(actor, found.scope):
        raise field_error("duplicate_of", "there is no such ticket", "ticket.unknown")
    return found.ticket_id, found.number


def withdraw_request(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, reason: str | None = None
) -> Ticket:
    """A requester needs an own ticket no longer."""
    requester_of(actor)
    reason = checks.optional_text("reason", reason)
    ticket = find_ticket(uow, actor, number)
    act = Act(actor, now, uuid7)
    ticket.withdraw_request(reason, act)
    end_collaborations(uow, ticket, act)
    keep_reminders(uow, ticket)
    keep(uow, ticket)
    return ticket


def confirm_request(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    is_solved: bool,
    words: str | None = None,
) -> Ticket:
    """A requester says whether an own ticket is solved; if not, work goes on."""
    requester_of(actor)
    words = checks.optional_text("words", words)
    ticket = find_ticket(uow, actor, number)
    ticket.answer_solution(is_solved, words, Act(actor, now, uuid7))
    keep(uow, ticket)
    return ticket
