"""Registers a request by hand, e.g. while the customer is on the phone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.opening import Opening
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import CustomerMessage
from services.ticketing.domain.vocabulary import (
    DEFAULT_KIND,
    DEFAULT_URGENCY,
    KINDS,
    MANUAL_CHANNELS,
    URGENCIES,
)
from services.ticketing.storage.attachment_rows import attach_to_entry
from services.ticketing.use_cases.attachments import claim_attachments
from services.ticketing.use_cases.keeping import keep_entries, keep_new, tell


def create_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    customer_id: UUID,
    customer_name: str,
    subject: str,
    text: str,
    kind: str | None = None,
    urgency: str | None = None,
    channel: str = "manual",
    channels: Collection[str] = MANUAL_CHANNELS,
    fields: Mapping[str, Any] | None = None,
    attachment_ids: Sequence[UUID] = (),
    contact_id: UUID | None = None,
    region_id: UUID | None = None,
) -> Ticket:
    """A new ticket with the customer's words as its first message."""
    ticket_id = uuid7()
    files = claim_attachments(uow, actor, ticket_id, attachment_ids)
    message = CustomerMessage(checks.required_text("text", text), now, attachments=files)
    opening = Opening(
        ticket_id=ticket_id,
        customer_id=customer_id,
        customer_name=checks.required_text("customer_name", customer_name, checks.SUBJECT_LIMIT),
        contact_id=contact_id,
        region_id=region_id,
        subject=checks.required_text("subject", subject, checks.SUBJECT_LIMIT),
        channel=checks.one_of("channel", channel, channels),
        kind=checks.one_of("kind", kind or DEFAULT_KIND, KINDS),
        urgency=checks.one_of("urgency", urgency or DEFAULT_URGENCY, URGENCIES),
        fields=checks.custom_fields("fields", fields or {}),
        message=message,
    )
    ticket = Ticket.open(opening, Act(actor, now, uuid7))
    attach_to_entry(uow.session, files, ticket.entries[-1].entry_id)
    keep_entries(uow, [ticket])
    keep_new(uow, [ticket], zone)
    tell(uow, [ticket])
    return ticket
