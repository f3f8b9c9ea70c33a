"""督办: a leader begins it, signs off, or gives it up; a timer reminds. The shell commits."""

from datetime import datetime

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from libs.common.timers import Timer, cancel_timer, schedule_timer
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.automatic import RULES
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.ticket_finders import lock_by_number
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep

REMINDER = "supervision"


def supervise_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    due_at: datetime,
    every_hours: int,
    note: str | None = None,
) -> Ticket:
    """The actor watches over it from now on."""
    note = checks.optional_text("note", note)
    ticket = find_ticket(uow, actor, number)
    ticket.supervise(due_at, every_hours, note, Act(actor, now, uuid7))
    keep_reminders(uow, ticket)
    keep(uow, ticket)
    return ticket


def sign_off(uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, words: str) -> Ticket:
    """The leader is content: the ticket may be closed."""
    words = checks.required_text("words", words, checks.REASON_LIMIT)
    ticket = find_ticket(uow, actor, number)
    ticket.sign_off(words, Act(actor, now, uuid7))
    keep_reminders(uow, ticket)
    keep(uow, ticket)
    return ticket


def cancel_supervision(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, reason: str
) -> Ticket:
    """It is not needed any more."""
    reason = checks.required_text("reason", reason, checks.REASON_LIMIT)
    ticket = find_ticket(uow, actor, number)
    ticket.cancel_supervision(reason, Act(actor, now, uuid7))
    keep_reminders(uow, ticket)
    keep(uow, ticket)
    return ticket


def remind(uow: UnitOfWork, timer: Timer, now: datetime) -> None:
    """The timer of a supervision is due: remind, and have the next one come."""
    ticket = lock_by_number(uow.session, timer.key)
    if ticket is None:
        return
    ticket.remind(Act(RULES, now, uuid7))
    keep_reminders(uow, ticket)
    keep(uow, ticket)


def keep_reminders(uow: UnitOfWork, ticket: Ticket) -> None:
    """The timer as the ticket now wants it: one, or none."""
    if next_at := ticket.reminded_next_at:
        schedule_timer(uow.session, REMINDER, ticket.number, next_at)
    else:
        cancel_timer(uow.session, REMINDER, ticket.number)
