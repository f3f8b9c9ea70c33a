"""What requesters do with tickets of their own: open one, write into one. The shell commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Conflict, field_error
from libs.common.ids import uuid7
from libs.common.scope import requester_of
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.templates import TemplateVersion
from services.ticketing.domain.templates.offering import NOT_OFFERED
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import CustomerMessage, Entry
from services.ticketing.domain.vocabulary import INTERNAL, KINDS, REQUEST_CHANNELS
from services.ticketing.storage.attachment_rows import attach_to_entry
from services.ticketing.storage.ticket_finders import lock_by_id
from services.ticketing.storage.ticket_settings import read_settings
from services.ticketing.use_cases.attachments import claim_attachments
from services.ticketing.use_cases.change_templates import find_template_in_use
from services.ticketing.use_cases.create_ticket import create_ticket
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep


def create_request(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    customer_name: str,
    subject: str,
    text: str,
    channel: str,
    kind: str | None = None,
    attachment_ids: Sequence[UUID] = (),
    contact_id: UUID | None = None,
    region_id: UUID | None = None,
    template_key: str | None = None,
    fields: Mapping[str, Any] | None = None,
    category_id: UUID | None = None,
) -> Ticket:
    """A ticket of the requester's own; employees' requests are internal, customers' never.

    Of a template that requesters may choose they fill in what they see of it, and where it says
    so they choose one of its categories.
    """
    form = _form(uow, channel, template_key) if template_key is not None else None
    if form is None and fields:
        raise field_error("fields", "belong to a template: template_key is missing")
    if category_id is not None and not (form and form.lets_requesters_choose):
        raise field_error("category_id", "is nothing that requesters choose here", NOT_OFFERED)
    if form is not None and kind is None:
        kind = form.kind
    if kind is None and channel == INTERNAL:
        kind = INTERNAL
    if kind is not None:
        is_internal = channel == INTERNAL
        checks.one_of("kind", kind, [one for one in KINDS if (one == INTERNAL) == is_internal])
    return create_ticket(
        uow,
        actor,
        now,
        zone,
        customer_id=requester_of(actor),
        customer_name=customer_name,
        subject=subject,
        text=text,
        kind=kind,
        channel=channel,
        channels=REQUEST_CHANNELS,
        attachment_ids=attachment_ids,
        contact_id=contact_id,
        region_id=region_id,
        takes_default=True,
        fields=fields,
        form=form,
        category_id=category_id,
    )


def _form(uow: UnitOfWork, channel: str, template_key: str) -> TemplateVersion:
    """What they fill in; raises InvalidInput naming `template_key` for what is not theirs."""
    found = find_template_in_use(uow, template_key)
    form = found.for_requesters()
    if form is None or (found.kind == INTERNAL) != (channel == INTERNAL):
        raise field_error("template_key", "is not for requesters", "ticket_template.unknown")
    return form


def add_request_message(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    text: str,
    attachment_ids: Sequence[UUID] = (),
) -> tuple[Ticket, Entry]:
    """Write into an own ticket, with the effects of a mail that threads into it."""
    requester_of(actor)
    text = checks.required_text("text", text)
    ticket = _carried_on(uow, find_ticket(uow, actor, number))
    settings = read_settings(uow.session)
    if ticket.is_closed and not ticket.is_reopenable(settings.reopen_days, now):
        raise Conflict("ticket.closed", "this request is closed: please make a new one")
    files = claim_attachments(uow, actor, ticket.ticket_id, attachment_ids)
    message = CustomerMessage(text, now, message_id=uuid7(), attachments=files)
    entry = ticket.receive_message(message, Act(actor, now, uuid7), settings)
    attach_to_entry(uow.session, files, entry.entry_id)
    keep(uow, ticket)
    return ticket, entry


def _carried_on(uow: UnitOfWork, ticket: Ticket) -> Ticket:
    """What was merged goes on in the other ticket, as long as that is the same customer's."""
    while ticket.merged_into is not None and ticket.carried_on_by == ticket.merged_into:
        target = lock_by_id(uow.session, ticket.merged_into)
        if target is None:
            break
        ticket = target
    return ticket
