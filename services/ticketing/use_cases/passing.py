"""Tickets passed on to colleagues and departments, and back to where they came from."""

from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.passing import GROUP, PREVIOUS, RETURN_TARGETS, transfer_note
from services.ticketing.domain.ticket import Ticket
from services.ticketing.storage.directory import (
    find_colleague,
    find_department,
    find_team,
    find_worker_name,
)
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep


def transfer_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    group_id: UUID | None = None,
    person_id: UUID | None = None,
    department_id: UUID | None = None,
    note: str | None = None,
    version: int | None = None,
) -> Ticket:
    """Pass the ticket on (转交): to one of a group, a person, a department."""
    if sum(one is not None for one in (group_id, person_id, department_id)) != 1:
        raise field_error("group_id", "name one of group_id, person_id and department_id")
    note = transfer_note(note, read_settings(uow.session))
    ticket, act = find_ticket(uow, actor, number), Act(actor, now, uuid7)
    ticket.check_version(version)
    if person_id is not None:
        _to_person(uow, ticket, person_id, note, act)
    elif department_id is not None:
        _to_department(uow, ticket, department_id, note, act)
    elif group_id is not None:
        _to_group(uow, ticket, group_id, note, act)
    keep(uow, ticket)
    return ticket


def _to_group(uow: UnitOfWork, ticket: Ticket, group_id: UUID, note: str | None, act: Act) -> None:
    team = find_team(uow.session, group_id)
    if team is None:
        raise field_error("group_id", "no group that can be given tickets", "group.unknown")
    ticket.transfer(team, note, act)


def _to_person(
    uow: UnitOfWork, ticket: Ticket, person_id: UUID, note: str | None, act: Act
) -> None:
    name = find_worker_name(uow.session, person_id)
    if name is None:
        raise field_error("person_id", "nobody who can be given work", "assignee.unknown")
    ticket.transfer_to_person(person_id, name, find_colleague(uow.session, person_id), note, act)


def _to_department(
    uow: UnitOfWork, ticket: Ticket, department_id: UUID, note: str | None, act: Act
) -> None:
    department = find_department(uow.session, department_id)
    if department is None:
        message = "no department that can be given tickets"
        raise field_error("department_id", message, "department.unknown")
    ticket.transfer_to_department(department, note, act)


def return_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    reason: str,
    to: str | None = None,
    version: int | None = None,
) -> Ticket:
    """Give the ticket back (退回): to its group, whom it came from, or the common pool."""
    reason = checks.required_text("reason", reason, checks.REASON_LIMIT)
    to = checks.one_of("to", to or GROUP, RETURN_TARGETS)
    ticket, act = find_ticket(uow, actor, number), Act(actor, now, uuid7)
    ticket.check_version(version)
    if to == GROUP:
        ticket.return_to_group(reason, act)
    elif to == PREVIOUS:
        previous_id = ticket.previous_assignee_id
        colleague = find_colleague(uow.session, previous_id) if previous_id else None
        ticket.return_to_previous(reason, colleague, act)
    else:
        ticket.return_to_pool(reason, act)
    keep(uow, ticket)
    return ticket
