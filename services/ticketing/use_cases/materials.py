"""Asking a customer for documents by a link, and taking what comes by it. The shell commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from libs.common.actor import Actor
from libs.common.crypto.tokens import hash_token, new_token
from libs.common.database.unit_of_work import UnitOfWork
from libs.common.errors import Gone, NotFound
from libs.common.ids import uuid7
from services.ticketing.domain import checks
from services.ticketing.domain.act import Act
from services.ticketing.domain.material import (
    ASKED_LIMIT,
    MaterialRequest,
    check_wanted,
    expiry,
)
from services.ticketing.domain.ticket import Ticket
from services.ticketing.domain.timeline import Attachment, CustomerMessage
from services.ticketing.storage.attachment_rows import attach_to_entry
from services.ticketing.storage.material_rows import find_by_token, lock_by_token, lock_request
from services.ticketing.storage.status_rows import own_statuses
from services.ticketing.storage.ticket_finders import lock_by_id
from services.ticketing.storage.together_tables import material_requests
from services.ticketing.storage.worded_rows import add_row, keep_row
from services.ticketing.use_cases.attachments import claim_attachments, stage_attachment
from services.ticketing.use_cases.closing import closing_by_reply
from services.ticketing.use_cases.finding import find_ticket
from services.ticketing.use_cases.keeping import keep

# Secret scanners know by it what the token opens.
_PREFIX = "tdu"
_NOTE_LIMIT = 1_000


def request_material(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    number: str,
    text: str,
    kinds: Sequence[str],
    max_files: int,
    days: int,
    site: str,
    status: str | None = None,
) -> tuple[Ticket, MaterialRequest, str]:
    """Write to the customer what is wanted, with the link; also returns where it leads.

    `site` is where browsers find the public pages.
    """
    text = checks.required_text("text", text, ASKED_LIMIT)
    check_wanted(kinds, max_files, days)
    ticket, act, token = find_ticket(uow, actor, number), Act(actor, now, uuid7), new_token(_PREFIX)
    assert actor.subject is not None
    request = MaterialRequest(
        request_id=act.new_id(),
        ticket_id=ticket.ticket_id,
        token_hash=hash_token(token),
        kinds=list(dict.fromkeys(kinds)),
        max_files=max_files,
        requester_id=actor.subject,
        requester_name=actor.name,
        created_at=now,
        expires_at=expiry(now, days),
        words={"text": text},
    )
    link = f"{site.rstrip('/')}/u/{token}"
    message = f"{text}\n\n上传链接（{days} 天内有效，仅可提交一次）/ Upload link:\n{link}"
    own = own_statuses(uow.session)
    closing = closing_by_reply(uow, actor, status, own)
    entry = ticket.reply(message, (), status, act, closing, own)
    ticket.tell_material_requested(request, entry.entry_id, act)
    add_row(uow.session, material_requests, request)
    keep(uow, ticket)
    return ticket, request, link


def revoke_material(
    uow: UnitOfWork, actor: Actor, now: datetime, *, number: str, request_id: UUID
) -> tuple[Ticket, MaterialRequest]:
    """The link shall lead nowhere any more."""
    ticket, act = find_ticket(uow, actor, number), Act(actor, now, uuid7)
    request = lock_request(uow.session, ticket.ticket_id, request_id)
    if request is None:
        raise NotFound("material.not_found", "there is no such request")
    request.revoke(now)
    ticket.tell_material_revoked(request, act)
    keep_row(uow.session, material_requests, request)
    keep(uow, ticket)
    return ticket, request


def stage_material(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    token: str,
    blob_key: str,
    name: str,
    media_type: str,
    size: int,
    sha256: str,
    scan_state: str | None = None,
) -> Attachment:
    """A file that came by a link waits for the others, and for the scanner, as any upload does."""
    request = lock_by_token(uow.session, token)
    if request is None:
        raise unknown_link()
    request.take_upload(media_type, now)
    keep_row(uow.session, material_requests, request)
    return stage_attachment(
        uow,
        _bearer(request, actor),
        now,
        blob_key=blob_key,
        name=name,
        media_type=media_type,
        size=size,
        sha256=sha256,
        scan_state=scan_state,
    )


def send_material(
    uow: UnitOfWork,
    actor: Actor,
    now: datetime,
    *,
    token: str,
    attachment_ids: Sequence[UUID],
    note: str | None = None,
) -> tuple[Ticket, MaterialRequest]:
    """All is there: the files stand on the ticket as a message of its customer's."""
    said = checks.optional_text("note", note, _NOTE_LIMIT)
    known = find_by_token(uow.session, token)
    # The ticket first, then what hangs on it, as everywhere.
    ticket = lock_by_id(uow.session, known.ticket_id) if known else None
    found = lock_by_token(uow.session, token)
    if found is None or ticket is None:
        raise unknown_link()
    found.receive(len(set(attachment_ids)), now)
    if ticket.is_closed:
        raise Gone("material.closed", "this request is closed: please write to us")
    files = claim_attachments(uow, _bearer(found, actor), ticket.ticket_id, attachment_ids)
    text = "上传了资料" if said is None else f"上传了资料：\n{said}"
    message = CustomerMessage(text, now, message_id=uuid7(), attachments=files)
    act = Act(Actor(ticket.customer_id, ticket.customer_name, kind="customer"), now, uuid7)
    entry = ticket.receive_message(message, act)
    ticket.tell_material_received(found, entry.entry_id, files, act)
    attach_to_entry(uow.session, files, entry.entry_id)
    keep_row(uow.session, material_requests, found)
    keep(uow, ticket)
    return ticket, found


def unknown_link() -> NotFound:
    """The same for what is forged, mistyped or gone."""
    return NotFound("material.unknown", "there is no such link")


def _bearer(request: MaterialRequest, actor: Actor) -> Actor:
    """Files of one link are nobody else's, not even another link's."""
    return Actor(request.request_id, actor.name, kind="customer")
