"""Time that people have spent on tickets, kept by themselves. The shell commits."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import NotFound
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.effort import Effort, check_day, check_minutes
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.effort_rows import drop_effort, find_effort
from services.ticketing.storage.together_tables import efforts
from services.ticketing.storage.worded_rows import add_row, keep_row
from services.ticketing.use_cases.finding import find_watched
from services.ticketing.use_cases.keeping import keep


def log_effort(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    number: str,
    minutes: int,
    note: str | None = None,
    worked_on: date | None = None,
) -> tuple[Ticket, Effort]:
    """Somebody has worked on it, on a day of the business's zone."""
    said, today = checks.optional_text("note", note), now.astimezone(zone).date()
    ticket = find_watched(uow, actor, number)
    assert actor.subject is not None
    effort = Effort(
        effort_id=uuid7(),
        ticket_id=ticket.ticket_id,
        person_id=actor.subject,
        person_name=actor.name,
        minutes=check_minutes(minutes),
        worked_on=check_day(worked_on or today, today),
        created_at=now,
        updated_at=now,
        words={"note": said} if said else {},
    )
    ticket.log_effort(effort, said, Act(actor, now, uuid7))
    add_row(uow.session, efforts, effort)
    keep(uow, ticket)
    return ticket, effort


def edit_effort(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    number: str,
    effort_id: UUID,
    minutes: int,
    note: str | None = None,
    worked_on: date | None = None,
) -> tuple[Ticket, Effort]:
    """It was something else; without a day it stays on its own."""
    said, act = checks.optional_text("note", note), Act(actor, now, uuid7)
    ticket, effort = _own(uow, act, number, effort_id)
    previous = effort.minutes
    effort.minutes, effort.updated_at = check_minutes(minutes), now
    effort.worked_on = check_day(worked_on or effort.worked_on, now.astimezone(zone).date())
    effort.words = {"note": said} if said else {}
    ticket.change_effort(effort, previous, said, act)
    keep_row(uow.session, efforts, effort)
    keep(uow, ticket)
    return ticket, effort


def remove_effort(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, effort_id: UUID
) -> tuple[Ticket, Effort]:
    """It was written down by mistake; the timeline keeps that it was."""
    act = Act(actor, now, uuid7)
    ticket, effort = _own(uow, act, number, effort_id)
    ticket.remove_effort(effort, act)
    drop_effort(uow.session, effort_id)
    keep(uow, ticket)
    return ticket, effort


def _own(uow: UnitOfWork, act: Act, number: str, effort_id: UUID) -> tuple[Ticket, Effort]:
    ticket = find_watched(uow, act.actor, number)
    effort = find_effort(uow.session, ticket.ticket_id, effort_id)
    if effort is None:
        raise NotFound("effort.not_found", "there is no such effort")
    effort.check_own(act)
    return ticket, effort
