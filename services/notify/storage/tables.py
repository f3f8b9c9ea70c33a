"""Tables of notify; `*_encrypted` columns hold sealed values, bound to their row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Instants are timestamptz."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        dict[str, Any]: JSONB(none_as_null=True),
        list[str]: ARRAY(Text),
    }


class AddressRow(Base):
    """A customer as intake last told us."""

    __tablename__ = "addresses"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    display_name_encrypted: Mapped[bytes]
    language: Mapped[str]
    tier: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ContactRow(Base):
    """One address of a customer, at its place in intake's order."""

    __tablename__ = "contact_copies"

    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[str]
    value_encrypted: Mapped[bytes]
    is_verified: Mapped[bool]
    is_claimed: Mapped[bool]


class DeliveryKeyRow(Base):
    """That a recipient gets one delivery for an occasion and channel, and which."""

    __tablename__ = "delivery_keys"

    recipient_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    occasion_key: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID]


class DeliveryRow(Base):
    """One message and its life. Due at `leased_until` while it is being sent, else at `next_at`.

    `recipient_id` is null in the first releases' rows: the recipient is the customer then.
    """

    __tablename__ = "deliveries"

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    status: Mapped[str]
    channel: Mapped[str]
    occasion: Mapped[str]
    recipient_kind: Mapped[str]
    recipient_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]
    ticket_number: Mapped[str | None]
    occasion_key: Mapped[str | None]
    rule_id: Mapped[UUID | None]
    template_key: Mapped[str | None]
    other_channels: Mapped[list[str]]
    is_urgent: Mapped[bool]
    # Put off because the recipient's address is not known yet.
    is_looked_for: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]
    provider_id: Mapped[str | None]
    content_encrypted: Mapped[bytes]
    message_id: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]
    lease_owner: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    tried_since: Mapped[datetime | None]


class TicketRow(Base):
    """A ticket as ticketing last told of it."""

    __tablename__ = "ticket_copies"

    ticket_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    header: Mapped[dict[str, Any]]
    subject_encrypted: Mapped[bytes]


class PersonContactRow(Base):
    """Where a member of staff can be reached, as the directory last told us."""

    __tablename__ = "person_contacts"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    email_encrypted: Mapped[bytes | None]
    phone_encrypted: Mapped[bytes | None]


class NoticeRow(Base):
    """One line for one person in the console."""

    __tablename__ = "notices"

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient_id: Mapped[UUID]
    occasion: Mapped[str]
    occasion_key: Mapped[str]
    ticket_id: Mapped[UUID | None]
    ticket_number: Mapped[str | None]
    title: Mapped[str]
    text: Mapped[str]
    facts: Mapped[dict[str, Any] | None]
    is_urgent: Mapped[bool]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class CodeRow(Base):
    """One one-time code and its life. Due as a delivery is; dropped after a day."""

    __tablename__ = "codes"

    code_id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str]
    purpose: Mapped[str]
    language: Mapped[str]
    address_encrypted: Mapped[bytes]
    code_encrypted: Mapped[bytes]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    lease_owner: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    error: Mapped[str | None]
    sent_at: Mapped[datetime | None]
