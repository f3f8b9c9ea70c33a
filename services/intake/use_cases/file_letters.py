"""Files a batch of messages in one transaction: customers, conversations, tickets, events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from libs.common.contracts.intake import MessageReceived
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.ids import uuid7
from services.intake.domain.belonging import Known
from services.intake.domain.form_names import stored_form_names
from services.intake.domain.mail.automatic import ignored_because
from services.intake.storage import conversations as rows
from services.intake.storage.customers import Face, find_faces
from services.intake.storage.receipts import Filed, mark_filed, mark_ignored
from services.intake.use_cases.early_letters import put_off_early
from services.intake.use_cases.identify_customers import identify_customers
from services.intake.use_cases.letters import Letter
from services.intake.use_cases.place_letters import Placing, Pointers, find_pointers
from services.intake.use_cases.rooms import FilingRoom

_NOBODY = Face("", None)

_Identity = tuple[UUID | None, UUID | None]  # customer, contact


@dataclass(frozen=True)
class _Entry:
    """A message and where it goes."""

    letter: Letter
    customer_id: UUID
    contact_id: UUID | None
    known: Known
    opens: bool
    related: UUID | None
    number: str | None


def file_letters(
    uow: UnitOfWork,
    room: FilingRoom,
    letters: Sequence[Letter],
    own_addresses: frozenset[str],
    now: datetime,
) -> None:
    """File all, in order; everything is read and written by a handful of statements."""
    letters = _without_ignored(uow.session, letters, own_addresses)
    pointers = find_pointers(uow.session, letters, room.thread_keys)
    letters = put_off_early(uow.session, letters, pointers, now)
    identities = _identify(uow, room, letters, pointers, now)
    _meet_tickets(uow.session, letters, pointers, identities)
    placing = Placing(uow.session, pointers)
    entries = [_place(placing, letter, *identities[letter.message_id]) for letter in letters]
    _write(uow.session, entries)
    _tell(uow, entries)


def _without_ignored(
    session: Session, letters: Sequence[Letter], own: frozenset[str]
) -> list[Letter]:
    reasons = {}
    for letter in letters:
        message = letter.message
        reason = ignored_because(message.has_loop_mark, message.sender.email, own)
        if reason and letter.account.channel == "mail":
            reasons[letter.receipt.receipt_id] = reason
    mark_ignored(session, reasons.items())
    return [letter for letter in letters if letter.receipt.receipt_id not in reasons]


def _identify(
    uow: UnitOfWork,
    room: FilingRoom,
    letters: Sequence[Letter],
    pointers: Pointers,
    now: datetime,
) -> dict[UUID, _Identity]:
    """Customer and contact by message. Who only returns a mail of ours is no customer."""
    identities: dict[UUID, _Identity] = {}
    written = []
    for letter in letters:
        is_returned = pointers.signed.get(letter.message_id) in pointers.by_ticket
        if letter.message.is_bounce and is_returned:
            identities[letter.message_id] = (None, None)
        else:
            written.append(letter)
    senders = [one.message.sender for one in written]
    found = identify_customers(uow, room.book, senders, now, proven=False)
    for letter, identity in zip(written, found.identities, strict=True):
        identities[letter.message_id] = identity
    return identities


def _meet_tickets(
    session: Session,
    letters: Sequence[Letter],
    pointers: Pointers,
    identities: dict[UUID, _Identity],
) -> None:
    """Our signature names tickets that intake may not have heard of: they get a conversation."""
    unknown = pointers.unknown_tickets()
    known_now = {}
    for letter in letters:
        ticket_id = unknown.get(letter.message_id)
        customer_id = identities[letter.message_id][0]
        if ticket_id and customer_id:
            opening = Known(uuid7(), ticket_id, customer_id)
            known_now[ticket_id] = _conversation_row(letter, opening, customer_id)
    rows.insert_conversations(session, list(known_now.values()))
    pointers.by_ticket |= rows.find_by_tickets(session, known_now)


def _place(
    placing: Placing, letter: Letter, customer_id: UUID | None, contact_id: UUID | None
) -> _Entry:
    place = placing.place(letter, customer_id)
    writer = customer_id or (place.joins.customer_id if place.joins else None)
    if writer is None:
        raise LookupError("the conversation that a mail came back to is gone")
    known = place.joins or placing.open(writer)
    placing.remember(letter, known, writer)
    row = placing.row_of(known)
    if row:
        row.last_message_at = max(row.last_message_at, letter.receipt.received_at)
    return _Entry(
        letter=letter,
        customer_id=writer,
        contact_id=contact_id,
        known=known,
        opens=place.joins is None,
        related=place.related.ticket_id if place.related else None,
        number=row.number if row else None,
    )


def _write(session: Session, entries: Sequence[_Entry]) -> None:
    rows.insert_conversations(
        session,
        [_conversation_row(one.letter, one.known, one.customer_id) for one in entries if one.opens],
    )
    rows.insert_messages(session, [_message_row(entry) for entry in entries])
    rows.insert_references(session, [_reference_row(one) for one in entries if _has_name(one)])
    rows.insert_blobs(
        session,
        [{"blob_key": file["blob_key"], "receipt_id": entry.letter.receipt.receipt_id}
         for entry in entries for file in entry.letter.attachments],
    )  # fmt: skip
    mark_filed(session, [_filed(entry) for entry in entries])


def _conversation_row(letter: Letter, known: Known, customer_id: UUID) -> dict[str, Any]:
    return {
        "conversation_id": known.conversation_id,
        "customer_id": customer_id,
        "channel": letter.account.channel,
        "account_id": letter.account.account_id,
        "ticket_id": known.ticket_id,
        "subject": letter.message.subject,
        "last_message_at": letter.receipt.received_at,
    }


def _message_row(entry: _Entry) -> dict[str, Any]:
    receipt = entry.letter.receipt
    return {
        "message_id": entry.letter.message_id,
        "received_at": receipt.received_at,
        "receipt_id": receipt.receipt_id,
        "conversation_id": entry.known.conversation_id,
        "ticket_id": entry.known.ticket_id,
        "customer_id": entry.customer_id,
        "direction": "in",
        "is_auto_reply": entry.letter.message.is_auto_reply,
    }


def _has_name(entry: _Entry) -> bool:
    return bool(entry.letter.message.message_id)


def _reference_row(entry: _Entry) -> dict[str, Any]:
    return {
        "message_id_hash": rows.hash_message_id(entry.letter.message.message_id or ""),
        "conversation_id": entry.known.conversation_id,
        "customer_id": entry.customer_id,
    }


def _filed(entry: _Entry) -> Filed:
    return Filed(
        entry.letter.receipt.receipt_id,
        entry.known.conversation_id,
        entry.known.ticket_id,
        entry.number,
    )


def _tell(uow: UnitOfWork, entries: Sequence[_Entry]) -> None:
    faces = find_faces(uow.session, {entry.customer_id for entry in entries})
    for entry in entries:
        data = _fact(entry, faces.get(entry.customer_id, _NOBODY))
        uow.emit(MessageReceived, subject=str(entry.known.ticket_id), data=data)


def _fact(entry: _Entry, customer: Face) -> dict[str, Any]:
    letter, message = entry.letter, entry.letter.message
    names = stored_form_names(letter.account.settings)
    category, fields = names.read(message.category, message.form_fields)
    return {
        "message_id": letter.message_id,
        "ticket_id": entry.known.ticket_id,
        "opens": entry.opens,
        "conversation_id": entry.known.conversation_id,
        "customer_id": entry.customer_id,
        "contact_id": entry.contact_id,
        "customer_name": customer.display_name,
        "region_id": customer.region_id,
        "channel": letter.account.channel,
        "channel_account_id": letter.account.account_id,
        "kind": message.kind,
        "urgency_hint": message.urgency_hint,
        "subject": message.subject,
        "text": message.text,
        "html": letter.html,
        "template_key": message.template_key or names.template_key,
        "category": category,
        "form_fields": fields,
        "attachments": letter.attachments,
        "is_auto_reply": message.is_auto_reply,
        "possibly_related_ticket_id": entry.related,
        "sent_at": message.sent_at,
        "received_at": letter.receipt.received_at,
    }
