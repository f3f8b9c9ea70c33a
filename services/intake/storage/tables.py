"""Intake's tables as statements see them; their making is in the migrations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Insert, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

Instant = TIMESTAMP(timezone=True)


class Base(DeclarativeBase):
    """Intake's own metadata."""

    type_annotation_map = {
        datetime: Instant,
        str: Text,
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
    }


def table(row: type[Base]) -> Table:
    """The table under a row class."""
    return cast(Table, row.__table__)


def insert_all(session: Session, statement: Insert, rows: Sequence[dict[str, Any]]) -> None:
    """Many rows by one statement, whose text is the same for any number of them.

    Past the ORM: for rows that nobody looks at again it costs more than the database does.
    """
    if rows:
        session.connection().execute(statement, rows)


class AccountRow(Base):
    """A form or mailbox by which customers reach us.

    `key_hash` is only written, for the release before account_keys.
    """

    __tablename__ = "channel_accounts"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    name: Mapped[str]
    address: Mapped[str | None]
    key_hash: Mapped[bytes]
    settings: Mapped[dict[str, Any]]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    version: Mapped[int]


class AccountKeyRow(Base):
    """A key of an account; of the token only the hash is kept."""

    __tablename__ = "account_keys"

    key_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    name: Mapped[str]
    key_hash: Mapped[bytes]
    allowed_networks: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    created_by_name: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ReceiptRow(Base):
    """What was promised to a sender, and what became of it."""

    __tablename__ = "receipts"

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    external_id: Mapped[str]
    state: Mapped[str]
    size: Mapped[int]
    conversation_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]
    number: Mapped[str | None]
    received_at: Mapped[datetime]
    attempts: Mapped[int]
    next_at: Mapped[datetime]
    error: Mapped[str | None]


class RawMessageRow(Base):
    """A message as it came, sealed; large ones lie in the blob store."""

    __tablename__ = "raw_messages"

    receipt_id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    body: Mapped[bytes | None]
    blob_key: Mapped[str | None]
    remote_address: Mapped[str | None]


class StoredBlobRow(Base):
    """A blob that something refers to; blobs of ours without such a row are orphans."""

    __tablename__ = "stored_blobs"

    blob_key: Mapped[str] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID]


class CustomerRow(Base):
    """A customer; `version` counts what other services copy. Employees have a `person_id`."""

    __tablename__ = "customers"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    display_name: Mapped[str]
    salutation: Mapped[str | None]
    language: Mapped[str]
    tier: Mapped[str | None]
    region_id: Mapped[UUID | None]
    version: Mapped[int]
    person_id: Mapped[UUID | None]
    company_id: Mapped[UUID | None]
    created_at: Mapped[datetime]


class CompanyRow(Base):
    """A company that customers belong to."""

    __tablename__ = "companies"

    company_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    code: Mapped[str | None]
    remark: Mapped[str | None]
    version: Mapped[int]
    created_at: Mapped[datetime]


class ExternalRecordRow(Base):
    """What another system knows of a customer; its content is sealed."""

    __tablename__ = "external_records"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    source: Mapped[str]
    kind: Mapped[str]
    key: Mapped[str]
    sealed: Mapped[bytes]
    happened_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ContactRow(Base):
    """A customer's address or number: sealed, found by its blind index."""

    __tablename__ = "contacts"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    kind: Mapped[str]
    value_encrypted: Mapped[bytes]
    value_index: Mapped[bytes]
    is_verified: Mapped[bool]
    is_from_directory: Mapped[bool]
    is_claimed: Mapped[bool]
    created_at: Mapped[datetime]


class ConversationRow(Base):
    """Messages that belong together, and the ticket that they belong to now."""

    __tablename__ = "conversations"

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    channel: Mapped[str]
    account_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID]
    number: Mapped[str | None]
    subject: Mapped[str]
    last_message_at: Mapped[datetime]


class FormerTicketRow(Base):
    """A closed ticket whose conversation goes on in another one."""

    __tablename__ = "former_tickets"

    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str | None]
    conversation_id: Mapped[UUID]


class MailReferenceRow(Base):
    """The Message-ID (hashed) of a customer's mail, so that answers to it are recognised."""

    __tablename__ = "mail_references"

    message_id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    customer_id: Mapped[UUID | None]


class MessageRow(Base):
    """A filed message; its text is ticketing's."""

    __tablename__ = "messages"

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(primary_key=True)
    receipt_id: Mapped[UUID]
    conversation_id: Mapped[UUID]
    ticket_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    direction: Mapped[str]
    is_auto_reply: Mapped[bool]
