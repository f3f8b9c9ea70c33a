"""Customers in the portal."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.base import Base


class PortalChallenge(Base):
    """A code on its way to an address. Without a customer nothing was sent and nothing fits."""

    __tablename__ = "portal_challenges"

    challenge_hash: Mapped[bytes] = mapped_column(primary_key=True)
    contact_index: Mapped[bytes]
    code_hash: Mapped[bytes]
    customer_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    name: Mapped[str | None]
    language: Mapped[str]
    number: Mapped[str | None]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class PortalAssertion(Base):
    """A token of the company's own site that has been used: each is good for one session."""

    __tablename__ = "portal_assertions"

    assertion_id: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]


class PortalSession(Base):
    """A customer who has shown who they are."""

    __tablename__ = "portal_sessions"

    portal_session_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes]
    kind: Mapped[str]
    customer_id: Mapped[UUID]
    contact_id: Mapped[UUID | None]
    name: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str | None]
