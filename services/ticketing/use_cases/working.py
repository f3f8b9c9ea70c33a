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
from services.ticketing.domain.statuses import NO_OWN, find_status
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment, Entry
from services.ticketing.storage.attachment_rows import attach_to_entry
from services.ticketing.storage.directory import find_colleague
from services.ticketing.storage.draft_rows import forget_draft
from services.ticketing.storage.status_rows import own_statuses
from services.ticketing.use_cases.attachments import claim_attachments
from services.ticketing.use_cases.categorising import looked_up, refuse_unknown_tags
from services.ticketing.use_cases.closing import closing_by_reply, closing_of
from services.ticketing.use_cases.closing_families import Ending, close_below, find_family
from services.ticketing.use_cases.drafts import place_of
from services.ticketing.use_cases.finding import find_for_taking, find_ticket
from services.ticketing.use_cases.form_files import claim_form_files, keep_with_entry
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
    changes, files = _with_files(uow, actor, ticket, changes)
    refuse_unknown_tags(uow.session, changes.get("tags"), ticket.tags)
    changes = looked_up(uow.session, changes)
    ticket.edit(changes, checks.optional_text("urgency_reason", reason), _act(actor, now))
    keep_with_entry(uow, ticket, files)
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
    own = own_statuses(uow.session) if status else NO_OWN
    closing = closing_by_reply(uow, actor, status, own)
    entry = ticket.reply(text, files, status, _act(actor, now), closing, own)
    attach_to_entry(uow.session, files, entry.entry_id)
    forget_draft(uow.session, place_of(actor, ticket.ticket_id, "reply"))
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
    forget_draft(uow.session, place_of(actor, ticket.ticket_id, "note"))
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
    close_kind: str | None = None,
    duplicate_of: str | None = None,
    version: int | None = None,
    fields: Mapping[str, Any] | None = None,
    with_children: bool = False,
) -> Ticket:
    """Move the ticket by hand; `fields` are said with it.

    `close_kind` says as what it is closed, if it is; `with_children`: and so are those below it.
    """
    ticket, below = find_family(uow, actor, number, with_children=with_children)
    ticket.check_version(version)
    given, files = claim_form_files(uow, actor, ticket.ticket_id, ticket.template, fields)
    said = checks.optional_text("reason", reason)
    own = own_statuses(uow.session)
    is_closing = find_status("status", status, own).base == "closed"
    if not is_closing and (close_kind or duplicate_of):
        raise field_error("close_kind", "goes with closing alone")
    if not is_closing and with_children:
        raise field_error("with_children", "goes with closing alone")
    closing, act = None, _act(actor, now)
    if is_closing:
        closing = closing_of(uow, actor, close_kind, duplicate_of)
        close_below(ticket, below, Ending(status, said, closing, own), act)
    ticket.change_status(status, said, act, given, closing, own)
    keep_with_entry(uow, ticket, files)
    keep(uow, *below, ticket)
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
    fields: Mapping[str, Any] | None = None,
) -> Ticket:
    """Write the result down and call the ticket solved; `fields` are said with it."""
    text = checks.required_text("text", text)
    ticket = find_ticket(uow, actor, number)
    ticket.check_version(version)
    given, files = claim_form_files(uow, actor, ticket.ticket_id, ticket.template, fields)
    ticket.solve(text, notify_customer, _act(actor, now), given)
    keep_with_entry(uow, ticket, files)
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


def _with_files(
    uow: UnitOfWork, actor: Actor, ticket: Ticket, changes: Mapping[str, Any]
) -> tuple[Mapping[str, Any], tuple[Attachment, ...]]:
    if "fields" not in changes:
        return changes, ()
    given = changes["fields"]
    fields, files = claim_form_files(uow, actor, ticket.ticket_id, ticket.template, given)
    return {**changes, "fields": fields}, files


def _act(actor: Actor, now: datetime) -> Act:
    return Act(actor, now, uuid7)
