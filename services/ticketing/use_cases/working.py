"""What staff do with a ticket: one function a command. The shell commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Entry
from services.ticketing.storage.attachment_rows import attach_to_entry
from services.ticketing.storage.directory import find_colleague, find_team
from services.ticketing.use_cases.attachments import claim_attachments
from services.ticketing.use_cases.finding import find_for_taking, find_ticket
from services.ticketing.use_cases.keeping import keep
from services.ticketing.use_cases.mentions import find_mentioned


def edit_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    version: int | None,
    changes: Mapping[str, Any],
    reason: str | None = None,
) -> Ticket:
    """Change staff-editable fields; `version` None overwrites whatever somebody else did."""
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    ticket.edit(changes, checks.optional_text("urgency_reason", reason), _act(actor, now))
    keep(uow, ticket)
    return ticket


def assign_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    assignee_id: UUID,
    assignee_name: str,
    note: str | None = None,
    version: int | None = None,
) -> Ticket:
    """Give the ticket to somebody, or take it."""
    is_taking = assignee_id == actor.subject
    ticket = (find_for_taking if is_taking else find_ticket)(uow, actor, number)
    ticket.check_version(version)
    name = checks.required_text("assignee_name", assignee_name, checks.SUBJECT_LIMIT)
    ticket.assign(
        assignee_id,
        name,
        checks.optional_text("note", note),
        _act(actor, now),
        find_colleague(uow.session, assignee_id),
    )
    keep(uow, ticket)
    return ticket


def transfer_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    group_id: UUID,
    note: str | None = None,
    version: int | None = None,
) -> Ticket:
    """Pass the ticket to a group, where it waits for somebody (转交)."""
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    team = find_team(uow.session, group_id)
    if team is None:
        raise field_error("group_id", "no group that can be given tickets", "group.unknown")
    ticket.transfer(team, checks.optional_text("note", note), _act(actor, now))
    keep(uow, ticket)
    return ticket


def return_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """Give the ticket back to its group (退回)."""
    reason = checks.required_text("reason", reason, checks.REASON_LIMIT)
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    ticket.return_to_group(reason, _act(actor, now))
    keep(uow, ticket)
    return ticket


def accept_ticket(uow: UnitOfWork, actor: Actor, now: datetime, *, number: str) -> Ticket:
    """The assignee confirms (确认接收)."""
    ticket = find_ticket(uow, actor, number)
    ticket.accept(_act(actor, now))
    keep(uow, ticket)
    return ticket


def reply(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    text: str,
    attachment_ids: Sequence[UUID] = (),
    status: str | None = None,
) -> tuple[Ticket, Entry]:
    """Answer the customer."""
    text = checks.required_text("text", text)
    ticket = find_ticket(uow, actor, number)
    files = claim_attachments(uow, actor, ticket.ticket_id, attachment_ids)
    entry = ticket.reply(text, files, status, _act(actor, now))
    attach_to_entry(uow.session, files, entry.entry_id)
    keep(uow, ticket)
    return ticket, entry


def add_note(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    text: str,
    attachment_ids: Sequence[UUID] = (),
    mentions: Sequence[UUID] = (),
) -> tuple[Ticket, Entry]:
    """Write down something that only staff see; `mentions` names colleagues whom it is for."""
    text = checks.required_text("text", text)
    ticket = find_ticket(uow, actor, number)
    files = claim_attachments(uow, actor, ticket.ticket_id, attachment_ids)
    entry = ticket.note(text, files, _act(actor, now), find_mentioned(uow.session, mentions))
    attach_to_entry(uow.session, files, entry.entry_id)
    keep(uow, ticket)
    return ticket, entry


def change_status(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    status: str,
    reason: str | None = None,
    version: int | None = None,
) -> Ticket:
    """Move the ticket by hand."""
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    ticket.change_status(status, checks.optional_text("reason", reason), _act(actor, now))
    keep(uow, ticket)
    return ticket


def solve_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    text: str,
    notify_customer: bool = True,
    version: int | None = None,
) -> Ticket:
    """Write the result down and call the ticket solved."""
    text = checks.required_text("text", text)
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    ticket.solve(text, notify_customer, _act(actor, now))
    keep(uow, ticket)
    return ticket


def reopen_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    reason: str,
    version: int | None = None,
) -> Ticket:
    """The customer is not satisfied: work goes on."""
    reason = checks.required_text("reason", reason, checks.REASON_LIMIT)
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    ticket.reopen(reason, _act(actor, now))
    keep(uow, ticket)
    return ticket


def _act(actor: Actor, now: datetime) -> Act:
    return Act(actor, now, uuid7)
