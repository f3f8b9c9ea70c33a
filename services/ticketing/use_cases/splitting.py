"""Makes a ticket of its own from some of what was said in another. The shell commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from libs.common.actor import Actor
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import field_error
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.opening import Opening
from services.ticketing.domain.splitting import MOST_ENTRIES, Said, quotation
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment, CustomerMessage
from services.ticketing.domain.vocabulary import KINDS, URGENCIES
from services.ticketing.storage.attachment_rows import attach_to_entry, copy_attachments
from services.ticketing.storage.said_entries import find_said
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep, keep_entries, keep_new, tell


def split_ticket(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    zone: ZoneInfo,
    *,
    number: str,
    entry_ids: Sequence[UUID],
    subject: str,
    kind: str | None = None,
    urgency: str | None = None,
) -> tuple[Ticket, Ticket]:
    """Returns the original and the new ticket, which begins with a quotation.

    Public messages make its first message, notes its first note; their files go along.
    """
    original, act = find_ticket(uow, actor, number), Act(actor, now, uuid7)
    original.check_splitting(act)
    said = _chosen(uow, original, entry_ids)
    messages = [one for one in said if one.kind == "message"]
    notes = [one for one in said if one.kind == "note"]
    if not messages:
        raise field_error("entry_ids", "must contain a message", "split.no_message")
    new_id = uuid7()
    files, note_files = (
        copy_attachments(
            uow.session, [one.entry_id for one in some], original.ticket_id, new_id, now
        )
        for some in (messages, notes)
    )
    message = CustomerMessage(quotation(number, messages, zone), now, attachments=files)
    opening = Opening(
        ticket_id=new_id,
        customer_id=original.customer_id,
        customer_name=original.customer_name,
        contact_id=original.contact_id,
        subject=checks.required_text("subject", subject, checks.SUBJECT_LIMIT),
        # An internal request stays one; whatever else it came by, this one was made by hand.
        channel=original.channel if original.kind == "internal" else "manual",
        kind=checks.one_of("kind", kind or original.kind, KINDS),
        urgency=checks.one_of("urgency", urgency or original.urgency, URGENCIES),
        message=message,
        group_id=original.group_id,
        group_name=original.group_name,
        department_id=original.department_id,
        region_id=original.region_id,
        split_from=original.ticket_id,
        category=original.category,
    ).as_secret_as(original)
    new = Ticket.open(opening, act)
    _show(uow, new, files)
    if notes:
        new.quote_note(quotation(number, notes, zone), note_files, act)
        _show(uow, new, note_files)
    keep_entries(uow, [new])
    keep_new(uow, [new], zone)
    original.split_off(new, [one.entry_id for one in said], act)
    tell(uow, [new])
    keep(uow, original)
    return original, new


def _chosen(uow: UnitOfWork, original: Ticket, entry_ids: Sequence[UUID]) -> list[Said]:
    wanted = list(dict.fromkeys(entry_ids))
    if not 0 < len(wanted) <= MOST_ENTRIES:
        raise field_error("entry_ids", f"must have 1 to {MOST_ENTRIES} members", "field.invalid")
    said = find_said(uow.session, original.ticket_id, original.created_at, wanted)
    if len(said) < len(wanted):
        raise field_error("entry_ids", "are not all messages or notes of it", "entry.unknown")
    return said


def _show(uow: UnitOfWork, ticket: Ticket, files: Sequence[Attachment]) -> None:
    """The entry just made shows these files."""
    attach_to_entry(uow.session, files, ticket.entries[-1].entry_id)
