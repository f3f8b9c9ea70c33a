"""Conversations: found by ticket, number or Message-ID, locked while their ticket is decided."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.intake.storage.tables import (
    ConversationRow,
    FormerTicketRow,
    MailReferenceRow,
    MessageRow,
    StoredBlobRow,
    insert_all,
    table,
)


def hash_message_id(message_id: str) -> bytes:
    """How a Message-ID is kept: only equality is ever asked for."""
    return hashlib.sha256(message_id.encode("utf-8", "surrogateescape")).digest()


def find_by_tickets(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Conversation ids by ticket, former tickets included."""
    if not ticket_ids:
        return {}
    pairs = (
        select(row.ticket_id, row.conversation_id).where(row.ticket_id.in_(ticket_ids))
        for row in (ConversationRow, FormerTicketRow)
    )
    return {row[0]: row[1] for row in session.execute(union_all(*pairs))}


def find_by_numbers(session: Session, numbers: Collection[str]) -> dict[str, UUID]:
    """Conversation ids by ticket number, former tickets included."""
    if not numbers:
        return {}
    pairs = (
        select(row.number, row.conversation_id).where(row.number.in_(numbers))
        for row in (ConversationRow, FormerTicketRow)
    )
    return {str(row[0]): row[1] for row in session.execute(union_all(*pairs))}


def find_by_references(
    session: Session, message_ids: Collection[str]
) -> dict[str, tuple[UUID, UUID | None]]:
    """(conversation id, writer's customer id) by the Message-ID of a customer's mail."""
    if not message_ids:
        return {}
    row = MailReferenceRow
    hashes = {hash_message_id(message_id): message_id for message_id in message_ids}
    found = session.execute(
        select(row.message_id_hash, row.conversation_id, row.customer_id).where(
            row.message_id_hash.in_(list(hashes))
        )
    )
    return {hashes[bytes(key)]: (conversation, writer) for key, conversation, writer in found}


def find_by_messages(session: Session, message_ids: Collection[UUID]) -> dict[UUID, MessageRow]:
    """Filed messages by id."""
    if not message_ids:
        return {}
    rows = session.scalars(select(MessageRow).where(MessageRow.message_id.in_(message_ids)))
    return {row.message_id: row for row in rows}


def lock_conversations(
    session: Session, conversation_ids: Collection[UUID]
) -> dict[UUID, ConversationRow]:
    """Lock them in the order of ids, so that two batches wait, not deadlock."""
    if not conversation_ids:
        return {}
    row = ConversationRow
    statement = (
        select(row)
        .where(row.conversation_id.in_(conversation_ids))
        .order_by(row.conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {found.conversation_id: found for found in session.scalars(statement)}


def insert_conversations(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """New ones; a ticket that got a conversation in the meantime keeps that one."""
    ordered = sorted(rows, key=lambda row: row["ticket_id"])
    statement = insert(table(ConversationRow)).on_conflict_do_nothing(index_elements=["ticket_id"])
    insert_all(session, statement, ordered)


def insert_messages(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Filed messages."""
    insert_all(session, insert(table(MessageRow)), rows)


def insert_references(session: Session, rows: Iterable[dict[str, Any]]) -> None:
    """Message-IDs of customers' mails; of two conversations with the same one, the first has it."""
    ordered = sorted(rows, key=lambda row: bytes(row["message_id_hash"]))
    insert_all(session, insert(table(MailReferenceRow)).on_conflict_do_nothing(), ordered)


def insert_blobs(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Blobs that are referred to from now on."""
    insert_all(session, insert(table(StoredBlobRow)), rows)
