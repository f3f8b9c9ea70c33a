"""Logins that last, how they are refreshed, and where people come from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.dialects.postgresql import CIDR
from sqlalchemy.orm import Mapped, mapped_column

from gateway.storage.base import Base


class LoginSession(Base):
    """A login that lasts, by cookie or bearer token; of the token only a hash is kept.

    `kind` is cookie or bearer, `method` how the person proved who they are. `expires_at` is the
    present token's end, `ends_at` that of an app's whole session.
    """

    __tablename__ = "sessions"

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), index=True)
    kind: Mapped[str]
    method: Mapped[str]
    has_second_factor: Mapped[bool]
    name: Mapped[str | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    refreshed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


class RefreshToken(Base):
    """Good once. Used ones are kept to notice that somebody else has a copy."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.session_id"), index=True)
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    successor_hash: Mapped[bytes | None]


class LoginPlace(Base):
    """A network from which a person has logged in."""

    __tablename__ = "login_places"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    network: Mapped[str] = mapped_column(CIDR, primary_key=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
