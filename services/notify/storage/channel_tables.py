"""Tables of robots and webhooks; `*_encrypted` columns hold sealed values, bound to their row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.storage.tables import Base


class EndpointRow(Base):
    """A robot in a group chat."""

    __tablename__ = "endpoints"

    endpoint_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    url_encrypted: Mapped[bytes]
    secret_encrypted: Mapped[bytes | None]
    is_active: Mapped[bool]
    version: Mapped[int]
    last_error: Mapped[str | None]
    last_sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WebhookRow(Base):
    """Who wants to hear of which events, where."""

    __tablename__ = "webhooks"

    webhook_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    url: Mapped[str]
    types: Mapped[list[str]]
    secret_encrypted: Mapped[bytes]
    previous_secret_encrypted: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    is_active: Mapped[bool]
    disabled_reason: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    failures: Mapped[int]
    failing_since: Mapped[datetime | None]
    resume_at: Mapped[datetime]
    version: Mapped[int]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]


class WebhookDeliveryRow(Base):
    """One event for one webhook. Due at `leased_until` while it is being sent, else `next_at`."""

    __tablename__ = "webhook_deliveries"

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID]
    event_id: Mapped[UUID]
    type: Mapped[str]
    subject: Mapped[str]
    stream: Mapped[str]
    position: Mapped[int]
    body: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int]
    queued_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    lease_owner: Mapped[UUID | None]
    leased_until: Mapped[datetime | None]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    duration_ms: Mapped[int | None]
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class WebhookStreamRow(Base):
    """How far a stream has come (`services.notify.domain.streams`)."""

    __tablename__ = "webhook_streams"

    stream: Mapped[str] = mapped_column(primary_key=True)
    upto: Mapped[int | None]
    ahead: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    gap_since: Mapped[datetime | None]
    touched_at: Mapped[datetime]
